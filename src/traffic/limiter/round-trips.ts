/**
 * What the users of a bucket know together of its round trips, ms: a part of its state, so a fleet shares it. One process sees few
 * of them in its first seconds, and its shortest one is too long then.
 */
export interface RoundTrips {
  count: number;
  /** When the call of the first was written, by the state's clock. */
  firstAt: number;
  /** The shortest one since the last turn, and the shortest one of the turn before; a turn is `tripsOfTurn` round trips. */
  shortestMs: number;
  formerMs: number;
  /** Smoothed round trip and its mean deviation, as of TCP (RFC 6298) but over more of them, in whole sixteenths. */
  smoothMs: number;
  deviationMs: number;
}

/** The same as a client may see it. */
export interface KnownRoundTrips {
  readonly count: number;
  /** How long ago the call of the first was written, ms. */
  readonly forMs: number;
  readonly shortestMs: number;
  readonly smoothMs: number;
  readonly deviationMs: number;
}

export const noRoundTrips = (): RoundTrips => ({
  count: 0,
  firstAt: 0,
  shortestMs: 0,
  formerMs: 0,
  smoothMs: 0,
  deviationMs: 0,
});

/** Of so many round trips the shortest is remembered, and of as many before them. */
export const tripsOfTurn = 128;

/** TCP starts with half the first round trip. Of a slow upstream's, most is its work and does not vary as the way does, ms. */
export const maxFirstDeviationMs = 50;

/** Each round trip moves the averages by this share. TCP's follow faster, and vary more. */
export const smoothing = 1 / 16;

/** Numbers that both engines write alike. */
const inSixteenths = (ms: number): number => Math.floor(ms * 16 + 0.5) / 16;

/** Adds one of whole ms that ended a moment ago. */
export const addRoundTrip = (known: RoundTrips, tripMs: number, now: number): void => {
  if (known.count === 0) {
    known.firstAt = now - tripMs;
    known.shortestMs = tripMs;
    known.formerMs = tripMs;
    known.smoothMs = tripMs;
    known.deviationMs = inSixteenths(Math.min(tripMs / 2, maxFirstDeviationMs));
  } else if (known.count % tripsOfTurn === 0) {
    known.formerMs = known.shortestMs;
    known.shortestMs = tripMs;
  }
  known.count += 1;
  known.shortestMs = Math.min(known.shortestMs, tripMs);
  const deviationMs = Math.abs(tripMs - known.smoothMs);
  known.deviationMs = inSixteenths(known.deviationMs + (deviationMs - known.deviationMs) * smoothing);
  known.smoothMs = inSixteenths(known.smoothMs + (tripMs - known.smoothMs) * smoothing);
};

export const viewRoundTrips = (
  { count, firstAt, shortestMs, formerMs, smoothMs, deviationMs }: RoundTrips = noRoundTrips(),
  now: number,
): KnownRoundTrips => ({
  count,
  forMs: count === 0 ? 0 : now - firstAt,
  shortestMs: Math.min(shortestMs, formerMs),
  smoothMs,
  deviationMs,
});
