import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Call, Reply, Send, Wrapper } from '../call';
import { isSilence } from './outcome';

/** What is known of one interface's round trips, ms. */
interface Trips {
  readonly smoothMs: number;
  readonly variationMs: number;
  readonly heardAt: number;
  /** One after the other, since then. */
  readonly silences: number;
}

/** Before the first answer: one second, as in the RFC. */
const neverHeard: Trips = { smoothMs: 0, variationMs: 250, heardAt: -Infinity, silences: 0 };
/** An exchange that is slower than usual is cheaper than one more call. */
const leastBoundMs = 250;
const mostBoundMs = 5_000;
const mostBuckets = 50_000;
/** Longer ones run out at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Ends the silence of a read's attempt while there is time for another one, or nobody needs its answer. The bound is TCP's
 * (RFC 6298): the smoothed round trip and four times its variation, doubled by silence, so that an upstream that is merely
 * slow is waited for. Stands below the limiter: only the upstream's own time counts. A write is seen through: where its
 * deadline passes it is answered, and the exchange goes on behind the answer.
 */
export const patience =
  ({ clock }: { readonly clock: Clock }): Wrapper =>
  (next) => {
    const buckets = new LRUCache<string, Trips>({ max: mostBuckets });

    return async (call) => {
      if (call.access !== 'read') return untilDeadline(call, next, clock);
      const { id } = call.bucket;
      const tripsNow = (): Trips => buckets.get(id) ?? neverHeard;
      const silences = Math.max(tripsNow().silences, call.silences ?? 0);
      const boundMs = Math.min(mostBoundMs, boundOf(tripsNow()) * 2 ** silences);
      const given = new AbortController();
      const leave = (): void => {
        given.abort(call.signal?.reason);
      };
      // By hand: AbortSignal.any costs several times as much, for every read.
      call.signal?.addEventListener('abort', leave, { once: true });
      if (call.signal?.aborted === true) leave();
      let stop = (): void => undefined;
      let writtenAt: number | undefined;
      const heard = (): void => {
        if (writtenAt !== undefined) buckets.set(id, afterAnswer(tripsNow(), writtenAt, clock.now()));
      };
      try {
        const reply = await next({
          ...call,
          signal: given.signal,
          onWritten(at) {
            writtenAt = at;
            const leftMs = call.deadline - at;
            // Where there is no time for another attempt, this one has all that is left.
            const waitMs = leftMs > boundMs + leastBoundMs ? boundMs : Math.max(leftMs, leastBoundMs);
            stop = clock.after(waitMs, () => {
              given.abort(silent(waitMs));
            });
            call.onWritten?.(at);
          },
        });
        heard();
        return reply;
      } catch (error) {
        if (error instanceof AppError && error.upstream !== undefined) heard();
        // While others are answered, it is not slow.
        else if (isSilence(error) && tripsNow().heardAt < (writtenAt ?? 0))
          buckets.set(id, { ...tripsNow(), silences: silences + 1 });
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
    const given = new AbortController();
    const leave = (): void => {
      given.abort(call.signal?.reason);
    };
    call.signal?.addEventListener('abort', leave, { once: true });
    if (call.signal?.aborted === true) leave();
    const began = clock.now();
    let sent = false;
    const stop = clock.after(Math.min(longestTimerMs, call.deadline - began), () => {
      const error = new AppError(
        'UPSTREAM_UNAVAILABLE',
        `no answer within ${Math.round(clock.now() - began)} ms`,
        { sent },
      );
      reject(error);
      given.abort(error);
    });
    next({
      ...call,
      signal: given.signal,
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

const silent = (ms: number): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', `no answer within ${Math.round(ms)} ms`, { sent: true });

const boundOf = ({ smoothMs, variationMs }: Trips): number =>
  Math.max(leastBoundMs, smoothMs + 4 * variationMs);

const afterAnswer = (known: Trips, writtenAt: number, now: number): Trips => {
  const tripMs = now - writtenAt;
  const { smoothMs, variationMs } =
    known.heardAt === -Infinity ? { smoothMs: tripMs, variationMs: tripMs / 2 } : known;
  return {
    smoothMs: smoothMs + (tripMs - smoothMs) / 8,
    variationMs: variationMs + (Math.abs(tripMs - smoothMs) - variationMs) / 4,
    heardAt: now,
    silences: 0,
  };
};
