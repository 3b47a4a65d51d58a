import type { Clock } from '../shared/clock';
import type { CeilingOf, Lane } from '../traffic/calls/call';
import type { Spender, TrafficHooks } from '../traffic/calls/hooks';
import { createBucketMinutes, type BucketShare } from './bucket-minutes';
import { finding, type Finding } from './finding';
import { createSlidingCounts, printCounts } from './sliding-counts';

/** Whether the call limits and their ceilings suffice: calls by bucket, calls that found no slot, and the queue. */
export interface BudgetWatch {
  readonly hooks: Pick<TrafficHooks, 'waiting' | 'waited' | 'refused' | 'ceilingUsed' | 'capped'>;
  readonly findings: () => readonly Finding[];
  /**
   * The busiest bucket of each interface and route: calls that this process sent in the last whole minute, as a share of the
   * limit. Empty for those without a call in that minute.
   */
  readonly used: () => readonly BucketShare[];
}

export interface BudgetWatchDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** The processes that share the limits. Default: this one only. */
  readonly instances?: () => number;
}

const minuteMs = 60_000;
const minRefused = 3;
const longQueue = 20;
const longQueueMs = 30_000;

export const createBudgetWatch = ({ clock, instances = () => 1 }: BudgetWatchDeps): BudgetWatch => {
  const limits = createBucketMinutes({ clock, instances });
  const ceilings = createBucketMinutes({ clock, instances });
  const refused = createSlidingCounts({ clock, windowMs: minuteMs });
  const capped = createSlidingCounts({ clock, windowMs: minuteMs });
  let waiting = 0;
  let longSince: number | undefined;

  const nearlyUsed = (): readonly Finding[] => {
    const limit = limits.nearlyUsed('limit');
    const ceiling = ceilings.nearlyUsed('ceiling');
    return [
      ...(limit === undefined ? [] : [finding('budget.nearlyUsed', `this process used ${limit}`)]),
      ...(ceiling === undefined
        ? []
        : [finding('budget.ceilingNearlyUsed', `calls of users in this process used ${ceiling}`)]),
    ];
  };

  return {
    hooks: {
      waiting({ lane }, change) {
        // Background work is meant to wait.
        if (isBackground(lane)) return;
        waiting += change;
        if (waiting < longQueue) longSince = undefined;
        else longSince ??= clock.now();
      },
      waited({ interface: name, route }, _ms, { bucket }) {
        limits.add({ ...bucket, name: bucket.id, interface: name, route });
      },
      refused({ interface: name, lane }) {
        // A refresh is optional; its caller already has a result.
        if (lane !== 'refresh') refused.add(name);
      },
      ceilingUsed(of, { interface: name, route, lane }, spender, ceiling) {
        // Background work may use all that is left of a ceiling: people come before it.
        if (isBackground(lane)) return;
        ceilings.add({
          ...ceiling,
          name: `${ownerOf(of, spender)} on ${spender.bucket.id}`,
          interface: name,
          route,
        });
      },
      capped(of, { lane }, spender) {
        // A refresh is optional, and background work is meant to wait.
        if (lane === 'refresh' || of === 'background') return;
        capped.add(ownerOf(of, spender));
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
      const busiest = new Map<string, BucketShare>();
      for (const { interface: name, route, share } of limits.lastMinute()) {
        const key = `${name} ${route}`;
        if (share > 0 && share > (busiest.get(key)?.share ?? 0))
          busiest.set(key, { interface: name, route, share });
      }
      return [...busiest.values()];
    },
  };
};

const isBackground = (lane: Lane): boolean => lane === 'refresh' || lane === 'bulk';

const ownerOf = (of: CeilingOf, { brandId, caller }: Spender): string =>
  of === 'brand' ? `brand ${brandId}` : `caller ${caller}`;
