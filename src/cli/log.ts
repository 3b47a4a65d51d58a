import pino from 'pino';
import type { ConfirmEvent } from '../notifications/confirm';
import type { NotificationObserver } from '../notifications/receive';
import type { Audit } from '../audit/event';
import type { ErrorReport } from '../server/format-error';
import { AppError } from '../shared/errors';
import type { CallObserver } from '../traffic/observe';

/** JSON lines on standard error. Fields are chosen one by one: nothing that was not named here is ever logged. */
export interface Log {
  readonly observeCall: CallObserver;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly reportError: (report: ErrorReport) => void;
  readonly audit: Audit;
  readonly onStoreChange: (up: boolean) => void;
  readonly onUnknownDocument: (hash: string) => void;
}

export const createLog = (): Log => {
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    observeCall(event) {
      if (event.outcome === 'ok' || event.outcome === 'NOT_FOUND') logger.debug(event, 'upstream call');
      else logger.info(event, 'upstream call');
    },
    observeNotification(event) {
      if (event.outcome === 'refused' || event.outcome === 'replayed') logger.warn(event, 'notification');
      else logger.info(event, 'notification');
    },
    observeConfirm(event) {
      if (event.outcome === 'refused') logger.warn(event, 'opening of a card');
      else logger.info(event, 'opening of a card');
    },
    audit(event) {
      logger.info(event, 'audit');
    },
    reportError({ errorId, error }) {
      logger.error({ errorId, ...describe(error) }, 'an operation failed');
    },
    onStoreChange(up) {
      if (up) logger.info('the shared store is back');
      else logger.warn('the shared store is away: this instance goes on with its share of the call budget');
    },
    onUnknownDocument(hash) {
      logger.warn({ sha256: hash }, 'a document outside the manifest');
    },
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
