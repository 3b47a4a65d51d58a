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
  readonly callsInTime: (bucket: Bucket, ms: number) => number;
  readonly upstreamCalls: number;
  /** Longest time of an operation, ms. */
  readonly operationMs: number;
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
  }: CostOptions<C>): RequestCheck<C> =>
  async (request, context) => {
    const { wait, stats } = context;
    const isMutation = request.operation.operation === OperationTypeNode.MUTATION;
    const spending = plan(request, context);
    for (const { brandId, bucket, max } of spending)
      stats.planned(brandId, bucket, max, callsInTime(bucket, isMutation ? wait.mutationMs : wait.queryMs));
    const fault = await costFault(spending, {
      forecast,
      upstreamCalls,
      ...(isMutation
        ? { maxWaitMs: wait.mutationMs, waitMs: (bucket) => status(bucket).waitMs }
        : { maxWaitMs: operationMs, waitMs: () => 0 }),
    });
    if (fault !== undefined) throw refused(fault);
  };
