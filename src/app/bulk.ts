import { randomBytes } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../auth/caller';
import { createEngine, type Engine } from '../bulk/engine';
import { createOperationFollowers, type OperationFollowers } from '../bulk/follow-operations';
import type { EndListener, OperationEnd } from '../bulk/operation-end';
import { createLateOpenids, type SeenCard } from '../bulk/late-openids';
import { createOperations, type Operations } from '../bulk/operations';
import { createRowKeys } from '../bulk/row-keys';
import type { OperationChange } from '../bulk/run-operation';
import { createSupersede } from '../bulk/supersede';
import { createSealing, type Sealing } from '../bulk/sealing';
import { createUploads, type Uploads } from '../bulk/uploads';
import type { Config } from '../config/config';
import type { Database } from '../database/database';
import type { Directory } from '../directory/directory';
import type { BulkAccess, Context } from '../graphql/execution/context';
import type { EffectiveRules } from '../graphql/inputs/rules/effective-rules';
import { createNodeIds } from '../graphql/relay/node-id';
import { createLoaders } from '../loaders/loaders';
import type { Finding } from '../operating/finding';
import { createOperationStats } from '../server/graphql/operation-stats';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { deriveKey, type KeyRing } from '../shared/key-ring';
import type { Message } from '../webhooks/message';
import type { Webhooks } from '../webhooks/webhooks';
import { createRowRunner } from './bulk-rows';
import type { createIdentity } from './identity';
import type { Upstream } from './upstream';

export interface BulkDeps {
  readonly config: Pick<Config, 'ids' | 'bulk'>;
  readonly database: Database;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly schema: GraphQLSchema;
  readonly upstream: Upstream;
  readonly rules: EffectiveRules;
  readonly identityOf: ReturnType<typeof createIdentity>;
  readonly callerLater: (id: string, scopes: readonly string[]) => Promise<Caller | undefined>;
  readonly findings: () => readonly Finding[];
  /** The members' directory; `undefined` if none is configured. */
  readonly directory: Pick<Directory, 'find' | 'record'> | undefined;
  readonly onBulkChange?: (change: OperationChange) => void;
  /** Webhooks that are told when an operation has ended. */
  readonly webhooks: Pick<Webhooks, 'deliverWithin' | 'wake'> | undefined;
  readonly onError: (error: unknown) => void;
}

export interface Bulk {
  readonly operations: Operations;
  readonly uploads: Uploads;
  readonly sealing: Sealing;
  readonly changed: BulkAccess['changed'];
  /** Called with each card that WeChat Pay names. */
  readonly saw: (card: SeenCard) => void;
  readonly follow: OperationFollowers['follow'];
  readonly engine: Pick<Engine, 'start' | 'stop'>;
  readonly database: Database;
  /** Wall-clock time in ms. */
  readonly now: () => number;
}

const dayMs = 86_400_000;

/** Bulk operations: their store, and the engine that carries them out with the mutations of the schema. */
export const createBulk = (deps: BulkDeps): Bulk => {
  const { config, database, keys, clock, schema, upstream, rules, identityOf, callerLater, findings } = deps;
  const { members, limiter, cardNotes } = upstream;
  const nodeIds = createNodeIds(config.ids.key);
  const sealing = createSealing(keys);
  const digestKey = deriveKey(config.ids.key, 'bulk files');
  const retainResultsMs = config.bulk.retainResultsDays * dayMs;
  const uploads = createUploads({
    database,
    sealing,
    now: clock.wallNow,
    retainMs: config.bulk.retainFilesDays * dayMs,
    digestKey,
  });

  const contextOf: Parameters<typeof createRowRunner>[0]['contextOf'] = (caller, { language, deadline }) => {
    const stats = createOperationStats();
    const identity = identityOf(caller, stats);
    // Whoever calls: people who wait for an answer come first.
    const scope = { ...identity.scope, stats, lane: 'bulk', deadline } as const;
    return {
      language,
      loaders: createLoaders(members, scope),
      members,
      writeScope: scope,
      ...identity.context,
      nodeIds,
      rules,
      throttle: limiter.status,
      budgetUse: () => unused(),
      health: () => unused(),
      directory: () => unused(),
      webhookDeliveries: undefined,
      auditReader: undefined,
      cardEvents: { maySubscribe: () => false, follow: unused, read: unused, openings: unused },
      now: clock.wallNow,
      randomId: () => randomBytes(12).toString('hex'),
    } satisfies Context;
  };
  const { rowKeyOf, cardKeyOf } = createRowKeys(config.ids.key);
  const openids = createLateOpenids({
    database,
    sealing,
    cardKeyOf,
    clock,
    now: clock.wallNow,
    onError: deps.onError,
  });
  const ends: EndListener = {
    async record(sql, end) {
      await deps.webhooks?.deliverWithin(sql, endOf(end));
    },
    recorded() {
      deps.webhooks?.wake();
    },
  };
  const supersede = createSupersede({ database, rowKeyOf, now: clock.wallNow });
  const engine = createEngine({
    database,
    clock,
    sealing,
    rowKeyOf,
    cardKeyOf,
    uploads,
    runner: createRowRunner({
      schema,
      contextOf,
      callerOf: ({ createdBy, scopes }) => callerLater(createdBy, scopes.split(' ')),
      cardNotes,
      directory: deps.directory,
      findings,
      now: clock.now,
    }),
    retainResultsMs,
    retainPausedMs: config.bulk.retainPausedDays * dayMs,
    ends,
    onChange(change) {
      deps.onBulkChange?.(change);
    },
    onError: deps.onError,
  });
  const operations = createOperations({
    database,
    sealing,
    now: clock.wallNow,
    retainResultsMs,
    ends,
    onWork: () => {
      engine.wake();
    },
  });
  const changed: Bulk['changed'] = (mutation, card) => {
    // The mutation is done, whatever becomes of this.
    supersede(mutation, card).catch(deps.onError);
  };
  const { follow } = createOperationFollowers({ database, sealing, clock });
  return {
    operations,
    uploads,
    sealing,
    changed,
    saw(card) {
      openids.saw(card);
    },
    follow,
    engine: {
      start() {
        engine.start();
      },
      async stop() {
        await Promise.all([engine.stop(), openids.stop()]);
      },
    },
    database,
    now: clock.wallNow,
  };
};

/** No document of a row selects it. */
const unused = (): never => {
  throw new AppError('INTERNAL_SERVER_ERROR', 'a row of a bulk operation has no use for this');
};

/** What a webhook is told of an operation. Its numbers may still change, so the receiver reads them by the id. */
const endOf = ({ id, brandId, kind, status, finishedAt }: OperationEnd): Message => ({
  id: `bulk_${id}_${finishedAt}`,
  kind: 'BULK_OPERATION_ENDED',
  brandId,
  timestamp: new Date(finishedAt).toISOString(),
  data: { operationId: id, kind, status },
});
