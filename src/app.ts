import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createEvents } from './app-events';
import { createOperationAudit } from './audit/operation-audit';
import type { Config } from './config/config';
import { isLoopback } from './config/exposure';
import type { LoggedEvent } from './events/event';
import { createFindings } from './findings';
import { createGate } from './gate';
import type { Context } from './graphql/context';
import { printSdl } from './graphql/print-schema';
import { createSchema } from './graphql/schema';
import { createIdentity } from './identity';
import { createImageRoute } from './image-route';
import type { ConfirmEvent } from './notifications/confirm';
import type { NotificationObserver } from './notifications/receive';
import { createOperations, type Observers } from './operations';
import { createRequestChecks } from './request-checks';
import { createContextOf } from './request-context';
import { createReload, type Reloaded } from './reload';
import { createApollo } from './server/apollo';
import type { EdgeContext } from './server/edge-context';
import { createEventStreams } from './server/event-streams';
import { withExplorer } from './explorer-routes';
import type { ExplorerParts } from './server/explorer/explorer';
import type { ErrorReport } from './server/format-error';
import { cors } from './server/cors';
import { onlyByOwnName } from './server/own-name';
import { createGraphQLHandler } from './server/graphql-handler';
import { createRepeats } from './server/repeats';
import { createHttpServer } from './server/http';
import { createSchemaRoute } from './server/schema-access';
import { createTrustedDocuments } from './server/trusted-documents';
import { sleep, type Clock } from './shared/clock';
import { createKeyRing } from './shared/key-ring';
import { openSharedState } from './shared-state';
import type { CallObserver } from './traffic/observe';
import { createUpstream } from './upstream';
import { createAccounts } from './wechatpay/accounts';
import { createLimits } from './wechatpay/limits';
import { createUpstreamClock } from './wechatpay/upstream-clock';

export interface AppParts extends Observers {
  readonly config: Config;
  readonly clock: Clock;
  readonly observeCall: CallObserver;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly reportError: (report: ErrorReport) => void;
  /** The page for browsers; absent where there is none. */
  readonly explorer?: ExplorerParts;
}

export interface App {
  /** Answers the port. Rejects with the listen error. */
  start(): Promise<number>;
  /** The port of `/metrics` and the detailed `/readyz`, where there is one. */
  readonly operatorsPort: () => number | undefined;
  /** Lets what is under way finish, then closes everything. */
  stop(): Promise<void>;
  /**
   * Takes keys and limits of a configuration that is read anew, all or nothing. Rejects as `load` does, or with
   * ReloadRefused; then nothing has changed.
   */
  reload(load: () => Promise<Config>): Promise<Reloaded>;
}

/** What whole answers may take beside the objects that they are made of, as a share of `cache.maxBytes`. */
const repeatsShare = 0.25;

/** The composition root: every object is made here, once, in the order in which data passes through them. */
export const createApp = async (parts: AppParts): Promise<App> => {
  const { config, clock, observeCall, observeNotification, observeConfirm, reportError, explorer } = parts;
  const { onUnknownDocument = () => undefined, droppedLines = () => 0 } = parts;
  const { server, wechatPay, queryLimits } = config;
  const random = Math.random;
  const newErrorId = (): string => randomBytes(8).toString('hex');
  const onError = (error: unknown): void => {
    reportError({ errorId: newErrorId(), error });
  };
  const gate = createGate({ config, clock, onProblem: onError });
  const keys = createKeyRing(config.encryptionKeys);
  const accounts = createAccounts(wechatPay, clock);
  const upstreamClock = createUpstreamClock(clock);
  const limits = createLimits(wechatPay.limits);
  const findings = createFindings({ config, ofGate: gate.findings, droppedLines });
  const operations = createOperations({ ...parts, accounts, upstreamClock, onError, findings: findings.all });
  const { metrics } = operations;
  const state = await openSharedState({
    config,
    keys,
    clock,
    random,
    onStoreChange: operations.onStoreChange,
  });
  const upstream = createUpstream({
    config,
    keys,
    clock,
    random,
    state,
    accounts,
    upstreamClock,
    limits,
    observeCall,
    ...operations.upstream,
  });
  const { certificates, wire, limiter, members } = upstream;
  const auditOf = createOperationAudit({
    audit: operations.audit,
    now: clock.wallNow,
    keys,
    isBrand: (brandId) => wechatPay.brands.some((brand) => brand.brandId === brandId),
  });
  const events = await createEvents({
    config,
    keys,
    clock,
    state,
    upstream,
    upstreamClock,
    auditOf,
    observeNotification,
    observeConfirm,
  });
  const identityOf = createIdentity({
    config,
    accounts,
    auditOf,
    onUnseal: metrics.decrypted,
  });
  const contextOf = createContextOf({
    config,
    keys,
    clock,
    identityOf,
    upstream,
    cardEventsOf: events.cardEventsOf,
  });

  const schema = createSchema();
  const maySeeSchema = ({ permissions }: Pick<Context, 'permissions'>): boolean =>
    server.development || permissions.has('schema:read');
  const { documents, introspection, cost } = createRequestChecks({ config, schema, limiter, maySeeSchema });
  const apollo = createApollo<Context & EdgeContext>({
    schema,
    documents,
    limits: queryLimits,
    plugins: [operations.plugin],
    checks: [introspection, cost],
    throttleStatus: limiter.status,
    newErrorId,
    report: reportError,
  });
  const repeats = createRepeats({
    mostBytes: Math.ceil(config.cache.maxBytes * repeatsShare),
    now: clock.now,
    throttleStatus: limiter.status,
    observe: operations.observeOperation,
    lookedUp: (kind, result) => {
      metrics.meter.lookedUp(kind, result);
    },
  });
  const graphql = gate.route(
    createGraphQLHandler({
      apollo,
      context: contextOf,
      clock,
      admit: createTrustedDocuments({ ...config.trustedDocuments, onUnknown: onUnknownDocument }),
      repeats,
      limits: queryLimits,
    }),
  );
  const schemaRoute = gate.route(createSchemaRoute({ sdl: printSdl(schema), maySee: maySeeSchema }));
  const images = createImageRoute({ config, clock, members, identityOf, report: reportError });
  const streams = createEventStreams<Context & EdgeContext>({
    ...config.subscriptions,
    schema,
    documents,
    checks: [introspection],
    clock,
    context: contextOf,
    limits: queryLimits,
    positionOf: (event) => (event as LoggedEvent).eventId,
    newErrorId,
    report: reportError,
  });
  const isMisdirected = config.auth === undefined ? onlyByOwnName(isLoopback) : () => false;
  const answerCors = cors(config.http.corsOrigins);
  const http = createHttpServer({
    routes: {
      '/graphql': graphql,
      '/schema.graphql': schemaRoute,
      ...(explorer === undefined ? {} : withExplorer(graphql, explorer)),
      ...operations.probes,
      '/images': gate.route(images),
      '/graphql/stream': gate.route(streams.handler),
      // Not behind the gate: whoever signs as WeChat Pay is heard, and nobody else.
      [config.notifications.path]: events.notify,
    },
    onError,
    bounds: config.http,
    before: (request, response) => isMisdirected(request, response) || answerCors(request, response),
  });
  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    operations.drain();
    // A load balancer looks at /readyz and sends no more; until then the port stays open.
    if (config.http.drainDelayMs > 0) await sleep(clock, config.http.drainDelayMs);
    streams.drain();
    await http.drain(server.drainMs);
    await events.stop();
    certificates.stop();
    await apollo.stop();
    await wire.close();
    state.stop();
    gate.stop();
    await operations.stop();
  };
  const reload = createReload({
    config,
    accounts,
    limits,
    keys,
    replaceAuditKey: operations.replaceAuditKey,
    onReload(outcome, problems) {
      metrics.reloaded(outcome);
      findings.reloaded(problems);
      if (outcome === 'applied') repeats.clear();
    },
  });

  return {
    async start() {
      await gate.start();
      await apollo.start();
      await certificates.start();
      await operations.start();
      events.start();
      return http.listen(server);
    },
    operatorsPort: () => operations.port(),
    reload: (load) => reload(findings.noting(load)),
    stop: () => (stopped ??= end()),
  };
};
