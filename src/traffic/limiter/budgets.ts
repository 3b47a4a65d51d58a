import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { keepMostRecent } from '../../shared/most-recent';
import type { Attempt, Bucket, Wrapper } from '../calls/call';
import type { TrafficHooks } from '../calls/hooks';
import { createBucketQueue, type BucketQueue } from './bucket-queue';
import type { BudgetRules, Ceiling } from './budget-rules';
import type { SlotStore } from './slot-store';

export interface BudgetsDeps {
  readonly slots: SlotStore;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly rules: BudgetRules;
  readonly hooks: Pick<TrafficHooks, 'ceilingUsed' | 'capped'>;
}

/** Queues remembered; the one idle the longest is dropped first. */
const maxBuckets = 50_000;
/** What the deadline must leave for the call's own slot and response, ms. */
const marginMs = 100;

/**
 * Divides limits by reserves and ceilings, for the whole fleet: each is a bucket of its own in the slot store. Placed above the
 * limiter, which holds the limit itself. A call without a ceiling or reserve passes through and costs nothing.
 */
export const budgets = ({ slots, clock, random, rules, hooks }: BudgetsDeps): Wrapper<Attempt> => {
  const queues = keepMostRecent<BucketQueue>(maxBuckets);
  const queueOf = ({ id }: Bucket): BucketQueue => {
    const known = queues.get(id);
    if (known !== undefined) return known;
    const queue = createBucketQueue({
      slots,
      clock,
      random,
      // Nothing travels: what is counted here is counted at its slot.
      expected: () => ({ latenessMs: 0, open: false }),
      onSoon: () => undefined,
    });
    queues.set(id, queue);
    return queue;
  };

  /** Waits for the first slot of these buckets. Rejects as the queue of the last one does. */
  const waitForAny = async (call: Attempt, buckets: readonly Bucket[]): Promise<void> => {
    const { stats: _, ...asked } = call;
    const found = new AbortController();
    const signals = call.signal === undefined ? [found.signal] : [call.signal, found.signal];
    const signal = AbortSignal.any(signals);
    const waits = buckets.map((bucket) =>
      queueOf(bucket).wait({ ...asked, bucket, signal }, call.deadline - marginMs),
    );
    try {
      await Promise.any(waits);
    } catch (error) {
      throw error instanceof AggregateError ? error.errors.at(-1) : error;
    } finally {
      found.abort();
    }
  };

  const pass = async (call: Attempt, buckets: readonly Bucket[]): Promise<void> => {
    try {
      await waitForAny(call, buckets);
    } catch (error) {
      // To clients there is one bucket, which is the upstream's.
      if (error instanceof AppError) call.stats?.refused(call.brandId, call.bucket, error.retryAfterMs ?? 0);
      throw error;
    }
  };

  const passCeiling = async (call: Attempt, { of, bucket }: Ceiling): Promise<void> => {
    const { interfaceName, account, lane } = call;
    const names = { interface: interfaceName, route: account.route, lane };
    try {
      await pass(call, [bucket]);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      hooks.capped(of, names, call);
      throw of === 'caller' ? error.with({ publicMessage: callerCapped }) : error;
    }
    hooks.ceilingUsed(of, names, call, bucket);
  };

  const isWithin = async (bucket: Bucket): Promise<boolean> => {
    const request = { bucket, maxWaitMs: 0, spacing: 'burst', latenessMs: 0, open: false } as const;
    return (await slots.reserve(request)).granted;
  };

  return (next) => async (call) => {
    const { ceilings, reserve, unreserved } = rules.of(call);
    for (const ceiling of ceilings) await passCeiling(call, ceiling);
    if (unreserved === undefined) return next(call);
    if (reserve === undefined) await pass(call, [unreserved]);
    // The reserve first: a slot of both would be taken from the others.
    else if (!(await isWithin(reserve))) await pass(call, [reserve, unreserved]);
    return next(call);
  };
};

const callerCapped = [
  "The caller's share of the call budget is used up; try again after retryAfterMs.",
  '该调用方的调用份额已用尽，请在 retryAfterMs 之后重试。',
] as const;
