import { createApp } from '../../src/app/app';
import type { AuditEvent, AuditIntent, AuditOutcome } from '../../src/audit/event';
import { demoConfig } from '../../src/cli/demo';
import type { Config } from '../../src/config/config';
import { putEmptyDatabase } from './empty-database';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';
import type { ExplorerOptions } from '../../src/server/explorer/explorer';
import type { ConsoleOptions } from '../../src/server/console/console';
import type { ConfirmEvent } from '../../src/notifications/confirm';
import type { NotificationEvent } from '../../src/notifications/receive';
import type { ErrorReport } from '../../src/server/graphql/format-error';
import type { RefusalSample } from '../../src/server/http/refusal-samples';
import { systemClock, type Clock } from '../../src/shared/clock';
import type { OperationEvent } from '../../src/server/graphql/operation-event';
import type { AttemptEvent, CallEvent } from '../../src/traffic/calls/hooks';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T | null;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions: {
    readonly throttle: readonly Readonly<Record<string, unknown>>[];
    readonly cache: Readonly<Record<string, number>>;
  };
  /** The bytes of the response, to search for what it must not contain. */
  readonly text: string;
}

export interface TestApp {
  readonly sandbox: Sandbox;
  readonly url: string;
  /** The address of the operators' port, if `change` configured one. */
  readonly operatorsUrl: string;
  readonly exchanges: AttemptEvent[];
  readonly operations: OperationEvent[];
  /** The URL for notifications. */
  readonly notifyUrl: string;
  readonly calls: CallEvent[];
  readonly reports: ErrorReport[];
  readonly notifications: NotificationEvent[];
  readonly confirms: ConfirmEvent[];
  /** False each time the shared store became unavailable, true each time it was back. */
  readonly storeChanges: boolean[];
  /** SHA-256 of the documents outside the manifest. */
  readonly unknownDocuments: string[];
  /** Refused requests as logged. */
  readonly refusals: RefusalSample[];
  /** Audit records of outcomes. */
  readonly audit: AuditOutcome[];
  /** Audit records of intents. */
  readonly intents: AuditIntent[];
  ask<T = Record<string, unknown>>(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<T>>;
  /** The number of an interface's calls that arrived upstream. */
  arrived(name?: string): number;
  /** Starts to stop, as after SIGTERM. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly sandbox?: SandboxOptions;
  /** A sandbox that other applications use too; it is not closed with this one. */
  readonly upstream?: Sandbox;
  readonly clock?: Clock;
  readonly change?: (config: Config) => Config;
  readonly explorer?: (sandbox: Sandbox) => ExplorerOptions;
  readonly console?: (sandbox: Sandbox) => ConsoleOptions;
  /** Called for each record before it is stored in `TestApp`. If it throws, the record cannot be written. */
  readonly audit?: (event: AuditEvent) => void;
}

/** The real application and a real sandbox, each on its own port. */
export const testApp = async ({
  sandbox: options,
  upstream,
  clock = systemClock,
  change,
  explorer,
  console: consolePages,
  audit: onRecord,
}: TestAppOptions = {}): Promise<TestApp> => {
  const sandbox = upstream ?? (await startSandbox({ membersPerBrand: 60, ...options }));
  const calls: CallEvent[] = [];
  const exchanges: AttemptEvent[] = [];
  const operations: OperationEvent[] = [];
  const reports: ErrorReport[] = [];
  const notifications: NotificationEvent[] = [];
  const confirms: ConfirmEvent[] = [];
  const storeChanges: boolean[] = [];
  const unknownDocuments: string[] = [];
  const refusals: RefusalSample[] = [];
  const audit: AuditOutcome[] = [];
  const intents: AuditIntent[] = [];
  const demo = demoConfig(sandbox, 0);
  // A slow response on a busy machine must not become a refusal. Tests about deadlines set their own.
  const config = { ...demo, server: { ...demo.server, queryDeadlineMs: 10_000, mutationDeadlineMs: 12_000 } };
  const start = async () => {
    const changed = change?.(config) ?? config;
    if (changed.database !== undefined && 'directory' in changed.database)
      await putEmptyDatabase(changed.database.directory);
    const app = await createApp({
      config: changed,
      clock,
      observeCall: (event) => calls.push(event),
      observeAttempt: (event) => exchanges.push(event),
      observeOperation: (event) => operations.push(event),
      observeRefusals: (sample) => refusals.push(sample),
      observeNotification: (event) => notifications.push(event),
      observeConfirm: (event) => confirms.push(event),
      onStoreChange: (up) => storeChanges.push(up),
      reportError: (report) => reports.push(report),
      onUnknownDocument: (hash) => unknownDocuments.push(hash),
      audit(event) {
        onRecord?.(event);
        if (event.kind === 'INTENT') intents.push(event);
        else audit.push(event);
      },
      ...(explorer === undefined ? {} : { explorer: explorer(sandbox) }),
      ...(consolePages === undefined ? {} : { console: consolePages(sandbox) }),
    });
    return { app, origin: `http://127.0.0.1:${await app.start()}` };
  };
  const closeOwnSandbox = async (): Promise<void> => {
    if (upstream === undefined) await sandbox.close();
  };
  const { app, origin } = await start().catch(async (error: unknown) => {
    await closeOwnSandbox();
    throw error;
  });
  const url = `${origin}/graphql`;
  const notifyUrl = origin + (change?.(config) ?? config).notifications.path;
  sandbox.deliveries.deliverTo(notifyUrl);
  return {
    sandbox,
    url,
    operatorsUrl: `http://127.0.0.1:${app.operatorsPort() ?? 0}`,
    exchanges,
    operations,
    notifyUrl,
    calls,
    reports,
    notifications,
    confirms,
    storeChanges,
    unknownDocuments,
    refusals,
    audit,
    intents,
    async ask<T>(query: string, variables = {}, headers = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      const body = JSON.parse(text) as Partial<Answer<T>>;
      return {
        status: response.status,
        headers: response.headers,
        data: body.data ?? null,
        errors: body.errors ?? [],
        extensions: body.extensions ?? { throttle: [], cache: {} },
        text,
      };
    },
    arrived: (name) => sandbox.ledger.entries(name === undefined ? {} : { interface: name }).length,
    stop: () => app.stop(),
    async close() {
      await app.stop();
      await closeOwnSandbox();
    },
  };
};
