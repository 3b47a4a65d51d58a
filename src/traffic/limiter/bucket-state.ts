import { wholeCallsPerSecond } from '../../shared/amount';
import type { Bucket } from '../calls/call';
import { noRoundTrips, type RoundTrips } from './round-trips';

/** One reserved slot of the bucket. */
export interface BookedSlot {
  readonly id: number;
  /** The call is written at this time or later. */
  at: number;
  /** The latest time at which the call can have arrived upstream, as far as is known. Never before `at`. */
  arrivesBy: number;
  /** True while the call may still be under way: its latency is not known yet, and its end has not been reported. */
  open: boolean;
}

/**
 * State of one bucket. Times are whole milliseconds of one clock. The Redis engine holds the same fields and runs the same
 * rules in Lua (slots.lua.ts); a test compares the two over random schedules.
 */
export interface BucketState {
  /** Future slots and those that still count, ordered by `arrivesBy`, then by id. */
  slots: BookedSlot[];
  lastId: number;
  /**
   * A slot with a lower id that is not here is void: it was reserved in a state that has been lost, or before a refusal. -1 before
   * the first use, then the time of it.
   */
  firstId: number;
  /** When the state was last used; a clock that reads less has been set back. */
  seenAt: number;
  /** No slot before this time. */
  blockedUntil: number;
  /** Calls per window now: the limit, or fewer after refusals. */
  allowed: number;
  /** Added to the guard after a single refusal. */
  extraGuardMs: number;
  /** When the upstream last refused, and how often within a minute. */
  refusedAt: number;
  refusals: number;
  /** The rate is not raised before this time. */
  holdUntil: number;
  /** Length of the next hold, ms; doubles while the same step fails again. */
  holdMs: number;
  /** The last number of calls per window that ran without a refusal. */
  proven: number;
  trips: RoundTrips;
}

/** The limiter's constants, ms. slots.lua.ts is generated from them. */
export const rules = {
  windowMs: 1_000,
  /** Safety margin of each window: the clocks' resolution, and lateness too small to be reported. */
  guardMs: 6,
  /** A call that need not wait must still learn of its slot and be signed; it counts from this much later. */
  leadMs: 10,
  /** How long before it is due a slot is confirmed, so that a moved slot is known before its call is signed. */
  confirmAheadMs: 30,
  /** A call that the store does not know may still be written for this long after somebody who knows it has asked the store. */
  unknownMs: 100,
  /**
   * No call is under way for longer than this after it was written. TCP resends a lost segment after three round trips at first:
   * on a path of 200 ms it arrives after 700.
   */
  maxTransitMs: 700,
  /** The longest pause a refusal may ask for. Anything further ahead was booked by a wrong clock and is void. */
  maxAheadMs: 600_000,
  /**
   * Minimum distance between slots that have to wait: calls sent at the same instant compete for processor time, here and
   * upstream, and arrive unevenly.
   */
  apartMs: 20,
  /** The same for a backlog, as a share of an even pace: one slot that moves then does not push all that follow. */
  backlogPace: 3 / 4,
  refusalMemoryMs: 60_000,
  firstHoldMs: 10_000,
  maxHoldMs: 40_000,
  /** After a hold, one call per window is added each time this passes without a refusal. */
  stepMs: 5_000,
  guardStepMs: 10,
  maxExtraGuardMs: 100,
  /** Slots remembered: this many, or this many windows of the limit if that is more. Beyond them, none is granted. */
  minKept: 500,
  keptWindows: 4,
} as const;

/** Whole calls per window. A limit below one call a second has a longer window instead. */
export const capacityOf = ({ callsPerSecond }: Bucket): number =>
  Math.max(1, wholeCallsPerSecond(callsPerSecond));
export const windowOf = ({ callsPerSecond }: Bucket): number =>
  callsPerSecond >= 1 ? rules.windowMs : Math.ceil(rules.windowMs / callsPerSecond);
/** A window with its guards, ms. */
export const guardedWindowOf = ({ extraGuardMs }: BucketState, bucket: Bucket): number =>
  windowOf(bucket) + rules.guardMs + extraGuardMs;

export const newBucketState = (bucket: Bucket): BucketState => ({
  slots: [],
  lastId: 0,
  firstId: -1,
  seenAt: 0,
  blockedUntil: 0,
  allowed: capacityOf(bucket),
  extraGuardMs: 0,
  refusedAt: 0,
  refusals: 0,
  holdUntil: 0,
  holdMs: rules.firstHoldMs,
  proven: 0,
  trips: noRoundTrips(),
});

const comesAfter = (a: BookedSlot, b: BookedSlot): boolean =>
  a.arrivesBy === b.arrivesBy ? a.id > b.id : a.arrivesBy > b.arrivesBy;

/** Inserts the slot in order. */
export const place = ({ slots }: BucketState, slot: BookedSlot): void => {
  let position = slots.length;
  for (
    let before = slots[position - 1];
    before !== undefined && comesAfter(before, slot);
    before = slots[position - 1]
  )
    position -= 1;
  slots.splice(position, 0, slot);
};

/** Removes and returns the slot; `undefined` if it does not exist. */
export const withdraw = ({ slots }: BucketState, slotId: number): BookedSlot | undefined => {
  const index = slots.findLastIndex(({ id }) => id === slotId);
  return index < 0 ? undefined : slots.splice(index, 1)[0];
};

/** The latest slot's time; -Infinity if there is none. */
export const lastAt = ({ slots }: BucketState): number => {
  let last = -Infinity;
  for (let index = slots.length - 1; index >= 0; index -= 1) {
    const { at, arrivesBy } = slots[index] as BookedSlot;
    // All remaining slots were written before they arrived.
    if (arrivesBy <= last) break;
    last = Math.max(last, at);
  }
  return last;
};

/** Applies the passing of time; call it before any decision. */
export const passTime = (state: BucketState, bucket: Bucket, now: number): void => {
  followClock(state, now);
  if (state.firstId < 0) state.firstId = now;
  // A call not known to have arrived may be arriving now.
  for (const slot of state.slots.filter(({ open }) => open)) {
    const arrivesBy = Math.max(slot.arrivesBy, Math.min(now, slot.at + rules.maxTransitMs));
    if (arrivesBy === slot.arrivesBy) continue;
    withdraw(state, slot.id);
    place(state, { ...slot, arrivesBy });
  }
  const past = now - windowOf(bucket) - rules.guardMs - rules.maxExtraGuardMs;
  const first = state.slots.findIndex(({ arrivesBy }) => arrivesBy > past);
  state.slots.splice(0, first < 0 ? state.slots.length : first);
};

/** If the clock was set back, moves the state back with it: no slot is further ahead than before. */
const followClock = (state: BucketState, now: number): void => {
  const backMs = Math.max(0, state.seenAt - now);
  state.seenAt = now;
  if (backMs > 0) {
    state.slots = state.slots.map(({ at, arrivesBy, ...slot }) => ({
      ...slot,
      at: at - backMs,
      arrivesBy: arrivesBy - backMs,
    }));
    state.blockedUntil = Math.max(0, state.blockedUntil - backMs);
    state.refusedAt = Math.max(0, state.refusedAt - backMs);
    state.holdUntil = Math.max(0, state.holdUntil - backMs);
    state.trips.firstAt -= backMs;
  }
  const horizon = now + rules.maxAheadMs;
  if ((state.slots.at(-1)?.arrivesBy ?? 0) > horizon)
    state.slots = state.slots.filter(({ arrivesBy }) => arrivesBy <= horizon);
  if (state.blockedUntil > horizon) state.blockedUntil = 0;
  if (state.holdUntil > now + rules.maxHoldMs) state.holdUntil = now;
};
