import { AppError } from '../../../shared/errors';
import type { Bucket } from '../../../traffic/calls/call';
import type { SlotForecast } from '../../../traffic/limiter/slot-forecast';
import { defined } from '../../../shared/defined';

/** The calls an operation could make for one brand to one upstream interface. */
export interface PlannedSpending {
  readonly brandId: string;
  readonly bucket: Bucket;
  /** Calls it could make. */
  readonly max: number;
  /** Calls it will make unless their results are cached. */
  readonly certain: number;
  /** How many of the certain calls the cache cannot serve. Called only if the result matters. */
  readonly unanswered: () => Promise<number>;
}

export interface CostBound {
  readonly forecast: SlotForecast;
  /** Maximum planned calls of one operation, across all brands. */
  readonly upstreamCalls: number;
  /** How long the last call may wait for its slot, ms. */
  readonly maxWaitMs: number;
  /** Current wait of a new call to the bucket, ms. */
  readonly waitMs: (bucket: Bucket) => number;
}

/**
 * Returns why an operation must not run, or `undefined`: it could exceed the maximum number of calls, or it is certain to need
 * more calls of a bucket than there is time for. Then nothing is sent. A single call is left to the limiter, which refuses only
 * that field.
 */
export const costFault = async (
  spending: readonly PlannedSpending[],
  { upstreamCalls, maxWaitMs, waitMs, forecast }: CostBound,
): Promise<AppError | undefined> => {
  const { lastSlotMs, callsWithin } = forecast;
  const plannedCalls = spending.reduce((sum, { max }) => sum + max, 0);
  if (plannedCalls > upstreamCalls)
    return tooExpensive(plannedCalls, [
      `The operation could need ${plannedCalls} upstream calls; at most ${upstreamCalls} are allowed`,
      `该操作可能需要 ${plannedCalls} 次上游调用，最多允许 ${upstreamCalls} 次`,
    ]);
  for (const sharing of groupByBucket(spending)) {
    const { bucket } = sharing;
    const wait = waitMs(bucket);
    const tooLate = (calls: number): boolean => calls > 1 && wait + lastSlotMs(calls, bucket) > maxWaitMs;
    if (!tooLate(sharing.certain)) continue;
    const needed = await sharing.unanswered();
    if (!tooLate(needed)) continue;
    const inTime = callsWithin(maxWaitMs - wait, bucket);
    const later = wait + lastSlotMs(needed, bucket) - maxWaitMs;
    return tooExpensive(
      plannedCalls,
      [
        `The operation needs ${needed} calls of one interface, and in ${maxWaitMs} ms there is time for ${inTime}; ask for fewer objects at once`,
        `该操作需要对同一接口调用 ${needed} 次，${maxWaitMs} 毫秒内只能完成 ${inTime} 次，请减少单次查询的对象`,
      ],
      // A retry helps only if an idle bucket could make the calls in time.
      lastSlotMs(needed, bucket) > maxWaitMs ? undefined : Math.max(1, Math.ceil(later)),
    );
  }
  return undefined;
};

const tooExpensive = (
  plannedCalls: number,
  [en, zh]: readonly [en: string, zh: string],
  retryAfterMs?: number,
): AppError =>
  new AppError('QUERY_TOO_EXPENSIVE', en, {
    publicMessage: [`${en}.`, `${zh}。`],
    plannedCalls,
    ...defined({ retryAfterMs }),
  });

/** Groups by bucket: the brands of one service provider share its buckets. */
const groupByBucket = (spending: readonly PlannedSpending[]) => {
  const groups = new Map<string, PlannedSpending[]>();
  for (const one of spending) groups.set(one.bucket.id, [...(groups.get(one.bucket.id) ?? []), one]);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [
      {
        bucket: first.bucket,
        certain: group.reduce((sum, { certain }) => sum + certain, 0),
        unanswered: async () => {
          const counts = await Promise.all(group.map(({ unanswered }) => unanswered()));
          return counts.reduce((sum, count) => sum + count, 0);
        },
      },
    ];
  });
};
