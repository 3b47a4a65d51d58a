import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Wrapper } from '../call';

/** How long one interface's silence is borne. */
interface Trips {
  smoothMs: number;
  variationMs: number;
  boundMs: number;
}

const firstBoundMs = 1_000;
/** An exchange that is slower than usual is cheaper than one more call. */
const leastBoundMs = 400;
const mostBoundMs = 5_000;
const mostBuckets = 50_000;

/**
 * Ends the silence of a read's attempt while there is time for another one. The bound is TCP's (RFC 6298): the smoothed
 * round trip and four times its variation, doubled by each silence until an answer comes, so that an upstream that is
 * merely slow is waited for. Stands below the limiter: only the upstream's own time counts. A write is seen through.
 */
export const patience =
  ({ clock }: { readonly clock: Clock }): Wrapper =>
  (next) => {
    const buckets = new LRUCache<string, Trips>({ max: mostBuckets });

    return async (call) => {
      if (call.repeat !== 'safe') return next(call);
      const boundMs = buckets.get(call.bucket.id)?.boundMs ?? firstBoundMs;
      const leftMs = call.deadline - Math.max(clock.now(), call.sendAt ?? 0);
      let writtenAt: number | undefined;
      const heard = (): void => {
        if (writtenAt !== undefined)
          buckets.set(call.bucket.id, afterAnswer(buckets.get(call.bucket.id), clock.now() - writtenAt));
      };
      try {
        const reply = await next({
          ...call,
          ...(leftMs > 2 * boundMs ? { answerMs: boundMs } : {}),
          onWritten(at) {
            writtenAt = at;
            call.onWritten?.(at);
          },
        });
        heard();
        return reply;
      } catch (error) {
        if (error instanceof AppError && error.upstream !== undefined) heard();
        else if (isSilence(error))
          buckets.set(call.bucket.id, afterSilence(buckets.get(call.bucket.id), boundMs));
        throw error;
      }
    };
  };

const isSilence = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'UPSTREAM_UNAVAILABLE' && error.sent;

const afterAnswer = (known: Trips | undefined, tripMs: number): Trips => {
  const smoothMs = known === undefined ? tripMs : known.smoothMs + (tripMs - known.smoothMs) / 8;
  const variationMs =
    known === undefined
      ? tripMs / 2
      : known.variationMs + (Math.abs(tripMs - known.smoothMs) - known.variationMs) / 4;
  const boundMs = Math.min(mostBoundMs, Math.max(leastBoundMs, smoothMs + 4 * variationMs));
  return { smoothMs, variationMs, boundMs };
};

/** Calls that were silent together double it once. */
const afterSilence = (known: Trips | undefined, boundMs: number): Trips => ({
  smoothMs: known?.smoothMs ?? boundMs,
  variationMs: known?.variationMs ?? boundMs / 2,
  boundMs: Math.min(mostBoundMs, 2 * boundMs),
});
