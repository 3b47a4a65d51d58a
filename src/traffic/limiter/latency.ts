import { rules } from './bucket-state';

/**
 * When a bucket's calls can have arrived upstream, judged from their round trips. A call arrives between its writing and its
 * answer, less the shortest way back. The fastest known round trip stands for that way: what a call took longer, it may
 * have arrived later by.
 */
export interface Latency {
  /** A round trip that ended at this clock time, both in ms. */
  add(roundTripMs: number, now: number): void;
  /** False while too little is known: then a call can have arrived as late as its answer. */
  readonly isKnown: (now: number) => boolean;
  /** How much later than the fastest call one with this round trip may have arrived, ms. */
  latenessMs(roundTripMs: number, now: number): number;
  /** The same for a call that was given up: it may still arrive, ms after its writing. */
  givenUpMs(now: number): number;
  /** The same for a call that is not answered before the slot a window later is given out, ms. */
  presumedMs(now: number): number;
  /** The round trip that nine calls in ten stay within, ms; 0 before the first. */
  p90Ms(): number;
}

/** The round trips to the upstream whatever they asked: what a bucket's first ones are judged by. */
export interface Path {
  add(roundTripMs: number, now: number): void;
  readonly isKnown: (now: number) => boolean;
  /** The shortest of them, ms; 0 before the first. */
  readonly shortestMs: () => number;
}

/** The shortest of so many round trips counts as prompt, and the usual is judged by so many. */
const remembered = 256;
const usualOf = 32;
/** How many make the shortest of them worth believing. */
const enoughOfPath = 4;
const enoughOfBucket = 8;
/** The first calls of a process meet its own compiling and its handshakes, all at once: the path is known later, ms. */
const warmUpMs = 2 * rules.windowMs;
/** Round trips that differ by less count in full; what three of four take beyond it is the upstream's own work, ms. */
const maxJitterMs = 100;
/** On a known path, TCP has sent a lost segment again by then, ms. */
const resentMs = 400;

const createTrips = () => {
  const all: number[] = [];
  return {
    count: () => all.length,
    add(one: number): void {
      all.push(one);
      if (all.length > remembered) all.shift();
    },
    shortestMs: () => (all.length === 0 ? 0 : Math.min(...all)),
    /** The round trip that a share of the latest calls stays within; 0 before the first. */
    within(share: number): number {
      const latest = all.slice(-usualOf).sort((a, b) => a - b);
      return latest[Math.floor(latest.length * share)] ?? 0;
    },
  };
};

export const createPath = (): Path => {
  const trips = createTrips();
  let firstAt = Infinity;
  return {
    add(roundTripMs, now) {
      firstAt = Math.min(firstAt, now);
      trips.add(roundTripMs);
    },
    isKnown: (now) => trips.count() >= enoughOfPath && now - firstAt >= warmUpMs,
    shortestMs: trips.shortestMs,
  };
};

export const createLatency = (path: Path): Latency => {
  const trips = createTrips();
  /** What a call takes that arrives at once: another interface's work may be shorter, which is too cautious at worst. */
  const promptMs = (): number =>
    trips.count() < enoughOfBucket
      ? path.shortestMs()
      : Math.max(trips.shortestMs(), trips.within(0.75) - maxJitterMs);

  return {
    add(roundTripMs, now) {
      trips.add(roundTripMs);
      path.add(roundTripMs, now);
    },
    isKnown: path.isKnown,
    latenessMs: (roundTripMs, now) =>
      Math.min(rules.maxTransitMs, Math.max(0, roundTripMs - (path.isKnown(now) ? promptMs() : 0))),
    givenUpMs: (now) => (path.isKnown(now) ? resentMs : rules.maxTransitMs),
    // Usually all is known by then; only an upstream that takes longer than that leaves it to be presumed.
    presumedMs: (now) =>
      path.isKnown(now) && trips.within(0.9) > rules.windowMs / 2
        ? Math.min(maxJitterMs, Math.max(0, trips.within(0.5) - promptMs()))
        : 0,
    p90Ms: () => trips.within(0.9),
  };
};
