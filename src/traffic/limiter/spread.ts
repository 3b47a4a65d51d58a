/**
 * How unevenly this process' calls reach the upstream, judged from the round trips: what two calls' travel times can
 * differ by is what the guard must cover. The upstream's own working time is part of a round trip, so the estimate is
 * an upper bound and is capped; what the cap misses, a refusal teaches (see strike in slots.ts).
 */
export interface Spread {
  add(roundTripMs: number): void;
  /** Milliseconds to keep between a window's end and the next one's start. */
  guardMs(): number;
  /** The round trip that nine calls in ten stay within, ms; 0 before the first. */
  usualMs(): number;
}

const remembered = 16;
const enough = 8;
const leastGuardMs = 10;
const mostGuardMs = 30;
const cautiousGuardMs = 25;
/** Slots are hit by a timer, not exactly. */
const dispatchMs = 5;

/** `path`: what is known of the way to the upstream from other buckets, for one that has made few calls yet. */
export const createSpread = (path?: Spread): Spread => {
  const trips: number[] = [];
  return {
    add(roundTripMs) {
      trips.push(roundTripMs);
      if (trips.length > remembered) trips.shift();
      path?.add(roundTripMs);
    },
    guardMs() {
      if (trips.length < enough) return path?.guardMs() ?? cautiousGuardMs;
      const sorted = trips.toSorted((a, b) => a - b);
      // A pause of this process shows as one or two long trips; it is not the path's spread.
      const spread = (sorted.at(-3) ?? 0) - (sorted[0] ?? 0);
      return Math.min(mostGuardMs, Math.max(leastGuardMs, Math.ceil(spread + dispatchMs)));
    },
    usualMs() {
      const sorted = trips.toSorted((a, b) => a - b);
      return sorted[Math.floor(sorted.length * 0.9)] ?? 0;
    },
  };
};
