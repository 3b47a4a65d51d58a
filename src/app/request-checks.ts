import type { Rate } from '../auth/settings';
import { slotForecast } from '../traffic/limiter/slot-forecast';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config/config';
import type { Context } from '../graphql/execution/context';
import { planOperation } from '../graphql/cost/plan-operation';
import { spendingOf } from '../graphql/cost/spending';
import { createDocuments, type Documents } from '../server/graphql/documents/documents';
import type { RequestCheck } from '../server/graphql/documents/prepare-request';
import type { EdgeContext } from '../server/graphql/edge-context';
import { costCheck, type PlannedCallBudget } from '../server/graphql/limits/cost-check';
import { introspectionCheck, type MaySeeSchema } from '../server/graphql/schema-access';
import { createCallerLimit } from '../server/http/caller-limit';
import type { Clock } from '../shared/clock';
import type { Upstream } from './upstream';

export interface RequestChecksOptions {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  readonly limiter: Pick<Upstream['limiter'], 'status'>;
  readonly maySeeSchema: MaySeeSchema<Context & EdgeContext>;
  readonly clock: Clock;
}

/** What a request must pass on every transport before it is executed: a valid document, then the checks. */
export interface RequestChecks {
  readonly documents: Documents;
  readonly introspection: RequestCheck<Context & EdgeContext>;
  readonly cost: RequestCheck<Context & EdgeContext>;
}

/** Memory for parsed documents as a share of `cache.maxBytes`, in addition to the cache. */
const documentsShare = 0.25;

export const createRequestChecks = ({
  config: { server, queryLimits, cache, auth },
  schema,
  limiter,
  maySeeSchema,
  clock,
}: RequestChecksOptions): RequestChecks => ({
  documents: createDocuments({
    schema,
    limits: queryLimits,
    maxErrors: queryLimits.errors,
    suggestions: server.development,
    maxBytes: Math.ceil(cache.maxBytes * documentsShare),
  }),
  introspection: introspectionCheck(maySeeSchema),
  cost: costCheck<Context & EdgeContext>({
    forecast: slotForecast,
    plan: (request, context) => spendingOf(planOperation(request, context), context),
    status: limiter.status,
    upstreamCalls: queryLimits.upstreamCalls,
    budgetOf: memberBudget(auth?.tokens?.members.plannedCalls, clock),
    maxWaitMs: { query: server.queryDeadlineMs, mutation: server.mutationDeadlineMs },
  }),
});

/** A member's operations together plan only so many calls, so that no member uses up the call budget of a brand. */
const memberBudget = (rate: Rate | undefined, clock: Clock) => {
  if (rate === undefined) return () => undefined;
  const take = createCallerLimit({ ...rate, clock });
  return ({ callerId, permissions: { member } }: EdgeContext): PlannedCallBudget | undefined =>
    member && { max: rate.burst, take: (calls) => take(callerId, calls) };
};
