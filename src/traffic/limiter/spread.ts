/**
 * How unevenly this process' calls reach the upstream, judged from their round trips: one that took longer than the
 * shortest may have arrived by so much later, and the slot that comes a window later moves as well. The upstream's own
 * working time is part of a round trip, so that is an upper bound and is capped; what the cap misses, a refusal teaches (see
 * strike in slots.ts).
 */
export interface Spread {
  add(roundTripMs: number): void;
  /** Milliseconds to keep between a window's end and the next one's start. */
  guardMs(): number;
  /**
   * How much later than the guard covers a call of this round trip may have arrived, ms; Infinity for one that was never
   * answered.
   */
  beyondMs(roundTripMs: number): number;
  /** The round trip that nine calls in ten stay within, ms; 0 before the first. */
  usualMs(): number;
}

const remembered = 32;
const enough = 8;
/** This is kept beside each window, ms: the clocks' own grain, and a trip shorter than the shortest one seen. */
export const leastGuardMs = 6;
/** Before anything is known of the path. */
const cautiousGuardMs = 25;
/** What most trips differ by beyond this is the upstream's work, ms. */
const mostSpreadMs = 25;
/** A trip that took even longer than usual says more about the upstream's work than about the way there, ms. */
const mostBeyondMs = 100;
/** Calls that fill many buckets in one instant queue up behind each other's work, ms. */
const mostBeyondAtFirstMs = 400;
/** How much later than its slot a call may be written before the slots after it move, ms. */
export const lateMs = 3;

/** The latest round trips to the upstream, whatever they asked: what a bucket's first ones are judged by. */
export interface Path {
  add(roundTripMs: number): void;
  /** The shortest of them, ms; `undefined` before the first. */
  shortestMs(): number | undefined;
}

export const createPath = (): Path => {
  const { all, add } = lastOf(256);
  return { add, shortestMs: () => (all.length === 0 ? undefined : Math.min(...all)) };
};

const lastOf = (most: number) => {
  const all: number[] = [];
  const add = (one: number): void => {
    all.push(one);
    if (all.length > most) all.shift();
  };
  return { all: all as readonly number[], add };
};

export const createSpread = (path: Path): Spread => {
  const { all: trips, add } = lastOf(remembered);
  /** The trip that a share of the calls stays within. */
  const within = (share: number): number =>
    trips.toSorted((a, b) => a - b)[Math.floor(trips.length * share)] ?? 0;
  return {
    add(roundTripMs) {
      add(roundTripMs);
      path.add(roundTripMs);
    },
    guardMs: () => (path.shortestMs() === undefined ? cautiousGuardMs : leastGuardMs),
    beyondMs(roundTripMs) {
      const isKnown = trips.length >= enough;
      const most = isKnown ? mostBeyondMs : mostBeyondAtFirstMs;
      if (roundTripMs === Infinity) return most;
      // Of another interface the upstream's work may be shorter: too cautious for a few calls, which is cheaper than a refusal.
      const working = isKnown
        ? Math.max(within(0), within(0.75) - mostSpreadMs)
        : (path.shortestMs() ?? roundTripMs);
      return Math.min(most, Math.max(0, roundTripMs - working - (leastGuardMs - lateMs)));
    },
    usualMs: () => within(0.9),
  };
};
