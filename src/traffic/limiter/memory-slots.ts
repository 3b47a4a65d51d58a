import type { Clock } from '../../shared/clock';
import type { Bucket } from '../calls/call';
import { newBucketState, type BucketState } from './bucket-state';
import { addRoundTrip, viewRoundTrips } from './round-trips';
import type { SlotStore } from './slot-store';
import { confirmSlot, penaliseBucket, reserveSlot, settleSlot, viewState } from './slots';
import { keepMostRecent } from '../../shared/most-recent';

/** Buckets remembered; a dropped idle bucket is as good as new after one window. */
const maxBuckets = 50_000;

/** The slot store of a single process. */
export const createMemorySlots = (clock: Clock): SlotStore => {
  const states = keepMostRecent<BucketState>(maxBuckets);
  const stateOf = (bucket: Bucket): BucketState => {
    const known = states.get(bucket.id);
    if (known !== undefined) return known;
    const fresh = newBucketState(bucket);
    states.set(bucket.id, fresh);
    return fresh;
  };
  return {
    reserve: (request) => Promise.resolve(reserveSlot(stateOf(request.bucket), request, clock.now())),
    confirm: (request) => Promise.resolve(confirmSlot(stateOf(request.bucket), request, clock.now())),
    settle(request) {
      settleSlot(stateOf(request.bucket), request, clock.now());
      return Promise.resolve();
    },
    learn(bucket, roundTripMs) {
      addRoundTrip(stateOf(bucket).trips, roundTripMs, clock.now());
    },
    roundTrips: (bucket) => viewRoundTrips(states.peek(bucket.id)?.trips, clock.now()),
    penalise(bucket, retryAfterMs) {
      penaliseBucket(stateOf(bucket), { bucket, retryAfterMs }, clock.now());
      return Promise.resolve();
    },
    view: (bucket) => viewState(states.peek(bucket.id), bucket, clock.now()),
  };
};
