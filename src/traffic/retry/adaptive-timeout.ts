import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Call, Reply, Send, Wrapper } from '../calls/call';
import { isTimeout } from './outcome';

/** What is known of one interface's round trips, ms. */
interface RoundTrips {
  readonly smoothMs: number;
  readonly variationMs: number;
  readonly answeredAt: number;
  /** One after the other, since then. */
  readonly timeouts: number;
}

/** Before the first answer: one second, as in the RFC. */
const noRoundTrips: RoundTrips = { smoothMs: 0, variationMs: 250, answeredAt: -Infinity, timeouts: 0 };
/** An exchange that is slower than usual is cheaper than one more call. */
const minTimeoutMs = 250;
const maxTimeoutMs = 5_000;
const maxBuckets = 50_000;
/** Longer ones run out at once. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Ends the silence of a read's attempt while there is time for another one, or nobody needs its answer. The bound is TCP's
 * (RFC 6298): the smoothed round trip and four times its variation, doubled by silence, so that an upstream that is merely
 * slow is waited for. Stands below the limiter: only the upstream's own time counts. A write is seen through: where its
 * deadline passes it is answered, and the exchange goes on behind the answer.
 */
export const adaptiveTimeout =
  ({ clock }: { readonly clock: Clock }): Wrapper =>
  (next) => {
    const buckets = new LRUCache<string, RoundTrips>({ max: maxBuckets });

    return async (call) => {
      if (call.access !== 'read') return untilDeadline(call, next, clock);
      const { id } = call.bucket;
      const roundTrips = (): RoundTrips => buckets.get(id) ?? noRoundTrips;
      const timeouts = Math.max(roundTrips().timeouts, call.timeouts ?? 0);
      const timeoutMs = Math.min(maxTimeoutMs, timeoutFor(roundTrips()) * 2 ** timeouts);
      const attempt = new AbortController();
      const leave = (): void => {
        attempt.abort(call.signal?.reason);
      };
      // By hand: AbortSignal.any costs several times as much, for every read.
      call.signal?.addEventListener('abort', leave, { once: true });
      if (call.signal?.aborted === true) leave();
      let stop = (): void => undefined;
      let writtenAt: number | undefined;
      const answered = (): void => {
        if (writtenAt !== undefined) buckets.set(id, afterAnswer(roundTrips(), writtenAt, clock.now()));
      };
      try {
        const reply = await next({
          ...call,
          signal: attempt.signal,
          onWritten(at) {
            writtenAt = at;
            const leftMs = call.deadline - at;
            // Where there is no time for another attempt, this one has all that is left.
            const waitMs = leftMs > timeoutMs + minTimeoutMs ? timeoutMs : Math.max(leftMs, minTimeoutMs);
            stop = clock.after(waitMs, () => {
              attempt.abort(timedOut(waitMs));
            });
            call.onWritten?.(at);
          },
        });
        answered();
        return reply;
      } catch (error) {
        if (error instanceof AppError && error.upstream !== undefined) answered();
        // While others are answered, it is not slow.
        else if (isTimeout(error) && roundTrips().answeredAt < (writtenAt ?? 0))
          buckets.set(id, { ...roundTrips(), timeouts: timeouts + 1 });
        throw error;
      } finally {
        stop();
        call.signal?.removeEventListener('abort', leave);
      }
    };
  };

/** A write whose first byte is written is not stopped, as it may be done; what is not written by its deadline never is. */
const untilDeadline = (call: Call, next: Send, clock: Clock): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const attempt = new AbortController();
    const leave = (): void => {
      attempt.abort(call.signal?.reason);
    };
    call.signal?.addEventListener('abort', leave, { once: true });
    if (call.signal?.aborted === true) leave();
    const began = clock.now();
    let sent = false;
    const stop = clock.after(Math.min(maxTimerMs, call.deadline - began), () => {
      const error = new AppError(
        'UPSTREAM_UNAVAILABLE',
        `no answer within ${Math.round(clock.now() - began)} ms`,
        { sent },
      );
      reject(error);
      attempt.abort(error);
    });
    next({
      ...call,
      signal: attempt.signal,
      onWritten(at) {
        sent = true;
        call.onWritten?.(at);
      },
    })
      .then(resolve, reject)
      .finally(() => {
        stop();
        call.signal?.removeEventListener('abort', leave);
      });
  });

const timedOut = (ms: number): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', `no answer within ${Math.round(ms)} ms`, { sent: true });

const timeoutFor = ({ smoothMs, variationMs }: RoundTrips): number =>
  Math.max(minTimeoutMs, smoothMs + 4 * variationMs);

const afterAnswer = (known: RoundTrips, writtenAt: number, now: number): RoundTrips => {
  const tripMs = now - writtenAt;
  const { smoothMs, variationMs } =
    known.answeredAt === -Infinity ? { smoothMs: tripMs, variationMs: tripMs / 2 } : known;
  return {
    smoothMs: smoothMs + (tripMs - smoothMs) / 8,
    variationMs: variationMs + (Math.abs(tripMs - smoothMs) - variationMs) / 4,
    answeredAt: now,
    timeouts: 0,
  };
};
