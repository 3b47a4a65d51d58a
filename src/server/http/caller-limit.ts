import type { Clock } from '../../shared/clock';
import { keepMostRecent } from '../../shared/most-recent';

export interface CallerLimitOptions {
  readonly perSecond: number;
  /** Requests accepted at once after a pause. */
  readonly burst: number;
  readonly clock: Clock;
}

/** Callers remembered; a forgotten one starts with a full burst. */
const maxCallers = 10_000;

/**
 * A token bucket per caller for this process. The function takes one request, or the given number, or returns how many ms to
 * wait; a refused request costs nothing. More than `burst` at once are never possible.
 */
export const createCallerLimit = ({ perSecond, burst, clock }: CallerLimitOptions) => {
  /** Clock time in ms at which the caller's bucket is full again. */
  const fullAt = keepMostRecent<number>(maxCallers);
  const msPerRequest = 1000 / perSecond;
  return (callerId: string, count = 1): number | undefined => {
    const now = clock.now();
    const full = Math.max(now, fullAt.get(callerId) ?? now) + count * msPerRequest;
    const waitMs = full - now - burst * msPerRequest;
    // Tolerates floating-point error.
    if (waitMs > 1e-6) return waitMs;
    fullAt.set(callerId, full);
    return undefined;
  };
};
