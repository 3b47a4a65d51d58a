/**
 * How unevenly this process' calls reach the upstream, judged from the round trips: what two calls' travel times can
 * differ by is what the guard must cover. The guard covers what is usual; a call that was under way for longer moves the
 * slots after it. The upstream's own working time is part of a round trip, so both are upper bounds and are capped; what
 * the caps miss, a refusal teaches (see strike in slots.ts).
 */
export interface Spread {
  add(roundTripMs: number): void;
  /** Milliseconds to keep between a window's end and the next one's start. */
  guardMs(): number;
  /** How much later than the guard covers a call of this round trip may have arrived, ms. */
  beyondMs(roundTripMs: number, guardMs: number): number;
  /** The round trip that nine calls in ten stay within, ms; 0 before the first. */
  usualMs(): number;
}

const remembered = 32;
const enough = 8;
/** At least this is kept beside each window, ms. */
export const leastGuardMs = 6;
/** More than the spread itself: the clocks' own grain, and a trip shorter than the shortest one seen. */
const grainMs = 2;
const mostSpreadMs = 25;
const cautiousSpreadMs = 20;
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
  const trips = lastOf(256);
  return {
    add: (roundTripMs) => {
      trips.add(roundTripMs);
    },
    shortestMs: () => (trips.all.length === 0 ? undefined : Math.min(...trips.all)),
  };
};

const lastOf = (most: number) => {
  const all: number[] = [];
  return {
    all: all as readonly number[],
    add(one: number): void {
      all.push(one);
      if (all.length > most) all.shift();
    },
  };
};

export const createSpread = (path: Path): Spread => {
  const own = lastOf(remembered);
  const trips = own.all;
  /** The trip that a share of the calls stays within. */
  const within = (share: number): number =>
    trips.toSorted((a, b) => a - b)[Math.floor(trips.length * share)] ?? 0;
  return {
    add(roundTripMs) {
      own.add(roundTripMs);
      path.add(roundTripMs);
    },
    guardMs() {
      const spreadMs =
        trips.length < enough ? cautiousSpreadMs : Math.min(mostSpreadMs, within(0.75) - within(0));
      return Math.max(leastGuardMs, Math.ceil(spreadMs + grainMs + lateMs));
    },
    beyondMs(roundTripMs, guardMs) {
      const isKnown = trips.length >= enough;
      // Of another interface the upstream's work may be shorter: too cautious for a few calls, which is cheaper than a refusal.
      const working = isKnown
        ? Math.max(within(0), within(0.75) - mostSpreadMs)
        : (path.shortestMs() ?? roundTripMs);
      const most = isKnown ? mostBeyondMs : mostBeyondAtFirstMs;
      // The next slot may be another process' whose guard is narrow by now.
      const coveredMs = (isKnown ? guardMs : leastGuardMs) - lateMs;
      return Math.min(most, Math.max(0, roundTripMs - working - coveredMs));
    },
    usualMs: () => within(0.9),
  };
};
