import pino from 'pino';
import type { ConfirmEvent } from '../notifications/confirm';
import type { NotificationEvent, NotificationObserver } from '../notifications/receive';
import type { OperationChange } from '../bulk/run-operation';
import { actionOf, type AuditEvent, type AuditOutcome } from '../audit/event';
import type { ErrorReport } from '../server/graphql/format-error';
import type { OperationEvent } from '../server/graphql/operation-event';
import type { RefusalSample } from '../server/http/refusal-samples';
import { systemClock, type Clock } from '../shared/clock';
import type { Host } from '../traffic/calls/call';
import type { AttemptEvent, CallObserver } from '../traffic/calls/hooks';
import type { WebhookEvent } from '../webhooks/dispatcher';
import type { SignerEvent } from '../wechatpay/signer/remote-signer';
import { describeError } from './describe-error';
import { openLogDestination } from './log-destination';
import type { LogEventName } from './log-events';
import { createLogWriter } from './log-writer';

/**
 * Writes JSON lines to standard error. Fields are chosen one by one: nothing else is ever logged. Levels, messages and what is
 * counted instead of repeated: `log-events.ts`.
 */
export interface Log {
  readonly observeCall: CallObserver;
  /** One line per request to WeChat Pay; failures of one kind are counted. */
  readonly observeAttempt: (event: AttemptEvent) => void;
  /** One line per GraphQL operation; failures of one kind are counted. */
  readonly observeOperation: (event: OperationEvent) => void;
  /** One line for the first refusal of a kind, then one per interval with their number. */
  readonly observeRefusals: (sample: RefusalSample) => void;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  /** One line per attempt; failures of one kind are counted. */
  readonly observeWebhook: (event: WebhookEvent) => void;
  /** Failed requests to signers; those of one kind are counted. */
  readonly observeSigner: (event: SignerEvent) => void;
  /** One line per write that someone has to look up. */
  readonly observeUnknownOutcome: (event: AuditOutcome) => void;
  readonly reportError: (report: ErrorReport) => void;
  /** One line per audit record, if no audit directory is configured. */
  readonly audit: (event: AuditEvent) => void;
  /** Logs whether a changed configuration was applied and, if not, why. */
  readonly reloaded: (applied: readonly string[], atNextStart: readonly string[]) => void;
  readonly notReloaded: (problems: readonly string[]) => void;
  readonly onStoreChange: (up: boolean, reason?: string, commands?: readonly string[]) => void;
  readonly onStoreMemory: (problem: string | undefined) => void;
  readonly onBulkChange: (change: OperationChange) => void;
  readonly onDatabaseChange: (reason: string | undefined) => void;
  readonly onResealed: (resealed: { readonly moved: number; readonly unreadable: number }) => void;
  readonly onHostChange: (to: Host) => void;
  readonly onUnknownDocument: (hash: string) => void;
  /** Logs a file whose mode gives others too much access. */
  readonly exposedFile: (detail: string) => void;
  /** Number of lines that could not be written since the start. */
  readonly droppedLines: () => number;
  /** Resolves when every line so far is written or cannot be, after half a second at most. */
  readonly written: () => Promise<void>;
}

/** `write` receives each line. Default: standard error. */
export const createLog = (write?: (line: string) => void, clock: Clock = systemClock): Log => {
  const destination = write === undefined ? openLogDestination(process.stderr) : undefined;
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? { write: write ?? (() => undefined) },
  );
  const lines = createLogWriter({ logger, clock });
  return {
    observeCall(event) {
      // A call that was sent has its own line; one refused before that has only this line.
      if (event.outcome !== 'ok' && event.outcome !== 'stale' && event.requestId === undefined)
        lines.write('call.failed', {
          interface: event.interface,
          brandId: event.brandId,
          caller: event.caller,
          route: event.route,
          lane: event.lane,
          durationMs: Math.round(event.durationMs),
          outcome: event.outcome,
        });
    },
    observeAttempt(event) {
      lines.write(attemptEvents[event.outcome] ?? 'upstream.failed', {
        interface: event.interface,
        brandId: event.brandId,
        caller: event.caller,
        route: event.route,
        host: event.host,
        lane: event.lane,
        attempt: event.attempt,
        durationMs: Math.round(event.durationMs),
        outcome: event.outcome,
        status: event.status,
        wechatCode: event.wechatCode,
        wechatMessage: event.wechatMessage,
        wechatField: event.wechatField,
        wechatLocation: event.wechatLocation,
        wechatDetail: event.wechatDetail,
        hint: event.hint?.join(' '),
        requestId: event.requestId,
        otherBrandId: event.otherBrandId,
        trace_id: event.traceId,
      });
    },
    observeOperation(event) {
      lines.write(operationEvent(event), {
        caller: event.caller,
        operation: event.name,
        type: event.type,
        rootFields: event.rootFields,
        eventId: event.eventId,
        outcome: event.outcome,
        codes: event.codes.length === 0 ? undefined : event.codes,
        durationMs: Math.round(event.durationMs),
        upstreamCalls: event.upstreamCalls,
        cachedCalls: event.cachedCalls,
        trace_id: event.traceId,
        span_id: event.spanId,
        parent_span_id: event.parentSpanId,
      });
    },
    observeRefusals({ route, kind, caller, detail, count }) {
      lines.write('requests.refused', { route, kind, caller, detail, count });
    },
    observeNotification(event) {
      lines.write(notificationEvent(event), {
        outcome: event.outcome,
        kind: event.kind,
        route: event.route,
        brandId: event.brandId,
        code: event.code,
        detail: event.detail,
        tookMs: Math.round(event.tookMs),
      });
    },
    observeConfirm({ brandId, outcome, code }) {
      lines.write(openingEvents[outcome], { brandId, outcome, code });
    },
    observeWebhook({ outcome, tookMs, ...event }) {
      lines.write(webhookEvents[outcome], { ...event, tookMs: Math.round(tookMs) });
    },
    observeSigner({ tookMs, ...event }) {
      if (event.outcome === 'done' || event.outcome === 'declined') return;
      lines.write('signer.failed', { ...event, tookMs: Math.round(tookMs) });
    },
    observeUnknownOutcome(event) {
      lines.write('write.outcomeUnknown', { id: event.id, ...actionOf(event) });
      destination?.flush();
    },
    reportError({ errorId, error }) {
      lines.write('server.failed', { errorId, ...describeError(error) });
      destination?.flush();
    },
    audit(event) {
      lines.write('audit.recorded', { kind: event.kind, id: event.id, ...actionOf(event) });
      // Flushed before the announced write is sent.
      if (event.kind === 'INTENT') logger.flush();
    },
    reloaded(applied, atNextStart) {
      lines.write(atNextStart.length === 0 ? 'config.applied' : 'config.waiting', { applied, atNextStart });
    },
    notReloaded(problems) {
      lines.write('config.refused', { problems });
    },
    onStoreChange(up, reason, commands) {
      if (up) lines.write('store.available', {});
      else lines.write('store.unavailable', { reason, commands });
    },
    onStoreMemory(problem) {
      if (problem === undefined) lines.write('store.memoryRight', {});
      else lines.write('store.memory', { problem });
    },
    onBulkChange({ id, brandId, kind, status, reason }) {
      const name =
        status === 'PAUSED' ? 'bulk.paused' : status === 'CANCELED' ? 'bulk.forgotten' : 'bulk.changed';
      lines.write(name, { operationId: id, brandId, kind, status, reason });
    },
    onDatabaseChange(reason) {
      if (reason === undefined) lines.write('database.available', {});
      else lines.write('database.unavailable', { reason });
    },
    onResealed({ moved, unreadable }) {
      lines.write(unreadable === 0 ? 'database.resealed' : 'database.unreadable', { moved, unreadable });
    },
    onHostChange(to) {
      lines.write(to === 'main' ? 'host.returned' : 'host.changed', { host: to });
    },
    onUnknownDocument(hash) {
      lines.write('document.unknown', { sha256: hash });
    },
    exposedFile(detail) {
      lines.write('file.exposed', { detail });
    },
    droppedLines: () => destination?.dropped() ?? 0,
    async written() {
      lines.flush();
      await destination?.written();
    },
  };
};

/** Attempts without a usable response are `upstream.failed`. */
const attemptEvents: Readonly<Partial<Record<AttemptEvent['outcome'], LogEventName>>> = {
  ok: 'upstream.answered',
  left: 'upstream.answered',
  NOT_FOUND: 'upstream.answered',
  UPSTREAM_REJECTED: 'upstream.refused',
  UPSTREAM_FORBIDDEN: 'upstream.refused',
  UPSTREAM_RATE_LIMITED: 'upstream.rateLimited',
  UPSTREAM_SIGNATURE_INVALID: 'upstream.signatureInvalid',
  MISCONFIGURED: 'upstream.credentialRefused',
};

const operationEvent = ({ codes }: OperationEvent): LogEventName => {
  if (codes.includes('OUTCOME_UNKNOWN')) return 'operation.outcomeUnknown';
  return codes.every((code) => code === 'NOT_FOUND') ? 'operation.done' : 'operation.failed';
};

const notificationEvent = ({ outcome, code }: NotificationEvent): LogEventName => {
  if (outcome === 'replayed') return 'notification.replayed';
  if (outcome !== 'refused') return 'notification.received';
  return code === 'UPSTREAM_SIGNATURE_INVALID' ? 'notification.signatureInvalid' : 'notification.refused';
};

const webhookEvents: Readonly<Record<WebhookEvent['outcome'], LogEventName>> = {
  delivered: 'webhook.delivered',
  failed: 'webhook.failed',
  dead: 'webhook.dead',
};

const openingEvents: Readonly<Record<ConfirmEvent['outcome'], LogEventName>> = {
  confirmed: 'opening.settled',
  settled: 'opening.settled',
  waits: 'opening.settled',
  later: 'opening.delayed',
  refused: 'opening.refused',
};
