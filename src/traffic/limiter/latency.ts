import { rules } from './bucket-state';

/**
 * Estimates when a bucket's calls can have arrived upstream, from their round trips. A call arrives between its writing and
 * its response, less the shortest way back. The fastest known round trip stands for that way: a call that took longer may
 * have arrived later by the difference.
 */
export interface Latency {
  /** Adds a round trip that ended at this clock time, both in ms. */
  add(roundTripMs: number, now: number): void;
  /** False while too little is known: a call may then have arrived as late as its response. */
  readonly isKnown: (now: number) => boolean;
  /** How much later than the fastest call a call with this round trip may have arrived, ms. */
  latenessMs(roundTripMs: number, now: number): number;
  /** How long after its writing a call that was given up may still arrive, ms. */
  givenUpMs(now: number): number;
  /** The lateness assumed for a call that is unanswered when the slot one window later is confirmed, ms. */
  presumedMs(now: number): number;
  /** The 90th percentile of the round trips, ms; 0 before the first. */
  p90Ms(): number;
}

/** The round trips to the upstream across all buckets; used until a bucket has enough of its own. */
export interface Path {
  add(roundTripMs: number, now: number): void;
  readonly isKnown: (now: number) => boolean;
  /** The shortest of them, ms; 0 before the first. */
  readonly shortestMs: () => number;
}

/** The shortest of this many round trips counts as prompt; percentiles use the latest `usualOf`. */
const remembered = 256;
const usualOf = 32;
/** How many round trips make the shortest one reliable. */
const enoughOfPath = 4;
const enoughOfBucket = 8;
/** The path is not known before this, ms: a process's first calls compete with compilation and handshakes. */
const warmUpMs = 2 * rules.windowMs;
/** Shorter differences between round trips count in full, ms; what three of four calls take beyond it is upstream work. */
const maxJitterMs = 100;
/** On a known path, TCP has retransmitted a lost segment by then, ms. */
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
    /** The round trip that this share of the latest calls stays within, ms; 0 before the first. */
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
  /** Round trip of a prompt call, ms. Another interface may be faster, which only makes the estimate too cautious. */
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
    // Usually the call has ended by then; only a slow upstream requires an assumption.
    presumedMs: (now) =>
      path.isKnown(now) && trips.within(0.9) > rules.windowMs / 2
        ? Math.min(maxJitterMs, Math.max(0, trips.within(0.5) - promptMs()))
        : 0,
    p90Ms: () => trips.within(0.9),
  };
};
