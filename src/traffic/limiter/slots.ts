import type { Bucket } from '../call';
import type { ConfirmRequest, SlotAnswer, SlotRequest, SlotView } from './slot-store';

/**
 * State of one bucket. Times are milliseconds of one clock. The Redis engine holds the same fields and runs the same
 * rules in Lua (slots.lua.ts); one suite of random schedules holds the two against each other.
 */
export interface BucketState {
  /** Times of slots, oldest first: those to come, and as many of the past as the full limit. */
  ring: number[];
  /** What each slot of the ring is named by. */
  ids: number[];
  lastId: number;
  /** No slot before this. */
  blockedUntil: number;
  /** Calls per window now: the limit, or less after refusals. */
  allowed: number;
  /** Added to the guard after a lone refusal. */
  extraGuardMs: number;
  /** When the upstream last refused, and how often within a minute. */
  struckAt: number;
  strikes: number;
  /** No attempt to go faster before this. */
  holdUntil: number;
  /** How long the next hold lasts: doubles while the same step fails again. */
  holdMs: number;
  /** The last number of calls per window that ran without a refusal. */
  proven: number;
}

export const windowMs = 1000;
const strikeMemoryMs = 60_000;
const firstHoldMs = 10_000;
const longestHoldMs = 40_000;
/** After a hold, one call per window is added each time this passes without a refusal. */
const stepMs = 5_000;
const guardStepMs = 10;
const mostExtraGuardMs = 100;
/** Guards and clocks' differences stay below it. */
const mostGuardMs = 200;
/** Slots remembered where the limit itself is lower: what callers of the longest patience can reserve. */
const mostKept = 100;

/** Whole calls per window of the limit; a limit below one a second has a longer window instead. */
const capacity = (callsPerSecond: number): number => Math.max(1, Math.floor(callsPerSecond));
const windowOf = (callsPerSecond: number): number =>
  callsPerSecond >= 1 ? windowMs : Math.ceil(windowMs / callsPerSecond);

export const newBucketState = (callsPerSecond: number): BucketState => ({
  ring: [],
  ids: [],
  lastId: 0,
  blockedUntil: 0,
  allowed: capacity(callsPerSecond),
  extraGuardMs: 0,
  struckAt: 0,
  strikes: 0,
  holdUntil: 0,
  holdMs: firstHoldMs,
  proven: 0,
});

/** Grants or refuses; on a grant the state holds the new slot. */
export const reserveSlot = (state: BucketState, request: SlotRequest, now: number): SlotAnswer => {
  recover(state, request.bucket.callsPerSecond, now);
  const from = nextSlot(state, request, now);
  const due = Math.max(from, now + leadMs);
  const answer = { at: now, waitMs: from - now, dueMs: due - now };
  if (answer.waitMs > request.maxWaitMs) return { granted: false, slotId: 0, ...answer };
  // Grows with time, so that a store that lost its memory gives no name twice.
  state.lastId = Math.max(state.lastId + 1, now);
  place(state, due, state.lastId);
  const most = Math.max(capacity(request.bucket.callsPerSecond), mostKept);
  const past = now - windowOf(request.bucket.callsPerSecond) - mostGuardMs;
  while (
    state.ring.length > most ||
    (state.ring.length > capacity(request.bucket.callsPerSecond) && (state.ring[0] ?? now) < past)
  )
    drop(state, 0);
  return { granted: true, slotId: state.lastId, ...answer };
};

/** The earliest moment at which a call may be written. */
const nextSlot = (
  state: BucketState,
  { bucket, guardMs, spacing }: Omit<SlotRequest, 'maxWaitMs'>,
  now: number,
): number => {
  const fullWindow = windowOf(bucket.callsPerSecond) + guardMs + state.extraGuardMs;
  const last = state.ring.at(-1) ?? -Infinity;
  const nth = state.ring.at(-state.allowed);
  const even = Math.floor(fullWindow / state.allowed);
  // Slots never go back in time, so that the ring stays sorted.
  const earliest = Math.max(now, state.blockedUntil, last - leadMs, nth === undefined ? 0 : nth + fullWindow);
  if (spacing === 'pace') return Math.max(earliest, last + even);
  if (earliest === now) return now;
  const apart = Math.min(apartMs, even);
  const isBacklog = earliest - now > fullWindow + state.allowed * apart;
  if (!isBacklog) return Math.max(earliest, last + apart);
  // Less than a beat: one slot that moved must not push all that follow.
  return Math.max(earliest, last + Math.floor(even * 0.75));
};

/**
 * A call that need not wait must still hear of its slot and be signed: it goes as soon as it is ready, and counts from
 * when that will be.
 */
export const leadMs = 10;

/**
 * A slot that must be waited for anyway keeps this distance from the one before: calls of one instant meet each other's work
 * here and at the upstream, arrive unevenly, and would widen the guard for all. What waits longer than a screen's second
 * half is a backlog, and is spread over the whole window.
 */
const apartMs = 20;

/** The same slot again, moved where what came before it did: by the store's time, as everything here. */
export const confirmSlot = (
  state: BucketState,
  { bucket, slotId, due, guardMs }: ConfirmRequest,
  now: number,
): SlotAnswer => {
  const index = state.ids.indexOf(slotId);
  const first = state.ring[0];
  if (index < 0) {
    // Older than what is kept: nothing is known against it.
    const granted = first !== undefined && due < first;
    return { granted, slotId, at: now, waitMs: due - now, dueMs: due - now };
  }
  const fullWindow = windowOf(bucket.callsPerSecond) + guardMs + state.extraGuardMs;
  let moved = state.ring[index] ?? due;
  drop(state, index);
  // What moves past others has another slot a limit's worth before it.
  for (;;) {
    const nth = state.ring[positionOf(state, moved) - state.allowed];
    if (nth === undefined || moved >= nth + fullWindow) break;
    moved = nth + fullWindow;
  }
  place(state, moved, slotId);
  return { granted: true, slotId, at: now, waitMs: moved - now, dueMs: moved - now };
};

/** A process that is busy writes late, and the slots after it move; one that was stopped has lost its slot, ms. */
export const graceMs = 20;

/** Where a slot of that time stands, so that the ring stays sorted: behind those of the same time. */
const positionOf = ({ ring }: BucketState, at: number): number => {
  let position = ring.length;
  while (position > 0 && (ring[position - 1] ?? 0) > at) position -= 1;
  return position;
};

const place = (state: BucketState, at: number, id: number): void => {
  const position = positionOf(state, at);
  state.ring.splice(position, 0, at);
  state.ids.splice(position, 0, id);
};

/** Answers what the slot was named by. */
const drop = ({ ring, ids }: BucketState, index: number): number => {
  ring.splice(index, 1);
  const [id = 0] = ids.splice(index, 1);
  return id;
};

/** Moves a slot to when its call was really written. */
export const postponeSlot = (state: BucketState, slotId: number, writtenAt: number): void => {
  const index = state.ids.indexOf(slotId);
  if (index >= 0) place(state, writtenAt, drop(state, index));
};

/** Lowers the shared rate: a lone refusal widens the guard, a second one within a minute cuts the calls per window. */
export const strike = (
  state: BucketState,
  { bucket, retryAfterMs }: { readonly bucket: Bucket; readonly retryAfterMs: number | undefined },
  now: number,
): void => {
  recover(state, bucket.callsPerSecond, now);
  const pause = Math.max(
    retryAfterMs ?? 0,
    windowOf(bucket.callsPerSecond) + guardStepMs + state.extraGuardMs,
  );
  const alreadyPaused = state.blockedUntil > now && state.strikes >= 2;
  state.strikes = now - state.struckAt > strikeMemoryMs ? 1 : state.strikes + 1;
  state.struckAt = now;
  // Slots to come were reserved at a rate that was too high: whoever holds one asks again.
  while ((state.ring.at(-1) ?? -Infinity) > now + leadMs) drop(state, state.ring.length - 1);
  state.blockedUntil = Math.max(state.blockedUntil, now + pause);
  if (state.strikes === 1) {
    state.extraGuardMs = Math.min(mostExtraGuardMs, state.extraGuardMs + guardStepMs);
    return;
  }
  // Further refusals of calls that were under way together say nothing new.
  if (alreadyPaused) return;
  const provenBelow = state.proven > 0 && state.proven < state.allowed;
  state.holdMs = provenBelow ? Math.min(longestHoldMs, state.holdMs * 2) : firstHoldMs;
  state.allowed = provenBelow ? state.proven : Math.max(1, Math.floor(state.allowed / 2));
  state.holdUntil = now + state.holdMs;
};

/** What passing time gives back. */
const recover = (state: BucketState, callsPerSecond: number, now: number): void => {
  const full = capacity(callsPerSecond);
  // The limit is data and may have been changed while the bucket lived.
  if (state.allowed > full) state.allowed = full;
  if (state.strikes > 0 && now - state.struckAt > strikeMemoryMs) {
    state.strikes = 0;
    state.extraGuardMs = 0;
  }
  while (state.allowed < full && now >= state.holdUntil) {
    state.proven = state.allowed;
    state.allowed += 1;
    state.holdUntil = (state.holdUntil === 0 ? now : state.holdUntil) + stepMs;
  }
  if (state.allowed === full && now >= state.holdUntil) {
    state.proven = 0;
    state.holdMs = firstHoldMs;
  }
};

/** The state as a client may see it; changes nothing. */
export const viewState = (
  state: BucketState | undefined,
  { bucket, guardMs }: { readonly bucket: Bucket; readonly guardMs: number },
  now: number,
): SlotView => {
  const full = capacity(bucket.callsPerSecond);
  if (state === undefined) return { available: full, waitMs: 0, callsPerSecond: bucket.callsPerSecond };
  const waitMs = nextSlot(state, { bucket, guardMs, spacing: 'burst' }, now) - now;
  const busy = state.ring.filter((slot) => slot + windowOf(bucket.callsPerSecond) + guardMs > now).length;
  return {
    available: waitMs > 0 ? 0 : Math.max(0, state.allowed - busy),
    waitMs,
    callsPerSecond: state.allowed === full ? bucket.callsPerSecond : state.allowed,
  };
};
