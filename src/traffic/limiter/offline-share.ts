import type { Clock } from '../../shared/clock';
import type { Bucket } from '../calls/call';
import { capacityOf, windowOf } from './bucket-state';
import type { SlotAnswer, SlotRequest } from './slot-store';

/**
 * This instance's share of the limit while the shared store is unavailable. Time is divided into slots by the machines'
 * clocks, and slot k belongs to instance k mod N. It needs no communication, only clocks within a few milliseconds. A plain
 * 1/N rate is not enough: N instances may all spend it in the same second.
 */
export interface OfflineShare {
  /** Reserves no slot before `notBefore` (clock time in ms): calls reserved in the store may be sent until then. */
  reserve(request: SlotRequest, notBefore: number): SlotAnswer;
}

export interface Place {
  /** The number of this instance, from 0; any number if the fleet is not known. */
  readonly instance: number;
  readonly instances: number;
  /** True if the store has not told the fleet yet: numbers of other instances may be the same, and `instances` is the most. */
  readonly isPresumed: boolean;
}

export interface OfflineShareOptions {
  readonly clock: Pick<Clock, 'now' | 'wallNow'>;
  readonly place: () => Place;
}

/** How long before its slot a call is bound to the share; until then, the store is asked again, ms. */
export const lookAgainMs = 100;
/** Extra distance between slots because clocks differ, ms. */
const shareGuardMs = 25;

export const createOfflineShare = ({ clock, place }: OfflineShareOptions): OfflineShare => {
  // Read once, so that setting the machine's clock moves no slot.
  const wallOffsetMs = clock.wallNow() - clock.now();
  let last = -1;
  return {
    reserve({ bucket, maxWaitMs }, notBefore) {
      const now = clock.now();
      const period = (windowOf(bucket) + shareGuardMs) / capacityOf(bucket);
      const from = Math.max(now, notBefore) + wallOffsetMs;
      const earliest = Math.max(last + 1, Math.ceil(from / period));
      const own = place();
      const instances = sharesOf(own, bucket);
      const instance = own.instance % instances;
      const slot = earliest + ((instance - (earliest % instances) + instances) % instances);
      const waitMs = Math.max(0, Math.ceil(slot * period) - wallOffsetMs - now);
      const answer = { slotId: 0, at: now, waitMs, dueMs: waitMs };
      if (waitMs > maxWaitMs) return { granted: false, ...answer };
      last = slot;
      return { granted: true, ...answer };
    },
  };
};

/**
 * Of how many slots one is this instance's. If the others' places are not known, they may be the same as this one's: then each
 * instance has so few that all together keep the limit even so, up to as many instances as calls in a window.
 */
const sharesOf = ({ instances, isPresumed }: Place, bucket: Bucket): number => {
  if (!isPresumed) return instances;
  const calls = capacityOf(bucket);
  return instances <= calls
    ? Math.ceil(calls / Math.floor(calls / instances))
    : calls * Math.ceil(instances / calls);
};
