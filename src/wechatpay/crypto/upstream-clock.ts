import type { Clock } from '../../shared/clock';

/**
 * WeChat Pay's time, by the `Date` headers of its answers. A machine whose clock is wrong by more than 5 minutes would have
 * every call refused, and would take every answer for a replay. So what is signed and verified uses this time instead.
 */
export interface UpstreamClock {
  /** The `Date` header of an answer that was just read. */
  readonly saw: (date: string | undefined) => void;
  /** WeChat Pay's clock minus this machine's, ms, accurate to about a second; `undefined` before the first answer. */
  readonly skewMs: () => number | undefined;
  /** What is added to this machine's clock, ms; 0 while the skew is small or unknown. */
  readonly correctionMs: () => number;
  /** The time in ms since the Unix epoch to sign with, and to verify by. */
  readonly now: () => number;
}

/** An odd number: the median of so many answers ignores one that was delayed. */
const remembered = 5;
/** `Date` has whole seconds; on average half of one is cut off. */
const halfSecondMs = 500;
/** A smaller skew is within what `Date` and a slow answer cannot tell. */
const minCorrectedMs = 5_000;

export const createUpstreamClock = (clock: Pick<Clock, 'now' | 'wallNow'>): UpstreamClock => {
  // Against the clock that nobody sets: a step of the machine's clock changes nothing that is known here.
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
