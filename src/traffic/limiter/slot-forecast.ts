import type { Bucket } from '../calls/call';
import { capacityOf, rules, windowOf } from './bucket-state';

/** When the slots of a bucket come, for whoever must know before asking for one. */
export interface SlotForecast {
  /** When the last of so many calls goes out, at the earliest, ms after the first one may. */
  readonly lastSlotMs: (calls: number, bucket: Bucket) => number;
  /** How many calls go out within so many ms of the first one. */
  readonly callsWithin: (ms: number, bucket: Bucket) => number;
}

const windowMs = (bucket: Bucket): number => windowOf(bucket) + rules.guardMs;

const lastSlotMs = (calls: number, bucket: Bucket): number =>
  (Math.ceil(calls / capacityOf(bucket)) - 1) * windowMs(bucket);

const callsWithin = (ms: number, bucket: Bucket): number =>
  ms < 0 ? 0 : (Math.floor(ms / windowMs(bucket)) + 1) * capacityOf(bucket);

export const slotForecast: SlotForecast = { lastSlotMs, callsWithin };
