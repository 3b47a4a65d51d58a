import { createApp } from '../../src/app/app';
import type { AuditEvent, AuditIntent, AuditOutcome } from '../../src/audit/event';
import { demoConfig } from '../../src/cli/demo';
import type { Config } from '../../src/config/config';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';
import type { ExplorerOptions } from '../../src/server/explorer/explorer';
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
  /** The bytes of the answer, for searching what must not be in it. */
  readonly text: string;
}

export interface TestApp {
  readonly sandbox: Sandbox;
  readonly url: string;
  /** Where the operators' port is, if `change` configured one. */
  readonly operatorsUrl: string;
  readonly exchanges: AttemptEvent[];
  readonly operations: OperationEvent[];
  /** Where notifications are delivered to. */
  readonly notifyUrl: string;
  readonly calls: CallEvent[];
  readonly reports: ErrorReport[];
  readonly notifications: NotificationEvent[];
  readonly confirms: ConfirmEvent[];
  /** False for each time that the shared store went away, true for each time that it came back. */
  readonly storeChanges: boolean[];
  /** SHA-256 of the documents outside the manifest. */
  readonly unknownDocuments: string[];
  /** Refused requests as the log has them. */
  readonly refusals: RefusalSample[];
  /** Records of what has happened. */
  readonly audit: AuditOutcome[];
  /** Records of writes that were about to be sent. */
  readonly intents: AuditIntent[];
  ask<T = Record<string, unknown>>(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<T>>;
  /** How many calls of an interface arrived upstream. */
  arrived(name?: string): number;
  /** Begins the end, as SIGTERM does. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly sandbox?: SandboxOptions;
  /** A stand-in that others use as well; it is not closed with this application. */
  readonly upstream?: Sandbox;
  readonly clock?: Clock;
  readonly change?: (config: Config) => Config;
  readonly explorer?: (sandbox: Sandbox) => ExplorerOptions;
  /** Called for each record, before it is kept in `TestApp`; what it throws keeps the record from being written. */
  readonly audit?: (event: AuditEvent) => void;
}

/** The real application against the real stand-in, both on ports of their own. */
export const testApp = async ({
  sandbox: options,
  upstream,
  clock = systemClock,
  change,
  explorer,
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
  // A busy machine must not turn a slow answer into a refusal; what is about deadlines sets its own.
  const config = { ...demo, server: { ...demo.server, queryDeadlineMs: 10_000, mutationDeadlineMs: 12_000 } };
  const start = async () => {
    const app = await createApp({
      config: change?.(config) ?? config,
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
    });
    return { app, origin: `http://127.0.0.1:${await app.start()}` };
  };
  const { app, origin } = await start().catch(async (error: unknown) => {
    await sandbox.close();
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
      if (upstream === undefined) await sandbox.close();
    },
  };
};
