import type { Bucket } from '../calls/call';
import { capacityOf, rules, windowOf } from './bucket-state';

/** Predicts a bucket's slots without reserving any. */
export interface SlotForecast {
  /** The earliest time at which the last of so many calls is sent, ms after the first. */
  readonly lastSlotMs: (calls: number, bucket: Bucket) => number;
  /** How many calls can be sent within so many ms of the first one. */
  readonly callsWithin: (ms: number, bucket: Bucket) => number;
}

const windowMs = (bucket: Bucket): number => windowOf(bucket) + rules.guardMs;

const lastSlotMs = (calls: number, bucket: Bucket): number =>
  (Math.ceil(calls / capacityOf(bucket)) - 1) * windowMs(bucket);

const callsWithin = (ms: number, bucket: Bucket): number =>
  ms < 0 ? 0 : (Math.floor(ms / windowMs(bucket)) + 1) * capacityOf(bucket);

export const slotForecast: SlotForecast = { lastSlotMs, callsWithin };
