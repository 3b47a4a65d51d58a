import type { Clock } from '../shared/clock';
import { AppError, type ErrorCode } from '../shared/errors';
import type { Call, Wrapper } from './call';

/** One call as operators see it. Holds no personal data and no request bytes. */
export interface CallEvent {
  readonly interface: string;
  readonly brandId: string;
  readonly route: Call['account']['route'];
  readonly lane: Call['lane'];
  readonly durationMs: number;
  readonly outcome: 'ok' | 'stale' | ErrorCode;
  readonly requestId?: string;
}

export type CallObserver = (event: CallEvent) => void;

export const observe =
  (observer: CallObserver, clock: Clock): Wrapper =>
  (next) =>
  async (call) => {
    // A look at what is kept is no call.
    if (call.onlyHeld === true) return next(call);
    const started = clock.now();
    const tell = (outcome: CallEvent['outcome'], requestId: string | undefined): void => {
      if (requestId !== undefined) call.tally?.answered(requestId);
      observer({
        interface: call.name,
        brandId: call.brandId,
        route: call.account.route,
        lane: call.lane,
        durationMs: clock.now() - started,
        outcome,
        ...(requestId === undefined ? {} : { requestId }),
      });
    };
    try {
      const reply = await next(call);
      tell(reply.stale ? 'stale' : 'ok', reply.requestId);
      return reply;
    } catch (error) {
      if (error instanceof AppError) tell(error.code, error.upstream?.requestId);
      else tell('INTERNAL_SERVER_ERROR', undefined);
      throw error;
    }
  };
