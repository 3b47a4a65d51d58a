import type { Clock } from '../../shared/clock';
import { rules } from './bucket-state';
import type { SlotAnswer, SlotRequest } from './slot-store';

/**
 * This instance's share of the limit while the shared store is unavailable. Time is divided into slots by the machines'
 * clocks, and slot k belongs to instance k mod N. It needs no communication, only clocks within a few milliseconds. A plain
 * 1/N rate is not enough: N instances may all spend it in the same second.
 */
export interface OfflineShare {
  reserve(request: SlotRequest): SlotAnswer;
}

export interface OfflineShareOptions {
  readonly clock: Pick<Clock, 'now' | 'wallNow'>;
  readonly instance: number;
  readonly instances: number;
  /** No slot before this clock time, ms: calls reserved in the store may be sent until then. */
  readonly notBefore: number;
}

/** Extra distance between slots because clocks differ, ms. */
const shareGuardMs = 25;

export const createOfflineShare = ({
  clock,
  instance,
  instances,
  notBefore,
}: OfflineShareOptions): OfflineShare => {
  // Read once, so that setting the machine's clock moves no slot.
  const wallOffsetMs = clock.wallNow() - clock.now();
  let last = -1;
  return {
    reserve({ bucket, maxWaitMs }) {
      const now = clock.now();
      const period = (rules.windowMs + shareGuardMs) / bucket.callsPerSecond;
      const from = Math.max(now, notBefore) + wallOffsetMs;
      const earliest = Math.max(last + 1, Math.ceil(from / period));
      const slot = earliest + ((instance - (earliest % instances) + instances) % instances);
      const waitMs = Math.max(0, Math.ceil(slot * period) - wallOffsetMs - now);
      const answer = { slotId: 0, at: now, waitMs, dueMs: waitMs };
      if (waitMs > maxWaitMs) return { granted: false, ...answer };
      last = slot;
      return { granted: true, ...answer };
    },
  };
};
