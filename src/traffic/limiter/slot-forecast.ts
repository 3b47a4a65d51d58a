import type { Bucket } from '../calls/call';
import { capacityOf, rules, windowOf } from './bucket-state';

/** Predicts a bucket's slots without reserving any, as `slots.ts` grants them to calls that arrive together at an idle bucket. */
export interface SlotForecast {
  /** How long the last of so many calls waits for its slot, ms. */
  readonly lastSlotMs: (calls: number, bucket: Bucket) => number;
  /** How many calls have a slot within so many ms. */
  readonly callsWithin: (ms: number, bucket: Bucket) => number;
}

const windowMs = (bucket: Bucket): number => windowOf(bucket) + rules.guardMs;

/** The distance between the calls of the second window, and of those after it, which are a backlog. */
const apartMs = (window: number, bucket: Bucket): number => {
  const even = Math.floor(windowMs(bucket) / capacityOf(bucket));
  const apart = Math.min(rules.apartMs, even);
  return window === 1 ? apart : Math.max(apart, Math.floor(even * rules.backlogPace));
};

const lastSlotMs = (calls: number, bucket: Bucket): number => {
  const last = calls - 1;
  const capacity = capacityOf(bucket);
  const window = Math.floor(last / capacity);
  // The first window's calls need not wait, and count from `leadMs` later.
  if (window <= 0) return 0;
  return rules.leadMs + window * windowMs(bucket) + (last % capacity) * apartMs(window, bucket);
};

const callsWithin = (ms: number, bucket: Bucket): number => {
  if (ms < 0) return 0;
  const capacity = capacityOf(bucket);
  const window = Math.floor((ms - rules.leadMs) / windowMs(bucket));
  if (window <= 0) return capacity;
  const ofWindow = Math.floor((ms - rules.leadMs - window * windowMs(bucket)) / apartMs(window, bucket)) + 1;
  return window * capacity + Math.min(capacity, ofWindow);
};

export const slotForecast: SlotForecast = { lastSlotMs, callsWithin };
