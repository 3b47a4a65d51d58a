import type { BucketState } from './bucket-state';
import type { OfflineShare } from './offline-share';
import { createStoreClock, type StoreClock } from './store-clock';

/** This process's knowledge of a bucket between two replies of the store. */
export interface Known {
  state: BucketState | undefined;
  /** Clock time in ms of the store's last reply. */
  at: number;
  share: OfflineShare | undefined;
  /** Clock time in ms until which slots that were reserved in the store may be used, as known when it became unavailable. */
  reservedUntil: number;
  /** Clock time in ms until which a refusal that the store has not heard of pauses this process. */
  pausedUntil: number;
  /** True after an outage until the store has received this process's next reservation for the bucket. */
  cold: boolean;
  /** Round trips that the store has not heard of, ms. */
  untold: readonly number[];
  /** The clock of the server that holds the bucket, by replies about this bucket only. */
  readonly ownClock: StoreClock;
}

export const nothingKnown = (): Known => ({
  state: undefined,
  at: 0,
  share: undefined,
  reservedUntil: 0,
  pausedUntil: 0,
  cold: false,
  untold: [],
  ownClock: createStoreClock(),
});
