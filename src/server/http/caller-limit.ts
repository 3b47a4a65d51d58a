import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';

export interface CallerLimitOptions {
  readonly perSecond: number;
  /** Requests that may come at once after a pause. */
  readonly burst: number;
  readonly clock: Clock;
}

/** Callers whose use is remembered; one who was forgotten begins with a full burst. */
const maxCallers = 10_000;

/**
 * A token bucket per caller, for what reaches this process. Takes the request, or answers after how many ms there is
 * room for one; a refused request costs nothing.
 */
export const createCallerLimit = ({ perSecond, burst, clock }: CallerLimitOptions) => {
  /** Clock time in ms at which the caller's bucket is full again. */
  const fullAt = new LRUCache<string, number>({ max: maxCallers });
  const msPerRequest = 1000 / perSecond;
  return (callerId: string): number | undefined => {
    const now = clock.now();
    const full = Math.max(now, fullAt.get(callerId) ?? now) + msPerRequest;
    const waitMs = full - now - burst * msPerRequest;
    // A request fits exactly where the arithmetic of fractions leaves a crumb.
    if (waitMs > 1e-6) return waitMs;
    fullAt.set(callerId, full);
    return undefined;
  };
};
