import type { SlotAnswer, SlotRequest } from './slot-store';
import { windowMs } from './slots';

/**
 * What each instance may send while the shared store is away: time is divided into slots by the wall clock, and slot k
 * belongs to instance k mod N. Needs no communication, only clocks within a few milliseconds. A plain 1/N rate would not
 * do: N instances may all spend it in the same second.
 */
export interface Share {
  reserve(request: SlotRequest, now: number): SlotAnswer;
}

export interface ShareParts {
  readonly instance: number;
  readonly instances: number;
  /** No slot before this clock time: calls reserved in the store may still be sent until then. */
  readonly notBefore: number;
}

/** Clocks differ: more room between slots than the store needs. */
const shareGuardMs = 25;

export const createShare = ({ instance, instances, notBefore }: ShareParts): Share => {
  let last = -1;
  return {
    reserve({ bucket, maxWaitMs }, now) {
      const period = (windowMs + shareGuardMs) / bucket.callsPerSecond;
      const earliest = Math.max(last + 1, Math.ceil(Math.max(now, notBefore) / period));
      const slot = earliest + ((instance - (earliest % instances) + instances) % instances);
      const waitMs = Math.max(0, Math.ceil(slot * period) - now);
      if (waitMs > maxWaitMs) return { granted: false, slotId: 0, at: now, waitMs, dueMs: waitMs };
      last = slot;
      return { granted: true, slotId: 0, at: now, waitMs, dueMs: waitMs };
    },
  };
};
