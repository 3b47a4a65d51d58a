import type { KeyObject } from 'node:crypto';
import { openAuditLog, type AuditLog, type AuditLogOptions } from '../audit/audit-log';
import { createAuditReader, type AuditReader } from '../audit/audit-reader';
import { auditTo } from '../audit/audit-to';
import type { Audit } from '../audit/event';
import { watchOutcomes } from '../audit/watch-outcomes';
import type { Config } from '../config/config';
import { ConfigError } from '../config/reader';
import type { DatabaseFailure } from '../database/database';
import { createMetrics, type Metrics } from '../metrics/metrics';
import { createHttpServer } from '../server/http/http';
import { createRefusalSamples } from '../server/http/refusal-samples';
import type { RefusalObserver } from '../server/http/refusals';
import type { Routes } from '../server/http/router';
import { createBudgetLedger, type BudgetLedger } from '../operating/budget-ledger';
import { createBudgetWatch } from '../operating/budget-watch';
import type { Finding } from '../operating/finding';
import { toServerHealth, type ServerHealth } from '../operating/server-health';
import { createSignerWatch } from '../operating/signer-watch';
import { createUpstreamWatch } from '../operating/upstream-watch';
import { createWebhookWatch } from '../operating/webhook-watch';
import type { OperationEvent } from '../server/graphql/operation-event';
import { createProbes, exposition, type Readiness } from '../server/routes/probes';
import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import { systemCode } from '../shared/system-code';
import type { Tracing } from '../tracing/tracing';
import { teeHooks } from '../traffic/calls/tee-hooks';
import type { WebhookEvent } from '../webhooks/dispatcher';
import { createDependencyFindings } from './dependency-findings';
import type { Observers } from './observers';
import { createStoreWatch, type StoreWatch } from './store-watch';
import type { UpstreamDeps } from './upstream';
import type { Accounts } from '../wechatpay/accounts/accounts';
import type { UpstreamClock } from '../wechatpay/crypto/upstream-clock';
import type { SignerEvent } from '../wechatpay/signer/remote-signer';

/** What operators see of the server: metrics, probes, audit records. */
export interface Observability {
  readonly metrics: Metrics;
  /** Who used the call budget. */
  readonly budgetLedger: BudgetLedger;
  /** What is wrong now. */
  readonly findings: () => readonly Finding[];
  /** The same with its meaning, and the ends of keys. */
  readonly health: () => ServerHealth;
  /** Hooks into the upstream traffic. */
  readonly upstream: Pick<UpstreamDeps, 'hooks' | 'onHostChange'>;
  /** Called for each operation. */
  readonly observeOperation: (event: OperationEvent) => void;
  /** Called for each refused request and connection of the public port. */
  readonly observeRefusal: RefusalObserver;
  /** Called for each attempt to deliver a message to a webhook. */
  readonly observeWebhook: (event: WebhookEvent) => void;
  /** Called after each request to a process that holds a private key. */
  readonly observeSigner: (event: SignerEvent) => void;
  readonly audit: Audit;
  /** As AuditLog.replaceKey; false if the server started without an audit directory. */
  readonly replaceAuditKey: (key: KeyObject) => boolean;
  /** Reads the audit files; `undefined` without an audit directory. */
  readonly auditReader: AuditReader | undefined;
  /** Called with what becomes of the shared store. */
  readonly store: Pick<StoreWatch, 'onStoreChange' | 'onStoreMemory'>;
  /** Called when entries of the members' directory were lost, with their number. */
  readonly onDirectoryLost: (count: number) => void;
  /** `/livez` and `/readyz` of the public port, without details. */
  readonly probes: Routes;
  /** Opens the operators' port, if configured. Rejects with the listen error. */
  start(): Promise<void>;
  /** The opened operators' port. */
  port(): number | undefined;
  /** From now on, `/readyz` returns 503. */
  drain(): void;
  stop(): Promise<void>;
}

export interface ObservabilityDeps extends Observers {
  readonly config: Pick<Config, 'metrics' | 'audit'>;
  readonly clock: Clock;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
  readonly accounts: Accounts;
  readonly upstreamClock: UpstreamClock;
  readonly onError: (error: unknown) => void;
  /** Findings of other parts of the server, for readiness. */
  readonly findings?: () => readonly Finding[];
  /** The processes that share the call limits. Default: this one only. */
  readonly instances?: () => number;
  /** How many of them fell silent without ending. Default: none. */
  readonly vanished?: () => number;
  /** Why the database cannot be used; `undefined` if it can. Default: none is configured. */
  readonly databaseFailure?: () => DatabaseFailure | undefined;
}

export const createObservability = ({
  config,
  clock,
  tracing,
  accounts,
  upstreamClock,
  onError,
  observeAttempt,
  observeOperation: logOperation,
  observeRefusals = () => undefined,
  audit: auditElsewhere = () => undefined,
  observeUnknownOutcome = () => undefined,
  observeWebhook: logWebhook = () => undefined,
  observeSigner: logSigner = () => undefined,
  onStoreChange,
  onStoreMemory,
  onHostChange = () => undefined,
  findings: otherFindings = () => [],
  instances = () => 1,
  vanished = () => 0,
  databaseFailure = () => undefined,
}: ObservabilityDeps): Observability => {
  const upstreamWatch = createUpstreamWatch(clock);
  const webhookWatch = createWebhookWatch(clock);
  const signerWatch = createSignerWatch(clock);
  const budgetWatch = createBudgetWatch({ clock, instances });
  const budgetLedger = createBudgetLedger(clock);
  const expiries = () => accounts.all().flatMap((account) => account.expiries());
  const metrics = createMetrics({
    expiries,
    skewMs: upstreamClock.skewMs,
    budgetUsed: budgetWatch.used,
    findings: () => findings(),
    ofProcess: config.metrics !== undefined,
  });
  const onAuditError = (error: unknown): void => {
    metrics.auditFailed();
    onError(error);
  };
  const auditLog = config.audit && openedAuditLog({ ...config.audit, clock, onError: onAuditError });
  const observeOperation = (event: OperationEvent): void => {
    metrics.answered(event);
    logOperation?.(event);
    tracing?.ended(event);
  };
  const refusals = createRefusalSamples({ clock, report: observeRefusals });
  let draining = false;
  let directoryLost = 0;
  let port: number | undefined;

  const store = createStoreWatch(defined({ onStoreChange, onStoreMemory }), metrics.storeChanged);
  const dependencies = createDependencyFindings({
    clock,
    accounts,
    upstreamClock,
    store: store.findings,
    vanished,
    databaseFailure,
    directoryLost: () => directoryLost,
    auditLog,
  });
  const findings = (): readonly Finding[] => [
    ...upstreamWatch.findings(),
    ...budgetWatch.findings(),
    ...webhookWatch.findings(),
    ...signerWatch.findings(),
    ...dependencies(),
    ...otherFindings(),
  ];
  const readiness = (): Readiness => {
    const found = findings();
    const failing = found.some(({ level }) => level === 'failing');
    return { status: draining ? 'draining' : failing ? 'failing' : 'ready', findings: found };
  };

  const server = createHttpServer({
    routes: {
      '/metrics': exposition(metrics.scrape),
      ...createProbes(readiness, { detailed: true }),
    },
    onError,
  });

  return {
    metrics,
    budgetLedger,
    findings,
    health: () => toServerHealth(readiness(), expiries()),
    upstream: {
      hooks: teeHooks(
        metrics.hooks,
        budgetWatch.hooks,
        budgetLedger.hooks,
        { attempted: upstreamWatch.attempted },
        observeAttempt === undefined ? {} : { attempted: observeAttempt },
      ),
      onHostChange(to) {
        metrics.failedOver(to);
        upstreamWatch.hostChanged(to);
        onHostChange(to);
      },
    },
    observeOperation,
    observeRefusal(refusal) {
      metrics.refused(refusal);
      refusals.observe(refusal);
    },
    observeWebhook(event) {
      metrics.webhookAttempted(event.outcome);
      webhookWatch.attempted(event);
      logWebhook(event);
    },
    observeSigner(event) {
      metrics.signerAsked(event);
      signerWatch.asked(event);
      logSigner(event);
    },
    audit: watchOutcomes(auditLog ?? auditTo(auditElsewhere, onAuditError), observeUnknownOutcome),
    replaceAuditKey: (key) => auditLog?.replaceKey(key) ?? false,
    auditReader:
      config.audit &&
      auditLog &&
      createAuditReader({ directory: config.audit.directory, keys: () => auditLog.keys() }),
    store,
    onDirectoryLost(count) {
      directoryLost += count;
      metrics.directoryLost(count);
    },
    probes: createProbes(readiness, { detailed: false }),
    async start() {
      if (config.metrics !== undefined) port = await server.listen(config.metrics);
    },
    port: () => port,
    drain() {
      draining = true;
    },
    async stop() {
      refusals.flush();
      await server.drain(0);
      auditLog?.close();
      await tracing?.stop();
    },
  };
};

/** An audit directory that cannot be written is a configuration problem. */
const openedAuditLog = (parts: AuditLogOptions): AuditLog => {
  try {
    return openAuditLog(parts);
  } catch (error) {
    throw new ConfigError([
      `audit.directory: no file can be begun in ${parts.directory} (${systemCode(error) ?? 'no reason given'}); ` +
        "free disk space, or give the server's user permission to write",
    ]);
  }
};
