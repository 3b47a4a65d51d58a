import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createEvents } from './events';
import { createOperationAudit } from '../audit/operation-audit';
import type { Config } from '../config/config';
import { isLoopback, isSandboxed } from '../config/exposure';
import { createFindings } from './findings';
import { openDatabase } from './database';
import { createGraphQLDoors } from './graphql-doors';
import { createAuthMiddleware } from './auth-middleware';
import { createMasks } from '../graphql/access/masks';
import { createEffectiveRules } from '../graphql/inputs/rules/effective-rules';
import { createIdentity } from './identity';
import { createImageRoute } from './image-route';
import type { ConfirmEvent } from '../notifications/confirm';
import type { NotificationObserver } from '../notifications/receive';
import { createObservability, type Observers } from './observability';
import { createContextOf } from './request-context';
import { createReload, type Reloaded } from './reload';
import type { ExplorerOptions } from '../server/explorer/explorer';
import type { ErrorReport } from '../server/graphql/format-error';
import { createWaitOf } from '../server/graphql/operation-wait';
import { cors } from '../server/http/cors';
import { rejectForeignHost } from '../server/http/host-check';
import { createHttpServer } from '../server/http/http';
import { createPageOrigins } from '../server/http/page-origin';
import { sleep, type Clock } from '../shared/clock';
import { createKeyRing } from '../shared/key-ring';
import { openSharedState } from './shared-state';
import { createStreamTickets } from './stream-tickets';
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
   * Applies keys, limits and rules of a newly read configuration, all or nothing. Rejects as `load` does, or with ReloadRefused;
   * nothing has changed then.
   */
  reload(load: () => Promise<Config>): Promise<Reloaded>;
}

/** The composition root: creates every object, once, in the order in which data passes through them. */
export const createApp = async (options: AppOptions): Promise<App> => {
  const { config, clock, observeCall, observeNotification, observeConfirm, reportError, explorer } = options;
  const { onUnknownDocument = () => undefined, droppedLines = () => 0 } = options;
  const { server, wechatPay } = config;
  const random = Math.random;
  const newErrorId = (): string => randomBytes(8).toString('hex');
  const onError = (error: unknown): void => {
    reportError({ errorId: newErrorId(), error });
  };
  const origins = createPageOrigins({
    origins: config.http.corsOrigins,
    // Made-up data: a frontend's development server may call.
    alsoAllows: isSandboxed(config) ? isLoopback : undefined,
  });
  const auth = createAuthMiddleware({ config, clock, onProblem: onError, origins });
  const keys = createKeyRing(config.encryptionKeys);
  const accounts = createAccounts(wechatPay, clock);
  const upstreamClock = createUpstreamClock(clock);
  const limits = createLimits(wechatPay.limits);
  const rules = createEffectiveRules(config.rules);
  const findings = createFindings({
    config,
    clock,
    ofGate: auth.findings,
    droppedLines,
    certificates: () => upstream.certificates.problem(),
  });
  const database = openDatabase({ config, clock, onChange: options.onDatabaseChange });
  const observability = createObservability({
    ...options,
    accounts,
    upstreamClock,
    onError,
    findings: findings.all,
    instances: () => state.instances(),
    databaseFailure: () => database?.failure(),
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
    isBrand: (brandId) => accounts.brands.has(brandId),
  });
  const events = await createEvents({
    config,
    keys,
    clock,
    state,
    database,
    upstream,
    upstreamClock,
    auditOf,
    observeNotification(event) {
      metrics.notified(event.outcome);
      observeNotification(event);
    },
    observeConfirm,
    observeWebhook: observability.observeWebhook,
  });
  const identityOf = createIdentity({
    config,
    clock,
    masks: createMasks(state.masks),
    accounts,
    auditOf,
    onUnseal: metrics.decrypted,
  });
  const waitOf = createWaitOf({
    queryMs: server.queryDeadlineMs,
    mutationMs: server.mutationDeadlineMs,
    operationMs: config.queryLimits.operationMs,
  });
  const contextOf = createContextOf({
    config,
    keys,
    clock,
    waitOf,
    identityOf,
    rules,
    upstream,
    cardEventsOf: events.cardEventsOf,
    budgetUse: observability.budgetLedger.use,
    webhookDeliveries: events.webhooks?.deliveries,
  });

  const doors = createGraphQLDoors({
    config,
    clock,
    auth,
    tickets: createStreamTickets({ clock, keys, redis: state.redis }),
    limiter,
    waitOf,
    context: contextOf,
    observability,
    trustedDocuments: () => reload.current().trustedDocuments,
    onUnknownDocument,
    newErrorId,
    report: reportError,
    explorer,
  });
  const images = createImageRoute({ config, clock, members, identityOf, report: reportError });
  const isMisdirected = config.auth === undefined ? rejectForeignHost(isLoopback) : () => false;
  const answerCors = cors({ origins, headers: config.http.corsHeaders });
  const http = createHttpServer({
    routes: {
      ...doors.routes,
      '/images': { methods: ['POST'], handle: auth.route(images) },
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
    await http.drain(server.drainMs);
    await events.stop();
    certificates.stop();
    await doors.stop();
    await transport.close();
    await database?.close();
    state.stop();
    auth.stop();
    await observability.stop();
  };
  const reload = createReload({
    config,
    accounts,
    limits,
    rules,
    keys,
    replaceAuditKey: observability.replaceAuditKey,
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
      // In the background: whoever needs it waits for it, and nobody else.
      void database?.warmUp();
      return http.listen(server);
    },
    operatorsPort: () => observability.port(),
    reload: (load) => reload(findings.noting(load)),
    stop: () => (stopped ??= end()),
  };
};
