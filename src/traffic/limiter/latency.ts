import { rules } from './bucket-state';
import type { KnownRoundTrips } from './round-trips';
import type { SlotRequest } from './slot-store';

/**
 * Estimates when a bucket's calls can have arrived upstream, from their round trips. A call arrives between its writing and
 * its response, less the shortest way back. The fastest known round trip stands for that way: a call that took longer may
 * have arrived later by the difference.
 */
export interface Latency {
  /** Adds a round trip, ms. */
  add(roundTripMs: number): void;
  /** What is assumed of a call before it is written, at this clock time in ms. */
  readonly expected: (now: number) => Pick<SlotRequest, 'latenessMs' | 'open'>;
  /** The same of a call that is written now. One of the process's first counts as under way, unless the upstream is slow. */
  readonly written: (now: number) => Pick<SlotRequest, 'latenessMs' | 'open'>;
  /** How much later than the fastest call a call with this round trip may have arrived, ms. */
  latenessMs(roundTripMs: number, now: number): number;
  /**
   * How long after its writing a call that was given up after this time, ms, may still arrive. `undefined` if the upstream is slow
   * and its answer was not due yet: that says nothing about its way.
   */
  givenUpMs(waitedMs: number, now: number): number | undefined;
  /**
   * The 90th percentile of this process's round trips, ms; before the first, what others know of theirs. 0 if nobody has seen one
   * for ten seconds: a call that is refused because the upstream was slow cannot show that it no longer is.
   */
  p90Ms(now: number): number;
}

/** This process's round trips to the upstream across all buckets. */
export interface Path {
  add(roundTripMs: number): void;
  /** Takes note that a call is written at this clock time in ms. */
  written(now: number): void;
  readonly isKnown: (now: number) => boolean;
  /** False for the process's first calls. */
  readonly isWarm: (now: number) => boolean;
  /** The shortest of them, ms; 0 before the first. */
  readonly shortestMs: () => number;
}

/** How many round trips of this process are remembered, and how many of the latest make the 90th percentile. */
const remembered = 256;
const latest = 32;
/** How many round trips make the shortest one reliable. */
const enoughOfPath = 4;
const enoughOfBucket = 8;
/** How many round trips show the upstream's own work, when the first of the processes no longer count. */
const enoughOfWork = 32;
/** Calls of a process that were written before this, ms after its first, compete with compilation and handshakes. */
const warmUpMs = 1.5 * rules.windowMs;
/** Shorter differences between round trips count in full, ms; what most calls take beyond it is upstream work. */
const maxJitterMs = 100;
/** For so long the round trips of a bucket tell how long a call takes now, ms. */
const forgottenMs = 10_000;
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
      const sorted = all.slice(-latest).sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length * share)] ?? 0;
    },
  };
};

export const createPath = (): Path => {
  const trips = createTrips();
  let firstAt = Infinity;
  const isWarm = (now: number): boolean => now - firstAt >= warmUpMs;
  return {
    add(roundTripMs) {
      trips.add(roundTripMs);
    },
    written(now) {
      firstAt = Math.min(firstAt, now);
    },
    isKnown: (now) => trips.count() >= enoughOfPath && isWarm(now),
    isWarm,
    shortestMs: trips.shortestMs,
  };
};

/** `known`: what the users of the bucket know together. */
export const createLatency = (path: Path, known: () => KnownRoundTrips): Latency => {
  const trips = createTrips();
  let heard = { count: 0, at: -Infinity };
  const isKnown = (now: number, agoMs = 0): boolean => {
    const { count, forMs } = known();
    return path.isKnown(now - agoMs) || (count >= enoughOfPath && forMs - agoMs >= warmUpMs);
  };
  /** Round trip of a prompt call, ms. Another interface may be faster, which only makes the estimate too cautious. */
  const shortestMs = (): number => {
    const { count, shortestMs: ofBucket } = known();
    if (count >= enoughOfBucket) return ofBucket;
    const all = [count > 0 ? ofBucket : Infinity, path.shortestMs() || Infinity];
    return Math.min(...all.filter(Number.isFinite), Number.MAX_SAFE_INTEGER);
  };
  /** What most calls take beyond the shortest, ms. Among few round trips the shortest is too long, but the deviation is wide too. */
  const spreadMs = (): number => {
    const { smoothMs, deviationMs } = known();
    return Math.min(maxJitterMs, Math.max(0, smoothMs + deviationMs / 2 - shortestMs()));
  };
  const promptMs = (): number => {
    const { count, smoothMs } = known();
    // The shortest way there and the shortest way back may belong to two connections.
    const shortest = Math.max(0, shortestMs() - spreadMs() / 2);
    return count < enoughOfWork ? shortest : Math.max(shortest, smoothMs - maxJitterMs);
  };

  // Usually a call has ended before the slot one window later is confirmed; only a slow upstream requires an assumption.
  const isSlow = (): boolean => known().smoothMs > rules.windowMs / 2;
  const expected: Latency['expected'] = (now) => {
    if (!isKnown(now) || known().count === 0) return { latenessMs: 0, open: true };
    return { latenessMs: isSlow() ? spreadMs() : 0, open: false };
  };

  return {
    add(roundTripMs) {
      trips.add(roundTripMs);
      path.add(roundTripMs);
    },
    expected,
    written(now) {
      path.written(now);
      const known = expected(now);
      // A slow upstream answers after the next window: the slots there must not wait for it.
      if (known.open || path.isWarm(now) || isSlow()) return known;
      return { latenessMs: 0, open: true };
    },
    latenessMs: (roundTripMs, now) =>
      Math.min(rules.maxTransitMs, Math.max(0, roundTripMs - (isKnown(now) ? promptMs() : 0))),
    givenUpMs(waitedMs, now) {
      // What is known now says nothing about a call that was among the first when it was written.
      if (!isKnown(now, waitedMs)) return rules.maxTransitMs;
      const { smoothMs, deviationMs } = known();
      return isSlow() && waitedMs < smoothMs + 4 * deviationMs ? undefined : resentMs;
    },
    p90Ms(now) {
      const { count, smoothMs } = known();
      if (count !== heard.count) heard = { count, at: now };
      if (now - heard.at > forgottenMs) return 0;
      return trips.count() > 0 ? trips.within(0.9) : smoothMs;
    },
  };
};
