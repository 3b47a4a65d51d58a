import { OperationTypeNode } from 'graphql';
import type { Bucket } from '../../traffic/call';
import type { PreparedRequest, RequestCheck } from '../documents/prepare-request';
import type { EdgeContext } from '../edge-context';
import { costFault, type PlannedSpending } from './cost';
import { refused } from './refused';

export interface CostParts<C> {
  readonly plan: (request: PreparedRequest, context: C) => readonly PlannedSpending[];
  readonly status: (bucket: Bucket) => { readonly waitMs: number };
  readonly upstreamCalls: number;
  /** How long the calls of an operation may wait, ms. */
  readonly patienceMs: { readonly query: number; readonly mutation: number };
}

/** Sums up what an operation could cost upstream before it runs: for `extensions`, and to refuse what is too much. */
export const costCheck =
  <C extends EdgeContext>({ plan, status, upstreamCalls, patienceMs }: CostParts<C>): RequestCheck<C> =>
  async (request, context) => {
    const spending = plan(request, context);
    for (const { brandId, bucket, most } of spending) context.tally.planned(brandId, bucket, most);
    const fault = await costFault(spending, {
      upstreamCalls,
      patienceMs:
        request.operation.operation === OperationTypeNode.MUTATION ? patienceMs.mutation : patienceMs.query,
      waitMs: (bucket) => status(bucket).waitMs,
    });
    if (fault !== undefined) throw refused(fault);
  };
