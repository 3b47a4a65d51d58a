import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createEvents } from './events';
import { createOperationAudit } from '../audit/operation-audit';
import type { Config } from '../config/config';
import { isLoopback } from '../config/exposure';
import type { LoggedEvent } from '../events/event';
import { createFindings } from './findings';
import { createAuthMiddleware } from './auth-middleware';
import type { Context } from '../graphql/execution/context';
import { namedRefusal } from '../graphql/refusals/upstream-user-errors';
import { printSdl } from '../graphql/schema/print-schema';
import { createSchema } from '../graphql/schema/schema';
import { createIdentity } from './identity';
import { createImageRoute } from './image-route';
import type { ConfirmEvent } from '../notifications/confirm';
import type { NotificationObserver } from '../notifications/receive';
import { createObservability, type Observers } from './observability';
import { createRequestChecks } from './request-checks';
import { createContextOf } from './request-context';
import { createReload, type Reloaded } from './reload';
import { createApollo } from '../server/graphql/apollo';
import type { EdgeContext } from '../server/graphql/edge-context';
import { createEventStreams } from '../server/subscriptions/event-streams';
import { withExplorer } from './explorer-routes';
import type { ExplorerOptions } from '../server/explorer/explorer';
import type { ErrorReport } from '../server/graphql/format-error';
import { cors } from '../server/http/cors';
import { rejectForeignHost } from '../server/http/host-check';
import { createGraphQLHandler } from '../server/graphql/graphql-handler';
import { createAppResponseCache } from './response-cache';
import { createHttpServer } from '../server/http/http';
import { createSchemaRoute } from '../server/graphql/schema-access';
import { createTrustedDocuments } from '../server/graphql/trusted-documents';
import { sleep, type Clock } from '../shared/clock';
import { createKeyRing } from '../shared/key-ring';
import { openSharedState } from './shared-state';
import type { CallObserver } from '../traffic/calls/hooks';
import { createUpstream } from './upstream';
import { createAccounts } from '../wechatpay/accounts/accounts';
import { createLimits } from '../wechatpay/api/limits';
import { createUpstreamClock } from '../wechatpay/crypto/upstream-clock';

export interface AppOptions extends Observers {
  readonly config: Config;
  readonly clock: Clock;
  readonly observeCall: CallObserver;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly reportError: (report: ErrorReport) => void;
  /** The page for browsers. Default: none. */
  readonly explorer?: ExplorerOptions;
}

export interface App {
  /** Resolves to the port. Rejects with the listen error. */
  start(): Promise<number>;
  /** The port of `/metrics` and the detailed `/readyz`; `undefined` if none is configured. */
  readonly operatorsPort: () => number | undefined;
  /** Lets requests under way finish, then closes everything. */
  stop(): Promise<void>;
  /**
   * Applies keys and limits of a newly read configuration, all or nothing. Rejects as `load` does, or with ReloadRefused;
   * nothing has changed then.
   */
  reload(load: () => Promise<Config>): Promise<Reloaded>;
}

/** The composition root: creates every object, once, in the order in which data passes through them. */
export const createApp = async (options: AppOptions): Promise<App> => {
  const { config, clock, observeCall, observeNotification, observeConfirm, reportError, explorer } = options;
  const { onUnknownDocument = () => undefined, droppedLines = () => 0 } = options;
  const { server, wechatPay, queryLimits } = config;
  const random = Math.random;
  const newErrorId = (): string => randomBytes(8).toString('hex');
  const onError = (error: unknown): void => {
    reportError({ errorId: newErrorId(), error });
  };
  const auth = createAuthMiddleware({ config, clock, onProblem: onError });
  const keys = createKeyRing(config.encryptionKeys);
  const accounts = createAccounts(wechatPay, clock);
  const upstreamClock = createUpstreamClock(clock);
  const limits = createLimits(wechatPay.limits);
  const findings = createFindings({ config, ofGate: auth.findings, droppedLines });
  const observability = createObservability({
    ...options,
    accounts,
    upstreamClock,
    onError,
    findings: findings.all,
  });
  const { metrics } = observability;
  const state = await openSharedState({
    config,
    keys,
    clock,
    random,
    onStoreChange: observability.onStoreChange,
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
    ...observability.upstream,
  });
  const { certificates, transport, limiter, members } = upstream;
  const auditOf = createOperationAudit({
    audit: observability.audit,
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
    plugins: [observability.plugin],
    checks: [introspection, cost],
    throttleStatus: limiter.status,
    newErrorId,
    report: reportError,
    nameRefusal: namedRefusal,
  });
  const responseCache = createAppResponseCache({ config, clock, limiter, observability });
  const graphql = auth.route(
    createGraphQLHandler({
      apollo,
      context: contextOf,
      clock,
      admit: createTrustedDocuments({ ...config.trustedDocuments, onUnknown: onUnknownDocument }),
      responseCache,
      limits: queryLimits,
    }),
  );
  const schemaRoute = auth.route(createSchemaRoute({ sdl: printSdl(schema), maySee: maySeeSchema }));
  const images = createImageRoute({ config, clock, members, identityOf, report: reportError });
  const streams = createEventStreams<Context & EdgeContext>({
    ...config.subscriptions,
    schema,
    documents,
    checks: [introspection],
    clock,
    context: contextOf,
    callerNow: auth.callerNow,
    limits: queryLimits,
    positionOf: (event) => (event as LoggedEvent).eventId,
    newErrorId,
    report: reportError,
    nameRefusal: namedRefusal,
  });
  const isMisdirected = config.auth === undefined ? rejectForeignHost(isLoopback) : () => false;
  const answerCors = cors(config.http.corsOrigins);
  const http = createHttpServer({
    routes: {
      '/graphql': graphql,
      '/schema.graphql': schemaRoute,
      ...(explorer === undefined ? {} : withExplorer(graphql, explorer)),
      ...observability.probes,
      '/images': auth.route(images),
      '/graphql/stream': auth.route(streams.handler),
      // Not behind authentication: the handler accepts only what WeChat Pay has signed.
      [config.notifications.path]: events.notify,
    },
    onError,
    bounds: config.http,
    before: (request, response) => isMisdirected(request, response) || answerCors(request, response),
  });
  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    observability.drain();
    // The port stays open until load balancers have seen /readyz fail and send no more.
    if (config.http.drainDelayMs > 0) await sleep(clock, config.http.drainDelayMs);
    streams.drain();
    await http.drain(server.drainMs);
    await events.stop();
    certificates.stop();
    await apollo.stop();
    await transport.close();
    state.stop();
    auth.stop();
    await observability.stop();
  };
  const reload = createReload({
    config,
    accounts,
    limits,
    keys,
    replaceAuditKey: observability.replaceAuditKey,
    onReload(outcome, problems) {
      metrics.reloaded(outcome);
      findings.reloaded(problems);
      if (outcome === 'applied') responseCache.clear();
    },
  });

  return {
    async start() {
      await auth.start();
      await apollo.start();
      await certificates.start();
      await observability.start();
      events.start();
      return http.listen(server);
    },
    operatorsPort: () => observability.port(),
    reload: (load) => reload(findings.noting(load)),
    stop: () => (stopped ??= end()),
  };
};
