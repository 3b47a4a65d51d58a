import { OperationTypeNode } from 'graphql';
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
  /** Longest wait of an operation's calls, ms. */
  readonly maxWaitMs: { readonly query: number; readonly mutation: number };
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
  }: CostOptions<C>): RequestCheck<C> =>
  async (request, context) => {
    const spending = plan(request, context);
    for (const { brandId, bucket, max } of spending) context.stats.planned(brandId, bucket, max);
    const fault = await costFault(spending, {
      forecast,
      upstreamCalls,
      maxWaitMs:
        request.operation.operation === OperationTypeNode.MUTATION ? maxWaitMs.mutation : maxWaitMs.query,
      // A subscription calls the upstream at later events, so the present queue does not matter.
      waitMs: (bucket) =>
        request.operation.operation === OperationTypeNode.SUBSCRIPTION ? 0 : status(bucket).waitMs,
    });
    if (fault !== undefined) throw refused(fault);
  };
