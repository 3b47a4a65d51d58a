import pino from 'pino';
import type { ConfirmEvent } from '../notifications/confirm';
import type { NotificationEvent, NotificationObserver } from '../notifications/receive';
import { actionOf, type AuditEvent } from '../audit/event';
import type { ErrorReport } from '../server/graphql/format-error';
import type { OperationEvent } from '../server/graphql/operation-event';
import type { RefusalSample } from '../server/http/refusal-samples';
import { systemClock, type Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { createSamples } from '../shared/samples';
import type { AttemptEvent, CallObserver } from '../traffic/calls/hooks';
import { openLogDestination } from './log-destination';

/** Writes JSON lines to standard error. Fields are chosen one by one: nothing else is ever logged. */
export interface Log {
  readonly observeCall: CallObserver;
  /** One line per request to WeChat Pay. */
  readonly observeAttempt: (event: AttemptEvent) => void;
  /** One line per GraphQL operation. */
  readonly observeOperation: (event: OperationEvent) => void;
  /** One line for the first refusal of a kind, then one per interval with their number. */
  readonly observeRefusals: (sample: RefusalSample) => void;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly reportError: (report: ErrorReport) => void;
  /** One line per audit record, if no audit directory is configured. */
  readonly audit: (event: AuditEvent) => void;
  /** Logs whether a changed configuration was applied and, if not, why. */
  readonly reloaded: (applied: readonly string[], atNextStart: readonly string[]) => void;
  readonly notReloaded: (problems: readonly string[]) => void;
  readonly onStoreChange: (up: boolean) => void;
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
  const logNotification = (event: NotificationEvent, count: number): void => {
    const fields = {
      outcome: event.outcome,
      kind: event.kind,
      route: event.route,
      brandId: event.brandId,
      code: event.code,
      detail: event.detail,
      tookMs: Math.round(event.tookMs),
      ...(count === 1 ? {} : { count }),
    };
    if (event.outcome === 'refused' || event.outcome === 'replayed') logger.warn(fields, 'notification');
    else logger.info(fields, 'notification');
  };
  // The path is open to everybody: refused ones must not fill the log.
  const refusedNotifications = createSamples<NotificationEvent>({
    clock,
    report: logNotification,
    keyOf: ({ code = '', detail = '', brandId = '' }) => `${code} ${detail} ${brandId}`,
  });
  return {
    observeCall(event) {
      // A call that was sent has its own line; one refused before that has only this line.
      if (event.outcome !== 'ok' && event.outcome !== 'stale' && event.requestId === undefined)
        logger.info(
          {
            interface: event.interface,
            brandId: event.brandId,
            caller: event.caller,
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
        },
        'upstream call',
      );
    },
    observeOperation(event) {
      logger.info(
        {
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
        },
        'operation',
      );
    },
    observeRefusals({ route, kind, caller, count }) {
      logger.warn({ route, kind, caller, count }, 'requests refused');
    },
    observeNotification(event) {
      if (event.outcome === 'refused') refusedNotifications.observe(event);
      else logNotification(event, 1);
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
      // Flushed before the announced write is sent.
      if (event.kind === 'INTENT') logger.flush();
    },
    reloaded(applied, atNextStart) {
      const waits = atNextStart.length > 0;
      logger.info(
        { applied, atNextStart },
        waits
          ? 'the changed configuration is in use, except what atNextStart names: that waits for a restart'
          : 'the changed configuration is in use',
      );
    },
    notReloaded(problems) {
      logger.error({ problems }, 'the changed configuration was refused; nothing has changed');
    },
    onStoreChange(up) {
      if (up) logger.info('the shared store is back');
      else logger.warn('the shared store is unavailable: this instance uses its own share of the call limit');
    },
    onUnknownDocument(hash) {
      logger.warn({ sha256: hash }, 'a document outside the manifest');
    },
    exposedFile(detail) {
      logger.warn({ detail }, 'a file is open to others');
    },
    droppedLines: () => destination?.dropped() ?? 0,
    async written() {
      refusedNotifications.flush();
      await destination?.written();
    },
  };
};

/** Our own errors never hold personal data. Of other errors, only name and place are logged. */
const describe = (error: unknown): Readonly<Record<string, unknown>> => {
  if (error instanceof AppError) {
    const { code, message, upstream, hint } = error;
    return {
      code,
      detail: message,
      status: upstream?.status,
      wechatCode: upstream?.wechatCode,
      wechatMessage: upstream?.sentence?.text,
      hint: hint?.join(' '),
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
