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
  readonly upstreamCalls: number;
  /** The caller's own budget of planned calls. Default: none. */
  readonly budgetOf?: (context: C) => PlannedCallBudget | undefined;
  /** Longest wait of an operation's calls, ms. */
  readonly maxWaitMs: { readonly query: number; readonly mutation: number };
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
 */
export const costCheck =
  <C extends EdgeContext>({
    plan,
    status,
    upstreamCalls,
    forecast,
    maxWaitMs,
    budgetOf = () => undefined,
  }: CostOptions<C>): RequestCheck<C> =>
  async (request, context) => {
    const spending = plan(request, context);
    for (const { brandId, bucket, max } of spending) context.stats.planned(brandId, bucket, max);
    const budget = budgetOf(context);
    const fault = await costFault(spending, {
      forecast,
      upstreamCalls: Math.min(upstreamCalls, budget?.max ?? upstreamCalls),
      maxWaitMs:
        request.operation.operation === OperationTypeNode.MUTATION ? maxWaitMs.mutation : maxWaitMs.query,
      // A subscription calls the upstream at later events, so the present queue does not matter.
      waitMs: (bucket) =>
        request.operation.operation === OperationTypeNode.SUBSCRIPTION ? 0 : status(bucket).waitMs,
    });
    if (fault !== undefined) throw refused(fault);
    const plannedCalls = spending.reduce((sum, { max }) => sum + max, 0);
    const retryAfterMs = plannedCalls === 0 ? undefined : budget?.take(plannedCalls);
    if (retryAfterMs !== undefined) throw refused(tooManyPlanned({ plannedCalls, retryAfterMs }));
  };

const tooManyPlanned = (facts: { readonly plannedCalls: number; readonly retryAfterMs: number }): AppError =>
  new AppError('RATE_LIMITED', 'the budget of planned calls of a caller', facts);
