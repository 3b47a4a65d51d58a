import pino from 'pino';
import type { ConfirmEvent } from '../notifications/confirm';
import type { NotificationObserver } from '../notifications/receive';
import { actionOf, type AuditEvent } from '../audit/event';
import type { ErrorReport } from '../server/graphql/format-error';
import type { OperationEvent } from '../server/graphql/operation-event';
import { AppError } from '../shared/errors';
import type { AttemptEvent, CallObserver } from '../traffic/calls/hooks';
import { openLogDestination } from './log-destination';

/** JSON lines on standard error. Fields are chosen one by one: nothing that was not named here is ever logged. */
export interface Log {
  readonly observeCall: CallObserver;
  /** One line per request to WeChat Pay. */
  readonly observeAttempt: (event: AttemptEvent) => void;
  /** One line per GraphQL operation. */
  readonly observeOperation: (event: OperationEvent) => void;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly reportError: (report: ErrorReport) => void;
  /** One line per audit record, where no directory is configured for them. */
  readonly audit: (event: AuditEvent) => void;
  /** Whether a changed configuration was taken, and why not. */
  readonly reloaded: (applied: readonly string[], atNextStart: readonly string[]) => void;
  readonly notReloaded: (problems: readonly string[]) => void;
  readonly onStoreChange: (up: boolean) => void;
  readonly onUnknownDocument: (hash: string) => void;
  /** A file whose mode gives others more than it should. */
  readonly exposedFile: (detail: string) => void;
  /** Lines that could not be written since the start. */
  readonly droppedLines: () => number;
  /** Resolves when every line so far is written or cannot be; after half a second in any case. */
  readonly written: () => Promise<void>;
}

/** `write` takes each line; standard error if absent. */
export const createLog = (write?: (line: string) => void): Log => {
  const destination = write === undefined ? openLogDestination(process.stderr) : undefined;
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? { write: write ?? (() => undefined) },
  );
  return {
    observeCall(event) {
      // What was sent has a line of its own; what was refused before that has only this one.
      if (event.outcome !== 'ok' && event.outcome !== 'stale' && event.requestId === undefined)
        logger.info(
          {
            interface: event.interface,
            brandId: event.brandId,
            route: event.route,
            lane: event.lane,
            durationMs: Math.round(event.durationMs),
            outcome: event.outcome,
          },
          'a call failed',
        );
    },
    observeAttempt(event) {
      logger.info(
        {
          interface: event.interface,
          brandId: event.brandId,
          route: event.route,
          host: event.host,
          lane: event.lane,
          attempt: event.attempt,
          durationMs: Math.round(event.durationMs),
          outcome: event.outcome,
          status: event.status,
          wechatCode: event.wechatCode,
          requestId: event.requestId,
          otherBrandId: event.otherBrandId,
          trace_id: event.traceId,
        },
        'upstream call',
      );
    },
    observeOperation(event) {
      logger.info(
        {
          operation: event.name,
          type: event.type,
          rootFields: event.rootFields,
          outcome: event.outcome,
          codes: event.codes.length === 0 ? undefined : event.codes,
          durationMs: Math.round(event.durationMs),
          upstreamCalls: event.upstreamCalls,
          cachedCalls: event.cachedCalls,
          trace_id: event.traceId,
          span_id: event.spanId,
          parent_span_id: event.parentSpanId,
        },
        'operation',
      );
    },
    observeNotification(event) {
      const fields = {
        outcome: event.outcome,
        kind: event.kind,
        route: event.route,
        brandId: event.brandId,
        code: event.code,
        detail: event.detail,
        tookMs: Math.round(event.tookMs),
      };
      if (event.outcome === 'refused' || event.outcome === 'replayed') logger.warn(fields, 'notification');
      else logger.info(fields, 'notification');
    },
    observeConfirm(event) {
      const fields = { brandId: event.brandId, outcome: event.outcome, code: event.code };
      if (event.outcome === 'refused') logger.warn(fields, 'opening of a card');
      else logger.info(fields, 'opening of a card');
    },
    reportError({ errorId, error }) {
      logger.error({ errorId, ...describe(error) }, 'an operation failed');
      destination?.flush();
    },
    audit(event) {
      logger.info({ kind: event.kind, id: event.id, ...actionOf(event) }, 'audit');
      // On its way before the write that it announces.
      if (event.kind === 'INTENT') logger.flush();
    },
    reloaded(applied, atNextStart) {
      logger.info({ applied, atNextStart }, 'the changed configuration is in use');
    },
    notReloaded(problems) {
      logger.error({ problems }, 'the changed configuration was refused; nothing has changed');
    },
    onStoreChange(up) {
      if (up) logger.info('the shared store is back');
      else logger.warn('the shared store is away: this instance goes on with its share of the call budget');
    },
    onUnknownDocument(hash) {
      logger.warn({ sha256: hash }, 'a document outside the manifest');
    },
    exposedFile(detail) {
      logger.warn({ detail }, 'a file is open to others');
    },
    droppedLines: () => destination?.dropped() ?? 0,
    written: async () => destination?.written(),
  };
};

/** Our own errors hold no personal data by construction; of foreign ones only name and place are told. */
const describe = (error: unknown): Readonly<Record<string, unknown>> => {
  if (error instanceof AppError) {
    const { code, message, upstream } = error;
    return {
      code,
      detail: message,
      status: upstream?.status,
      wechatCode: upstream?.wechatCode,
      requestId: upstream?.requestId,
    };
  }
  if (!(error instanceof Error)) return { name: typeof error };
  return {
    name: error.name,
    at: error.stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 8),
  };
};
