import { OperationTypeNode } from 'graphql';
import { AppError } from '../../../shared/errors';
import type { Bucket } from '../../../traffic/calls/call';
import type { SlotForecast } from '../../../traffic/limiter/slot-forecast';
import type { PreparedRequest, RequestCheck } from '../documents/prepare-request';
import type { EdgeContext } from '../edge-context';
import { costFault, type PlannedSpending } from './cost';
import { refused } from './refused';

export interface CostOptions<C> {
  readonly forecast: SlotForecast;
  readonly plan: (request: PreparedRequest, context: C) => readonly PlannedSpending[];
  readonly status: (bucket: Bucket) => { readonly waitMs: number };
  readonly callsInTime: (bucket: Bucket, ms: number) => number;
  readonly upstreamCalls: number;
  /** Longest time of an operation, ms. */
  readonly operationMs: number;
  /** The caller's own budget of planned calls. Default: none. */
  readonly budgetOf?: (context: C) => PlannedCallBudget | undefined;
}

/** Planned calls of one caller over time. */
export interface PlannedCallBudget {
  /** Maximum number for one operation. */
  readonly max: number;
  /** Takes them, or returns how many ms to wait. */
  readonly take: (calls: number) => number | undefined;
}

/**
 * Estimates an operation's upstream calls before it runs, for `extensions`, and refuses it if they are too many. The cost of a
 * subscription is that of one event.
 *
 * Reads that have no time before their deadline fail alone, so a query runs unless its calls have no time even in the longest
 * operation and without other calls. A mutation runs only if all its calls have time: half of it must not be done.
 */
export const costCheck =
  <C extends EdgeContext>({
    plan,
    status,
    callsInTime,
    upstreamCalls,
    operationMs,
    forecast,
    budgetOf = () => undefined,
  }: CostOptions<C>): RequestCheck<C> =>
  async (request, context) => {
    const { wait, stats } = context;
    const isMutation = request.operation.operation === OperationTypeNode.MUTATION;
    const spending = plan(request, context);
    for (const { brandId, bucket, max } of spending)
      stats.planned(brandId, bucket, max, callsInTime(bucket, isMutation ? wait.mutationMs : wait.queryMs));
    const budget = budgetOf(context);
    const fault = await costFault(spending, {
      forecast,
      upstreamCalls: Math.min(upstreamCalls, budget?.max ?? upstreamCalls),
      ...(isMutation
        ? { maxWaitMs: wait.mutationMs, waitMs: (bucket) => status(bucket).waitMs }
        : { maxWaitMs: operationMs, waitMs: () => 0 }),
    });
    if (fault !== undefined) throw refused(fault);
    const plannedCalls = spending.reduce((sum, { max }) => sum + max, 0);
    const retryAfterMs = plannedCalls === 0 ? undefined : budget?.take(plannedCalls);
    if (retryAfterMs !== undefined) throw refused(tooManyPlanned({ plannedCalls, retryAfterMs }));
  };

const tooManyPlanned = (facts: { readonly plannedCalls: number; readonly retryAfterMs: number }): AppError =>
  new AppError('RATE_LIMITED', 'the budget of planned calls of a caller', facts);
