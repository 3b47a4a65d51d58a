/**
 * How unevenly this process' calls reach the upstream, judged from the round trips: what two calls' travel times can
 * differ by is what the guard must cover. The upstream's own working time is part of a round trip, so the estimate is
 * an upper bound and is capped; what the cap misses, a refusal teaches (see strike in slots.ts).
 */
export interface Spread {
  add(roundTripMs: number): void;
  /** Milliseconds to keep between a window's end and the next one's start. */
  guardMs(): number;
  /** Whether enough trips were made for the others to mean something. */
  isKnown(): boolean;
  /** The round trip that nine calls in ten stay within, ms; 0 before the first. */
  usualMs(): number;
}

const remembered = 32;
const enough = 16;
const pauses = 2;
const leastGuardMs = 10;
/** More than the spread itself: the clocks' own grain. */
const grainMs = 2;
const mostSpreadMs = 25;
const cautiousSpreadMs = 20;
/** How much later than its slot a call may be written before the slots after it move, ms. */
export const lateMs = 3;

/** `path`: what is known of the way to the upstream from other buckets, for one that has made few calls yet. */
export const createSpread = (path?: Spread): Spread => {
  const trips: number[] = [];
  const spreadMs = (): number => {
    const sorted = trips.toSorted((a, b) => a - b);
    // A pause of this process shows as one or two long trips; it is not the path's spread.
    const seen = (sorted.at(-pauses - 1) ?? 0) - (sorted[0] ?? 0);
    // Of an even spread, n trips less the longest k show (n - 1 - k) of n + 1 parts.
    return Math.min(mostSpreadMs, (seen * (trips.length + 1)) / (trips.length - 1 - pauses));
  };
  return {
    add(roundTripMs) {
      trips.push(roundTripMs);
      if (trips.length > remembered) trips.shift();
      path?.add(roundTripMs);
    },
    guardMs() {
      if (trips.length < enough) return path?.guardMs() ?? cautiousSpreadMs + grainMs + lateMs;
      return Math.max(leastGuardMs, Math.ceil(spreadMs() + grainMs + lateMs));
    },
    isKnown: () => trips.length >= enough,
    usualMs() {
      const sorted = trips.toSorted((a, b) => a - b);
      return sorted[Math.floor(sorted.length * 0.9)] ?? 0;
    },
  };
};
