import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Reply, ScheduledCall, Send, Wrapper } from '../calls/call';
import { isTimeout } from './outcome';
import { shareRoundTrips, type RoundTripTexts } from './shared-round-trips';
import { keepMostRecent } from '../../shared/most-recent';

export interface AdaptiveTimeoutDeps {
  readonly clock: Clock;
  /** Where the processes of a fleet tell each other. Default: nowhere. */
  readonly texts?: RoundTripTexts | undefined;
}

/** Statistics of one interface's round trips, ms. */
interface RoundTrips {
  readonly smoothMs: number;
  readonly variationMs: number;
  readonly answeredAt: number;
  /** Consecutive timeouts since the last response. */
  readonly timeouts: number;
}

/**
 * Before the first response the timeout is two seconds: what is cut off has cost a slot. The RFC's second would cut off every call
 * of a cold process whose upstream is slow.
 */
const noRoundTrips: RoundTrips = { smoothMs: 0, variationMs: 500, answeredAt: -Infinity, timeouts: 0 };
/** For round trips that another process has seen, ms. */
const longAgo = Number.MIN_SAFE_INTEGER;
/** A slow response costs less than one more call, ms. */
const minTimeoutMs = 250;
const maxTimeoutMs = 5_000;
const maxBuckets = 50_000;
/** For how long an attempt that was given up may still be answered, ms, and how many at a time: each holds a connection. */
const lateMs = 2_000;
const maxLate = 4;
/** A longer timer would fire at once, ms. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Times out an attempt of a read while there is time for another one, or when the caller's deadline has passed. The timeout
 * is TCP's (RFC 6298): the smoothed round trip plus four times its variation, doubled after each timeout, so that a slow
 * upstream still gets its chance. It runs below the limiter and measures the upstream's time only. The reply to an attempt that
 * was given up is still awaited for two seconds: it tells that the upstream is slow, and goes to `onLate`. A write is never cut
 * off: at its deadline the caller gets an error, and the request continues in the background.
 */
export const adaptiveTimeout =
  ({ clock, texts }: AdaptiveTimeoutDeps): Wrapper<ScheduledCall> =>
  (next) => {
    const buckets = keepMostRecent<RoundTrips>(maxBuckets);
    const others = shareRoundTrips(texts, clock);
    let late = 0;

    return async (call) => {
      if (call.access !== 'read') return untilDeadline(call, next, clock);
      const { id } = call.bucket;
      others.learn(id, (known) => {
        if (!buckets.has(id)) buckets.set(id, { ...noRoundTrips, ...known, answeredAt: longAgo });
      });
      const roundTrips = (): RoundTrips => buckets.get(id) ?? noRoundTrips;
      const timeouts = Math.max(roundTrips().timeouts, call.timeouts);
      const timeoutMs = Math.min(maxTimeoutMs, timeoutFor(roundTrips()) * 2 ** timeouts);
      const attempt = new AbortController();
      const leave = (): void => {
        attempt.abort(call.signal?.reason);
      };
      // By hand: AbortSignal.any costs several times as much for every read.
      call.signal?.addEventListener('abort', leave, { once: true });
      if (call.signal?.aborted === true) leave();
      let stop = (): void => undefined;
      let tellGivenUp: (error: AppError) => void = () => undefined;
      let writtenAt: number | undefined;
      const answered = (): void => {
        if (writtenAt === undefined) return;
        const known = afterAnswer(roundTrips(), writtenAt, clock.now());
        buckets.set(id, known);
        others.tell(id, known);
      };
      /** Ends the attempt for its caller; its reply is still awaited if there is use and room for it. */
      const giveUp = (error: AppError, sent: Promise<Reply>, reject: (error: AppError) => void): void => {
        const { onLate } = call;
        if (onLate === undefined || late >= maxLate) {
          attempt.abort(error);
          return;
        }
        late += 1;
        tellGivenUp(error);
        reject(error);
        const stopWaiting = clock.after(lateMs, () => {
          attempt.abort(error);
        });
        sent
          .then((reply) => {
            answered();
            onLate(reply);
          })
          .catch(() => undefined)
          .finally(() => {
            late -= 1;
            stopWaiting();
          });
      };
      const send = (): Promise<Reply> =>
        new Promise((resolve, reject) => {
          const sent = next({
            ...call,
            signal: attempt.signal,
            whenGivenUp(listener) {
              tellGivenUp = listener;
            },
            onWritten(at) {
              writtenAt = at;
              const leftMs = call.deadline - at;
              // If there is no time for another attempt, this one gets all the time left.
              const waitMs = leftMs > timeoutMs + minTimeoutMs ? timeoutMs : Math.max(leftMs, minTimeoutMs);
              stop = clock.after(waitMs, () => {
                giveUp(timedOut(waitMs), sent, reject);
              });
              call.onWritten(at);
            },
          });
          sent.then(resolve, reject);
        });
      try {
        const reply = await send();
        answered();
        return reply;
      } catch (error) {
        if (error instanceof AppError && error.upstream !== undefined) answered();
        // While other calls are answered, the upstream is not slow.
        else if (isTimeout(error) && roundTrips().answeredAt < (writtenAt ?? 0))
          buckets.set(id, { ...roundTrips(), timeouts: timeouts + 1 });
        throw error;
      } finally {
        stop();
        call.signal?.removeEventListener('abort', leave);
      }
    };
  };

/** A write is not aborted after its first byte, as it may take effect. A write not sent by its deadline is never sent. */
const untilDeadline = (call: ScheduledCall, next: Send<ScheduledCall>, clock: Clock): Promise<Reply> =>
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
        call.onWritten(at);
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
