import type { Clock } from '../../shared/clock';
import { AppError, codeOf } from '../../shared/errors';
import { defined } from '../../shared/defined';
import { SlotMissed, type Attempt, type Call, type Reply, type ScheduledCall, type Wrapper } from './call';
import type { Span } from './span';

/** Placed above the cache: begins the part of the call, and that of its lookup. */
export const traceCalls =
  (clock: Clock): Wrapper =>
  (next) =>
  (call) =>
    // Without a span this costs one comparison.
    call.span === undefined || call.cacheOnly === true
      ? next(call)
      : tracedCall(call, call.span, clock, next);

const tracedCall = async (
  call: Call,
  operation: Span,
  clock: Clock,
  next: (call: Call) => Promise<Reply>,
): Promise<Reply> => {
  const began = clock.now();
  const { interfaceName, account, brandId, lane, cache } = call;
  const span = operation.begin('call', began, {
    interface: interfaceName,
    route: account.route,
    brandId,
    lane,
  });
  const lookup = cache && span.begin('lookup', began, { cacheKind: cache.kind });
  try {
    const reply = await next({ ...call, span, ...defined({ lookup }) });
    const fresh = reply.stale ? 'stale' : 'hit';
    lookup?.end(clock.now(), { cacheResult: reply.asOf < began ? fresh : 'shared' });
    span.end(clock.now(), { outcome: 'ok', ...defined({ requestId: reply.requestId }) });
    return reply;
  } catch (error) {
    lookup?.end(clock.now(), { cacheResult: 'shared' });
    span.end(clock.now(), outcomeOf(error, call));
    throw error;
  }
};

/** Placed below the cache: what gets here was not served from it. A refresh in the background is no lookup of its caller. */
export const traceMisses =
  (clock: Clock): Wrapper =>
  (next) =>
  (call) => {
    if (call.lane !== 'refresh') call.lookup?.end(clock.now(), { cacheResult: 'miss' });
    return next(call);
  };

/** Placed directly above the limiter: when an attempt began to wait, and that it got no slot. */
export const traceWaits =
  (clock: Clock): Wrapper<Attempt> =>
  (next) =>
  (call) =>
    call.span === undefined ? next(call) : waitingAttempt(call, call.span, clock, next);

const waitingAttempt = async (
  call: Attempt,
  span: Span,
  clock: Clock,
  next: (call: Attempt) => Promise<Reply>,
): Promise<Reply> => {
  const wait = span.begin('wait', clock.now(), { attempt: call.attempt });
  try {
    return await next({ ...call, wait });
  } catch (error) {
    // Only what ended without a slot still waits.
    wait.end(clock.now(), outcomeOf(error, call));
    throw error;
  }
};

/** Placed directly below the limiter: the wait ends with the first slot. */
export const traceSlots: Wrapper<ScheduledCall> = (next) => (call) => {
  call.wait?.end(call.sendAt, { outcome: 'ok' });
  return next(call);
};

/** What an error tells of a part: its code, and the facts of the response. */
export const outcomeOf = (error: unknown, { signal }: Pick<Call, 'signal'>) => {
  if (error instanceof AppError)
    return {
      outcome: error.code,
      ...defined({ requestId: error.upstream?.requestId, status: error.upstream?.status }),
    };
  if (error instanceof SlotMissed) return { outcome: 'slotMissed' };
  return { outcome: signal?.aborted === true ? 'left' : codeOf(error) };
};
