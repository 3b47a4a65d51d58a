import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Events } from './events';
import type { Caller } from '../auth/caller';
import { createNodeIds } from '../graphql/relay/node-id';
import type { Context } from '../graphql/execution/context';
import type { createIdentity } from './identity';
import type { EffectiveRules } from '../graphql/inputs/rules/effective-rules';
import { createLoaders } from '../loaders/loaders';
import { createConsistency } from '../server/graphql/consistency';
import type { EdgeContext } from '../server/graphql/edge-context';
import type { Config } from '../config/config';
import { headerOf } from '../server/http/headers';
import { languageOf } from '../server/http/language';
import { asksForBackground } from '../server/http/priority';
import { createOperationStats } from '../server/graphql/operation-stats';
import { createWaitOf, type WaitOf } from '../server/graphql/operation-wait';
import { traceOf } from '../server/http/trace';
import type { Directory } from '../directory/directory';
import type { Tracing } from '../tracing/tracing';
import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import type { KeyRing } from '../shared/key-ring';
import type { Bulk } from './bulk';
import type { Upstream } from './upstream';

export interface ContextDeps {
  readonly config: Pick<Config, 'ids'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly waitOf: WaitOf;
  readonly identityOf: ReturnType<typeof createIdentity>;
  readonly rules: EffectiveRules;
  readonly upstream: Upstream;
  readonly cardEventsOf: Events['cardEventsOf'];
  readonly budgetUse: Context['budgetUse'];
  readonly health: Context['health'];
  readonly bulk: Bulk | undefined;
  readonly directory: Directory | undefined;
  readonly webhookDeliveries: Context['webhookDeliveries'];
  readonly auditReader: Context['auditReader'];
  /** Absent: nothing is traced. */
  readonly tracing: Tracing | undefined;
}

/** Creates the context of one operation: caller, deadline, lane and access. */
export type ContextOf = (
  request: IncomingMessage,
  signal: AbortSignal,
  caller: Caller,
) => Promise<Context & EdgeContext>;

/** Bulk operations change by themselves, so a response that shows them is never served again. */
const bulkAccess = (
  { operations, uploads, changed, follow }: Bulk,
  { signal, varies }: { readonly signal: AbortSignal; readonly varies: () => void },
): NonNullable<Context['bulk']> => ({
  uploads,
  changed,
  follow: (brandId, id) => follow(brandId, id, signal),
  get operations() {
    varies();
    return operations;
  },
});

/** How long operations may wait, as configured. */
export const waitOfConfig = ({ server, queryLimits }: Pick<Config, 'server' | 'queryLimits'>): WaitOf =>
  createWaitOf({
    queryMs: server.queryDeadlineMs,
    mutationMs: server.mutationDeadlineMs,
    operationMs: queryLimits.operationMs,
  });

export const createContextOf = (deps: ContextDeps): ContextOf => {
  const { config, keys, clock, waitOf, identityOf, rules, upstream, cardEventsOf } = deps;
  const { budgetUse, health, bulk, directory, webhookDeliveries, auditReader, tracing } = deps;
  const { members, limiter } = upstream;
  const consistency = createConsistency(keys);
  const nodeIds = createNodeIds(config.ids.key);

  return (request, signal, caller) => {
    const started = clock.now();
    const wait = waitOf(request);
    const stats = createOperationStats({ showsBuckets: caller.permissions.member === undefined });
    const trace = traceOf(headerOf(request, 'traceparent'));
    const seen = consistency.read(headerOf(request, 'consistencyToken'));
    const isBackground = asksForBackground(headerOf(request, 'priority'));
    const identity = identityOf(caller, stats);
    const span = tracing?.begin(trace);
    const scope = { ...identity.scope, signal, seen, stats, traceId: trace.traceId, ...defined({ span }) };
    return Promise.resolve({
      language: languageOf(headerOf(request, 'acceptLanguage')),
      stats,
      wait,
      trace,
      consistency: () => consistency.write(seen, stats.written),
      loaders: createLoaders(members, {
        ...scope,
        lane: isBackground ? 'bulk' : identity.laneOf('interactive'),
        deadline: started + wait.queryMs,
      }),
      members,
      writeScope: {
        ...scope,
        lane: isBackground ? 'bulk' : identity.laneOf('mutation'),
        deadline: started + wait.mutationMs,
      },
      ...identity.context,
      nodeIds,
      rules,
      throttle(bucket) {
        stats.varies();
        return limiter.status(bucket);
      },
      budgetUse(asked) {
        stats.varies();
        return budgetUse(asked);
      },
      health() {
        stats.varies();
        return health();
      },
      directory() {
        stats.varies();
        return directory;
      },
      webhookDeliveries: webhookDeliveries && {
        list(asked) {
          stats.varies();
          return webhookDeliveries.list(asked);
        },
        redeliver: (id) => webhookDeliveries.redeliver(id),
      },
      auditReader: auditReader && {
        entries(query) {
          stats.varies();
          return auditReader.entries(query);
        },
        verify(page) {
          stats.varies();
          return auditReader.verify(page);
        },
      },
      operationEvent: {},
      // What an operation shows changes while nothing is written by its client.
      bulk:
        bulk &&
        bulkAccess(bulk, {
          signal,
          varies() {
            stats.varies();
          },
        }),
      cardEvents: cardEventsOf({
        request,
        signal,
        maySubscribe: (brandId) => identity.context.brands.get(brandId) !== undefined,
        onRead() {
          stats.varies();
        },
        // An event without a user is the brand's.
        mayReceive: ({ brandId, openid }) =>
          scope.canAccess(brandId, 'read', openid === undefined ? 'brand' : { user: openid }),
      }),
      now: clock.wallNow,
      randomId: () => randomBytes(12).toString('hex'),
    });
  };
};
