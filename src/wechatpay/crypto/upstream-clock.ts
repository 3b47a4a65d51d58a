import type { Clock } from '../../shared/clock';

/**
 * WeChat Pay's time, from the `Date` headers of its responses. A machine whose clock is wrong by more than 5 minutes would have
 * every call refused, and would treat every response as a replay. Signing and verification use this time instead.
 */
export interface UpstreamClock {
  /** Called with the `Date` header of a response that was just read. */
  readonly saw: (date: string | undefined) => void;
  /** WeChat Pay's clock minus this machine's, ms, accurate to about a second; `undefined` before the first response. */
  readonly skewMs: () => number | undefined;
  /** Correction of this machine's clock, ms; 0 while the skew is below 5 s or unknown. */
  readonly correctionMs: () => number;
  /** The time to sign and verify with, ms since the Unix epoch. */
  readonly now: () => number;
}

/** Odd, so that the median ignores one delayed response. */
const remembered = 5;
/** `Date` has whole seconds, which cuts off half a second on average. */
const halfSecondMs = 500;
/** A smaller skew cannot be told from the rounding of `Date` and slow responses, ms. */
const minCorrectedMs = 5_000;

export const createUpstreamClock = (clock: Pick<Clock, 'now' | 'wallNow'>): UpstreamClock => {
  // Relative to the monotonic clock, so that setting the machine's clock changes nothing here.
  const offsets: number[] = [];
  const skewMs = (): number | undefined => {
    const offset = offsets.toSorted((a, b) => a - b)[Math.floor(offsets.length / 2)];
    return offset === undefined ? undefined : clock.now() + offset - clock.wallNow();
  };
  const correctionMs = (): number => {
    const skew = skewMs() ?? 0;
    return Math.abs(skew) < minCorrectedMs ? 0 : skew;
  };
  return {
    saw(date) {
      const sent = Date.parse(date ?? '');
      if (Number.isNaN(sent)) return;
      offsets.push(sent + halfSecondMs - clock.now());
      if (offsets.length > remembered) offsets.shift();
    },
    skewMs,
    correctionMs,
    now: () => clock.wallNow() + correctionMs(),
  };
};
