import type { Clock } from '../shared/clock';
import { keepMostRecent } from '../shared/most-recent';
import type { TrafficHooks } from '../traffic/calls/hooks';
import { finding, type Finding } from './finding';
import { createSlidingCounts, printCounts } from './sliding-counts';

/** Whether the call limits suffice: calls sent by bucket, calls that found no slot, and the queue. */
export interface BudgetWatch {
  readonly hooks: Pick<TrafficHooks, 'waiting' | 'waited' | 'refused' | 'capped'>;
  readonly findings: () => readonly Finding[];
  /**
   * The busiest bucket of each interface and route: calls that this process sent in the last whole minute, as a share of the
   * limit. Empty for those without a call in that minute.
   */
  readonly used: () => readonly BusiestBucket[];
}

export interface BusiestBucket {
  readonly interface: string;
  readonly route: string;
  readonly share: number;
}

export interface BudgetWatchDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** The processes that share the limits. Default: this one only. */
  readonly instances?: () => number;
}

const minuteMs = 60_000;
/** Whole minutes that must all be above `nearly`. */
const minutes = 5;
const nearly = 0.8;
const minRefused = 3;
const longQueue = 20;
const longQueueMs = 30_000;
/** Buckets remembered; the one idle the longest is dropped first. */
const maxBuckets = 10_000;
const shown = 5;

interface BucketMinutes {
  interface: string;
  route: string;
  callsPerSecond: number;
  /** The minute of the last entry of `sent`. */
  minute: number;
  /** Calls sent in the current minute and those before it, the current one last. */
  sent: number[];
}

export const createBudgetWatch = ({ clock, instances = () => 1 }: BudgetWatchDeps): BudgetWatch => {
  const buckets = keepMostRecent<BucketMinutes>(maxBuckets);
  const refused = createSlidingCounts({ clock, windowMs: minuteMs });
  const capped = createSlidingCounts({ clock, windowMs: minuteMs });
  let waiting = 0;
  let longSince: number | undefined;

  const passTime = (bucket: BucketMinutes): void => {
    const minute = Math.floor(clock.now() / minuteMs);
    const passed = Math.min(minute - bucket.minute, minutes + 1);
    if (passed <= 0) return;
    bucket.sent = [...bucket.sent, ...Array.from({ length: passed }, () => 0)].slice(-(minutes + 1));
    bucket.minute = minute;
  };

  /** Share of the limit in each of the last whole minutes, oldest first; shorter if the bucket is younger. */
  const shares = (bucket: BucketMinutes): readonly number[] => {
    passTime(bucket);
    const most = (bucket.callsPerSecond * minuteMs) / 1_000;
    return bucket.sent.slice(0, -1).map((sent) => sent / most);
  };

  const nearlyUsed = (): readonly Finding[] => {
    const sharing = Math.max(1, instances());
    const busy: { readonly least: number; readonly text: string }[] = [];
    for (const [id, bucket] of buckets.entries()) {
      const all = shares(bucket);
      const least = Math.min(...all);
      if (all.length < minutes || least < nearly / sharing) continue;
      busy.push({
        least,
        text: `${id} (${percent(least)} of ${bucket.callsPerSecond} calls/s)`,
      });
    }
    if (busy.length === 0) return [];
    const first = busy.sort((a, b) => b.least - a.least).slice(0, shown);
    return [
      finding(
        'budget.nearlyUsed',
        `this process used at least ${percent(nearly / sharing)} of the limit in each of the last ${minutes} minutes: ` +
          first.map(({ text }) => text).join(', ') +
          (busy.length > shown ? ` and ${busy.length - shown} more` : '') +
          (sharing > 1 ? `; ${sharing} processes share each limit` : ''),
      ),
    ];
  };

  return {
    hooks: {
      waiting({ lane }, change) {
        // Background work is meant to wait.
        if (lane === 'refresh' || lane === 'bulk') return;
        waiting += change;
        if (waiting < longQueue) longSince = undefined;
        else longSince ??= clock.now();
      },
      waited({ interface: name, route }, _ms, { bucket: { id, callsPerSecond } }) {
        const known = buckets.get(id);
        const bucket = known ?? {
          interface: name,
          route,
          callsPerSecond,
          minute: Math.floor(clock.now() / minuteMs),
          sent: [0],
        };
        if (known === undefined) buckets.set(id, bucket);
        bucket.callsPerSecond = callsPerSecond;
        passTime(bucket);
        bucket.sent.push((bucket.sent.pop() ?? 0) + 1);
      },
      refused({ interface: name, lane }) {
        // A refresh is optional; its caller already has a result.
        if (lane !== 'refresh') refused.add(name);
      },
      capped(of, { lane }, { brandId, caller }) {
        // A refresh is optional, and background work is meant to wait.
        if (lane === 'refresh' || of === 'background') return;
        capped.add(of === 'brand' ? `brand ${brandId}` : `caller ${caller}`);
      },
    },
    findings() {
      const counts = refused.totals();
      const atCeiling = capped.totals();
      const atCeilingCount = [...atCeiling.values()].reduce((total, one) => total + one, 0);
      const count = [...counts.values()].reduce((total, one) => total + one, 0);
      return [
        ...nearlyUsed(),
        ...(count < minRefused
          ? []
          : [
              finding(
                'budget.exhausted',
                `${count} calls found no slot before their deadline in the last 60 s (${printCounts(counts)})`,
              ),
            ]),
        ...(atCeilingCount < minRefused
          ? []
          : [
              finding(
                'budget.ceilingReached',
                `${atCeilingCount} calls were refused in the last 60 s, because their brand or caller may use no more of the limit (${printCounts(atCeiling)})`,
              ),
            ]),
        ...(longSince === undefined || clock.now() - longSince < longQueueMs
          ? []
          : [
              finding(
                'queue.long',
                `at least ${longQueue} calls of users have been waiting for a slot for ${Math.floor((clock.now() - longSince) / 1_000)} s; ${waiting} wait now`,
              ),
            ]),
      ];
    },
    used() {
      const busiest = new Map<string, BusiestBucket>();
      for (const bucket of buckets.values()) {
        const share = shares(bucket).at(-1) ?? 0;
        const key = `${bucket.interface} ${bucket.route}`;
        if (share > 0 && share > (busiest.get(key)?.share ?? 0))
          busiest.set(key, { interface: bucket.interface, route: bucket.route, share });
      }
      return [...busiest.values()];
    },
  };
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;
