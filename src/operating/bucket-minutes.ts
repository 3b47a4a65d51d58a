import { wholeCallsPerSecond } from '../shared/amount';
import type { Clock } from '../shared/clock';
import { keepMostRecent } from '../shared/most-recent';
import type { Bucket } from '../traffic/calls/call';

/** Calls by bucket and minute, as shares of what the bucket grants. */
export interface BucketMinutes {
  /** Adds one call. */
  readonly add: (call: BucketCall) => void;
  /** The buckets that have been nearly used up for minutes, for a finding; `undefined` if there are none. */
  readonly nearlyUsed: (what: 'limit' | 'ceiling') => string | undefined;
  /** The share of each bucket in the last whole minute; 0 without a call. */
  readonly lastMinute: () => readonly BucketShare[];
}

/** A bucket, and what is said of it. */
export interface BucketCall extends Bucket {
  /** For operators. Holds no personal data. */
  readonly name: string;
  readonly interface: string;
  readonly route: string;
}

export interface BucketShare {
  readonly interface: string;
  readonly route: string;
  readonly share: number;
}

export interface BucketMinutesDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** The processes that share the buckets. */
  readonly instances: () => number;
}

const minuteMs = 60_000;
/** Whole minutes that must all be above `nearly`. */
const minutes = 5;
const nearly = 0.8;
/** Buckets remembered; the one idle the longest is dropped first. */
const maxBuckets = 10_000;
const shown = 5;

interface Minutes {
  readonly name: string;
  readonly interface: string;
  readonly route: string;
  callsPerSecond: number;
  /** The minute of the last entry of `calls`. */
  minute: number;
  /** Calls of the current minute and those before it, the current one last. */
  calls: number[];
}

export const createBucketMinutes = ({ clock, instances }: BucketMinutesDeps): BucketMinutes => {
  const buckets = keepMostRecent<Minutes>(maxBuckets);

  const passTime = (bucket: Minutes): void => {
    const minute = Math.floor(clock.now() / minuteMs);
    const passed = Math.min(minute - bucket.minute, minutes + 1);
    if (passed <= 0) return;
    bucket.calls = [...bucket.calls, ...Array.from({ length: passed }, () => 0)].slice(-(minutes + 1));
    bucket.minute = minute;
  };

  /** The share in each of the last whole minutes, oldest first; shorter if the bucket is younger. */
  const shares = (bucket: Minutes): readonly number[] => {
    passTime(bucket);
    const most = (bucket.callsPerSecond * minuteMs) / 1_000;
    return bucket.calls.slice(0, -1).map((calls) => calls / most);
  };

  return {
    add({ id, callsPerSecond, name, interface: interfaceName, route }) {
      const known = buckets.get(id);
      const bucket = known ?? {
        name,
        interface: interfaceName,
        route,
        callsPerSecond,
        minute: Math.floor(clock.now() / minuteMs),
        calls: [0],
      };
      if (known === undefined) buckets.set(id, bucket);
      bucket.callsPerSecond = wholeCallsPerSecond(callsPerSecond);
      passTime(bucket);
      bucket.calls.push((bucket.calls.pop() ?? 0) + 1);
    },
    nearlyUsed(what) {
      const sharing = Math.max(1, instances());
      const busy: { readonly least: number; readonly text: string }[] = [];
      for (const bucket of buckets.values()) {
        const all = shares(bucket);
        const least = Math.min(...all);
        if (all.length < minutes || least < nearly / sharing) continue;
        busy.push({
          least,
          text: `${bucket.name} (${percent(least)} of ${bucket.callsPerSecond} calls/s)`,
        });
      }
      if (busy.length === 0) return undefined;
      const first = busy.sort((a, b) => b.least - a.least).slice(0, shown);
      return (
        `at least ${percent(nearly / sharing)} of the ${what} in each of the last ${minutes} minutes: ` +
        first.map(({ text }) => text).join(', ') +
        (busy.length > shown ? ` and ${busy.length - shown} more` : '') +
        (sharing > 1 ? `; ${sharing} processes share each ${what}` : '')
      );
    },
    lastMinute: () =>
      [...buckets.values()].map((bucket) => ({
        interface: bucket.interface,
        route: bucket.route,
        share: shares(bucket).at(-1) ?? 0,
      })),
  };
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;
