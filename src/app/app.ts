import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { AppOptions } from './app-options';
import { createEvents } from './events';
import { createOperationAudit } from '../audit/operation-audit';
import type { Config } from '../config/config';
import { isLoopback } from '../config/exposure';
import { createCallPolicies } from './call-policies';
import { createFindings } from './findings';
import { openDatabase } from './database';
import { openDirectory } from './directory';
import { createGraphQLDoors } from './graphql-doors';
import { createAuthMiddleware } from './auth-middleware';
import { createEffectiveRules } from '../graphql/inputs/rules/effective-rules';
import { createBulk } from './bulk';
import { openCredentials } from './credentials';
import { servedSchema } from '../graphql/schema/schema';
import { createIdentity } from './identity';
import { createFileRoutes } from './file-routes';
import { createObservability } from './observability';
import { createContextOf, waitOfConfig } from './request-context';
import { pageOriginsOf } from './page-origins';
import { createReload, type Reloaded } from './reload';
import { cors } from '../server/http/cors';
import { rejectForeignHost } from '../server/http/host-check';
import { createHttpServer } from '../server/http/http';
import { sleep } from '../shared/clock';
import { createKeyRing } from '../shared/key-ring';
import { openSharedState } from './shared-state';
import { openTracing, type TracingDeps } from '../tracing/tracing';
import { createStreamTickets } from './stream-tickets';
import { createUpstream } from './upstream';
import { createUpstreamClock } from '../wechatpay/crypto/upstream-clock';

export interface App {
  /** Resolves to the port. Rejects with the listen error. */
  start(): Promise<number>;
  /** The port of `/metrics` and the detailed `/readyz`; `undefined` if none is configured. */
  readonly operatorsPort: () => number | undefined;
  /** Lets requests under way finish, then closes everything. */
  stop(): Promise<void>;
  /**
   * Applies keys, limits and rules of a newly read configuration, all or nothing. Rejects as `load` does, or with ReloadRefused;
   * nothing has changed then.
   */
  reload(load: () => Promise<Config>): Promise<Reloaded>;
}

/** The composition root: creates every object, once, in the order in which data passes through them. */
export const createApp = async (options: AppOptions): Promise<App> => {
  const { config, clock, observeCall, observeNotification, observeConfirm, reportError } = options;
  const { onUnknownDocument = () => undefined, droppedLines = () => 0 } = options;
  const { server } = config;
  const newErrorId = (): string => randomBytes(8).toString('hex');
  const onError = (error: unknown): void => reportError({ errorId: newErrorId(), error });
  const origins = pageOriginsOf(config);
  const current = (): Config => reload.current();
  const auth = createAuthMiddleware({ config, current, clock, onProblem: onError, origins });
  const keys = createKeyRing(config.encryptionKeys);
  const credentials = openCredentials(config, clock, (event) => observability.observeSigner(event));
  const { accounts } = credentials;
  const upstreamClock = createUpstreamClock(clock);
  const policies = createCallPolicies(config);
  const rules = createEffectiveRules(config.rules);
  const findings = createFindings({
    config,
    clock,
    ofGate: auth.findings,
    droppedLines,
    certificates: () => upstream.certificates.problems(),
  });
  const database = openDatabase({ ...options, keys, onError });
  const onExport: TracingDeps['onExport'] = (...counts) => metrics.spansExported(...counts);
  const tracing = await openTracing(config.tracing, { clock, onExport });
  const observability = createObservability({
    ...options,
    tracing,
    accounts,
    upstreamClock,
    onError,
    findings: findings.all,
    instances: () => state.instances(),
    vanished: () => state.vanished(),
    databaseFailure: () => database?.failure(),
  });
  const { metrics } = observability;
  const state = await openSharedState({ config, keys, clock, random: Math.random, ...observability.store });
  const auditOf = createOperationAudit({
    audit: observability.audit,
    now: clock.wallNow,
    keys,
    isBrand: (brandId) => accounts.brands.has(brandId),
  });
  const directory = openDirectory({ config, database, clock, keys, auditOf, observability, onError });
  const upstream = createUpstream({
    config,
    keys,
    clock,
    random: Math.random,
    state,
    accounts,
    upstreamClock,
    policies,
    observeCall,
    ...observability.upstream,
    onCardSeen: (card) => [directory, bulk, events].forEach((seenBy) => seenBy?.saw(card)),
  });
  const { certificates, transport, limiter, members } = upstream;
  const events = await createEvents({
    config,
    current,
    keys,
    clock,
    state,
    database,
    upstream,
    upstreamClock,
    auditOf,
    metrics,
    observeNotification,
    observeConfirm,
    observeWebhook: observability.observeWebhook,
  });
  const identityOf = createIdentity({
    config,
    clock,
    masks: state.masks,
    lanes: policies.lanes,
    accounts,
    auditOf,
    onUnseal: metrics.decrypted,
  });
  const waitOf = waitOfConfig(config);
  const schema = servedSchema();
  const parts = { config, keys, clock, identityOf, rules, upstream };
  const bulk =
    database &&
    createBulk({
      ...options,
      ...parts,
      database,
      schema,
      callerLater: auth.callerLater,
      findings: observability.findings,
      directory,
      webhooks: events.webhooks,
      onError,
    });
  const contextOf = createContextOf({
    ...parts,
    waitOf,
    cardEventsOf: events.cardEventsOf,
    budgetUse: policies.named(observability.budgetLedger.use),
    health: observability.health,
    bulk,
    directory,
    webhookDeliveries: events.webhooks?.deliveries,
    auditReader: observability.auditReader,
    tracing,
  });
  const doors = createGraphQLDoors({
    config,
    clock,
    auth,
    schema,
    tickets: createStreamTickets({ clock, keys, redis: state.redis }),
    limiter,
    waitOf,
    context: contextOf,
    observability,
    trustedDocuments: () => current().trustedDocuments,
    onUnknownDocument,
    newErrorId,
    report: reportError,
    pages: options,
  });
  const isMisdirected = config.auth === undefined ? rejectForeignHost(isLoopback) : () => false;
  const answerCors = cors({ origins, headers: config.http.corsHeaders });
  const http = createHttpServer({
    routes: {
      ...doors.routes,
      ...createFileRoutes({ auth, bulk, config, clock, members, identityOf, report: reportError }),
    },
    // Who calls these was told the whole path: WeChat Pay by notify_url, probes by their configuration.
    rootRoutes: {
      ...observability.probes,
      // Not behind authentication: the handler accepts only what WeChat Pay has signed.
      [config.notifications.path]: { methods: ['POST'], handle: events.notify },
    },
    basePath: config.http.basePath,
    upgrades: doors.upgrades,
    onError,
    onRefused: observability.observeRefusal,
    bounds: config.http,
    before: (request, response) => isMisdirected(request, response) || answerCors(request, response),
  });
  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    observability.drain();
    // The port stays open until load balancers have seen /readyz fail and send no more.
    if (config.http.drainDelayMs > 0) await sleep(clock, config.http.drainDelayMs);
    doors.drain();
    // Rows under way end; what was not sent waits for the next start, or for another process.
    await Promise.all([http.drain(server.drainMs), bulk?.engine.stop()]);
    await events.stop();
    certificates.stop();
    await doors.stop();
    await transport.close();
    await credentials.close();
    await directory?.stop();
    await database?.close();
    await state.stop();
    auth.stop();
    await observability.stop();
  };
  const reload = createReload({
    config,
    accounts,
    policies,
    rules,
    keys,
    replaceAuditKey: observability.replaceAuditKey,
    replaceConfirmRules: events.replaceConfirmRules,
    replaceDirectoryBrands: (brandIds) => directory?.replaceBrands(brandIds),
    onReload(outcome, problems) {
      metrics.reloaded(outcome);
      findings.reloaded(problems);
      if (outcome === 'applied') doors.clearResponses();
    },
  });

  return {
    async start() {
      await auth.start();
      await doors.start();
      await certificates.start();
      await observability.start();
      events.start();
      bulk?.engine.start();
      return http.listen(server);
    },
    operatorsPort: () => observability.port(),
    reload: (load) => reload(findings.noting(load)),
    stop: () => (stopped ??= end()),
  };
};
