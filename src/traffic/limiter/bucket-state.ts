import type { Bucket } from '../calls/call';

/** One call's place in the bucket. */
export interface BookedSlot {
  readonly id: number;
  /** The call is written at this time or later. */
  at: number;
  /** The latest time at which the call can have arrived upstream, as far as is known. Never before `at`. */
  arrivesBy: number;
  /** True while the call may still be on its way: its path is not known yet, and its end has not been reported. */
  open: boolean;
}

/**
 * State of one bucket. Times are whole milliseconds of one clock. The Redis engine holds the same fields and runs the same
 * rules in Lua (slots.lua.ts); one suite of random schedules holds the two against each other.
 */
export interface BucketState {
  /** Slots to come and those that still count, ordered by `arrivesBy`, then by id. */
  slots: BookedSlot[];
  lastId: number;
  /** When the state was last used: a clock that shows less has been set back. */
  seenAt: number;
  /** No slot before this. */
  blockedUntil: number;
  /** Calls per window now: the limit, or less after refusals. */
  allowed: number;
  /** Added to the guard after a lone refusal. */
  extraGuardMs: number;
  /** When the upstream last refused, and how often within a minute. */
  refusedAt: number;
  refusals: number;
  /** No attempt to go faster before this. */
  holdUntil: number;
  /** How long the next hold lasts: doubles while the same step fails again. */
  holdMs: number;
  /** The last number of calls per window that ran without a refusal. */
  proven: number;
}

/** The numbers of the rules, ms. slots.lua.ts is given them as they stand here. */
export const rules = {
  windowMs: 1_000,
  /** Kept beside each window: the clocks' own grain, and the lateness that is too small to be reported. */
  guardMs: 6,
  /** A call that need not wait must still hear of its slot and be signed: it counts from when that will be. */
  leadMs: 10,
  /** No call is on its way for longer than this after it was written. */
  maxTransitMs: 1_000,
  /** The longest pause that a refusal may ask for. What lies further ahead was booked by a wrong clock, and is void. */
  maxAheadMs: 600_000,
  /**
   * A slot that must be waited for anyway keeps this distance from the one before: calls of one instant meet each other's
   * work here and at the upstream, and arrive unevenly.
   */
  apartMs: 20,
  refusalMemoryMs: 60_000,
  firstHoldMs: 10_000,
  maxHoldMs: 40_000,
  /** After a hold, one call per window is added each time this passes without a refusal. */
  stepMs: 5_000,
  guardStepMs: 10,
  maxExtraGuardMs: 100,
  /** Slots remembered: so many, or so many windows of the limit if those are more. */
  minKept: 100,
  keptWindows: 4,
} as const;

/** Whole calls per window of the limit; a limit below one a second has a longer window instead. */
export const capacityOf = ({ callsPerSecond }: Bucket): number => Math.max(1, Math.floor(callsPerSecond));
export const windowOf = ({ callsPerSecond }: Bucket): number =>
  callsPerSecond >= 1 ? rules.windowMs : Math.ceil(rules.windowMs / callsPerSecond);
/** A window with its guards. */
export const guardedWindowOf = ({ extraGuardMs }: BucketState, bucket: Bucket): number =>
  windowOf(bucket) + rules.guardMs + extraGuardMs;

export const newBucketState = (bucket: Bucket): BucketState => ({
  slots: [],
  lastId: 0,
  seenAt: 0,
  blockedUntil: 0,
  allowed: capacityOf(bucket),
  extraGuardMs: 0,
  refusedAt: 0,
  refusals: 0,
  holdUntil: 0,
  holdMs: rules.firstHoldMs,
  proven: 0,
});

const comesAfter = (a: BookedSlot, b: BookedSlot): boolean =>
  a.arrivesBy === b.arrivesBy ? a.id > b.id : a.arrivesBy > b.arrivesBy;

/** Adds the slot in its order. */
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

/** Takes the slot out; `undefined` if it is not there. */
export const withdraw = ({ slots }: BucketState, slotId: number): BookedSlot | undefined => {
  const index = slots.findLastIndex(({ id }) => id === slotId);
  return index < 0 ? undefined : slots.splice(index, 1)[0];
};

/** The latest slot's time; -Infinity if there is none. */
export const lastAt = ({ slots }: BucketState): number => {
  let last = -Infinity;
  for (let index = slots.length - 1; index >= 0; index -= 1) {
    const { at, arrivesBy } = slots[index] as BookedSlot;
    // All others were written before they arrived.
    if (arrivesBy <= last) break;
    last = Math.max(last, at);
  }
  return last;
};

/** Does what the clock's reading asks for; to be called before anything is decided. */
export const passTime = (state: BucketState, bucket: Bucket, now: number): void => {
  followClock(state, now);
  // What is not known to have arrived may be arriving now.
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

/** A clock that was set back takes the state with it: nothing that was booked lies further ahead than before. */
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
  }
  const horizon = now + rules.maxAheadMs;
  if ((state.slots.at(-1)?.arrivesBy ?? 0) > horizon)
    state.slots = state.slots.filter(({ arrivesBy }) => arrivesBy <= horizon);
  if (state.blockedUntil > horizon) state.blockedUntil = 0;
  if (state.holdUntil > now + rules.maxHoldMs) state.holdUntil = now;
};
