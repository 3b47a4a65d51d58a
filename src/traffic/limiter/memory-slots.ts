import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';
import type { Bucket } from '../call';
import type { SlotStore } from './slot-store';
import {
  confirmSlot,
  newBucketState,
  postponeSlot,
  reserveSlot,
  strike,
  viewState,
  type BucketState,
} from './slots';

/** The guard that views are computed with; reservations bring their own. */
const viewGuardMs = 10;
/** Buckets remembered; an idle one that falls out is as good as new after one window. */
const mostBuckets = 50_000;

/** The engine for one process. */
export const createMemorySlots = (clock: Clock): SlotStore => {
  const states = new LRUCache<string, BucketState>({ max: mostBuckets });
  const stateOf = (bucket: Bucket): BucketState => {
    const known = states.get(bucket.id);
    if (known !== undefined) return known;
    const fresh = newBucketState(bucket.callsPerSecond);
    states.set(bucket.id, fresh);
    return fresh;
  };
  return {
    reserve: (request) => Promise.resolve(reserveSlot(stateOf(request.bucket), request, clock.now())),
    confirm: (request) => Promise.resolve(confirmSlot(stateOf(request.bucket), request, clock.now())),
    postpone(bucket, slotId, writtenAt) {
      postponeSlot(stateOf(bucket), slotId, writtenAt);
      return Promise.resolve();
    },
    penalise(bucket, retryAfterMs) {
      strike(stateOf(bucket), { bucket, retryAfterMs }, clock.now());
      return Promise.resolve();
    },
    view: (bucket) => viewState(states.peek(bucket.id), { bucket, guardMs: viewGuardMs }, clock.now()),
  };
};
