import type { Bucket } from '../calls/call';
import { penalise, recover } from './adaptive-rate';
import {
  capacityOf,
  guardedWindowOf,
  lastAt,
  passTime,
  place,
  rules,
  withdraw,
  type BookedSlot,
  type BucketState,
} from './bucket-state';
import type { ConfirmRequest, SettleRequest, SlotAnswer, SlotRequest, SlotView } from './slot-store';

/**
 * The rule of this file: a call is an interval, from its slot to the latest time at which it can have arrived. A slot is
 * granted only if fewer than the limit of the slots before it can have arrived less than one window earlier. So no window
 * receives more calls than the limit, in whatever order and however late they arrive. src/README.md has the argument.
 */

/** Grants or refuses a slot; if granted, the state holds it. */
export const reserveSlot = (state: BucketState, request: SlotRequest, now: number): SlotAnswer => {
  const { bucket, maxWaitMs, latenessMs, open } = request;
  passTime(state, bucket, now);
  recover(state, bucket, now);
  const from = nextSlot(state, request, now);
  const due = Math.max(from, now + rules.leadMs);
  const answer = { at: now, waitMs: from - now, dueMs: due - now };
  // A forgotten slot would not be counted by later ones. So none is forgotten: if no more can be remembered, none is granted.
  const isFull = state.slots.length >= Math.max(rules.minKept, rules.keptWindows * capacityOf(bucket));
  if (answer.waitMs > maxWaitMs || isFull) return { granted: false, slotId: 0, ...answer };
  // Grows with time, so that a store that lost its data gives no id twice.
  state.lastId = Math.max(state.lastId + 1, now);
  place(state, { id: state.lastId, at: due, arrivesBy: due + latenessMs, open });
  return { granted: true, slotId: state.lastId, ...answer };
};

/** Calls per window for the users of this state: others may be using the rest without it. */
const allowedOf = (state: BucketState, bucket: Bucket, heldBack = 0): number =>
  Math.max(1, Math.min(state.allowed, capacityOf(bucket) - heldBack));

/** The earliest time at which a call may be written. */
const nextSlot = (
  state: BucketState,
  { bucket, spacing, heldBack }: Pick<SlotRequest, 'bucket' | 'spacing' | 'heldBack'>,
  now: number,
): number => {
  const fullWindow = guardedWindowOf(state, bucket);
  const last = lastAt(state);
  const allowed = allowedOf(state, bucket, heldBack);
  const even = Math.floor(fullWindow / allowed);
  // Slots never go back in time, because each counts all slots granted before it.
  const earliest = Math.max(
    now,
    state.blockedUntil,
    last - rules.leadMs,
    arrivalOfNth(state.slots, allowed) + fullWindow,
  );
  if (spacing === 'pace') return Math.max(earliest, last + even);
  if (earliest === now) return now;
  const apart = Math.min(rules.apartMs, even);
  // A call that waits longer than the second batch of a screen's calls is part of a backlog.
  const isBacklog = earliest - now > fullWindow + allowed * apart;
  return Math.max(earliest, last + (isBacklog ? Math.floor(even * rules.backlogPace) : apart));
};

/** The time by which all but the last `count - 1` of the slots have arrived; -Infinity if there are fewer. */
const arrivalOfNth = (slots: readonly BookedSlot[], count: number): number =>
  slots.at(-count)?.arrivesBy ?? -Infinity;

/** The same slot, moved if slots before it have moved. Uses the store's time, like everything here. */
export const confirmSlot = (
  state: BucketState,
  { bucket, slotId, due, heldBack }: ConfirmRequest,
  now: number,
): SlotAnswer => {
  passTime(state, bucket, now);
  const own = withdraw(state, slotId);
  if (own === undefined) {
    // Older than all slots that this state remembers: nothing contradicts it.
    const granted =
      slotId >= state.firstId && state.slots.length > 0 && state.slots.every(({ at }) => due < at);
    return { granted, slotId, at: now, waitMs: due - now, dueMs: due - now };
  }
  const fullWindow = guardedWindowOf(state, bucket);
  const allowed = allowedOf(state, bucket, heldBack);
  let moved = own.at;
  // A slot that moves past others has to count those as well.
  for (;;) {
    const before = state.slots.filter(({ id, at }) => at < moved || (at === moved && id < slotId));
    const earliest = arrivalOfNth(before, allowed) + fullWindow;
    if (moved >= earliest) break;
    moved = earliest;
  }
  place(state, { ...own, at: moved, arrivesBy: own.arrivesBy + (moved - own.at) });
  return { granted: true, slotId, at: now, waitMs: moved - now, dueMs: moved - now };
};

/** Records when the call of a slot can have arrived. Without `arrivesBy` it was not written, and the slot is free again. */
export const settleSlot = (
  state: BucketState,
  { bucket, slotId, arrivesBy, open }: SettleRequest,
  now: number,
): void => {
  passTime(state, bucket, now);
  const own = withdraw(state, slotId);
  if (own === undefined || arrivesBy === undefined) return;
  // No call is reported before it is written, so a time further ahead comes from another clock.
  const latest = Math.max(own.at, now) + rules.maxTransitMs;
  const settled = Math.max(own.at, Math.min(arrivesBy, latest));
  // Of a call that is under way, only the time of its writing is known, and its way begins there.
  place(state, { ...own, at: open ? settled : own.at, arrivesBy: settled, open });
};

/** Called when the upstream refused a call for its rate. */
export const penaliseBucket = (
  state: BucketState,
  refusal: { readonly bucket: Bucket; readonly retryAfterMs: number | undefined },
  now: number,
): void => {
  passTime(state, refusal.bucket, now);
  recover(state, refusal.bucket, now);
  penalise(state, refusal, now);
};

/** The state as a client may see it. Changes nothing. */
export const viewState = (state: BucketState | undefined, bucket: Bucket, now: number): SlotView => {
  const full = capacityOf(bucket);
  if (state === undefined) return { available: full, waitMs: 0, callsPerSecond: bucket.callsPerSecond };
  const waitMs = nextSlot(state, { bucket, spacing: 'burst' }, now) - now;
  const fullWindow = guardedWindowOf(state, bucket);
  const busy = state.slots.filter(({ arrivesBy }) => arrivesBy + fullWindow > now).length;
  return {
    available: waitMs > 0 ? 0 : Math.max(0, state.allowed - busy),
    waitMs,
    callsPerSecond: state.allowed === full ? bucket.callsPerSecond : state.allowed,
  };
};
