import type { Bucket } from '../calls/call';
import { capacityOf, rules, windowOf, type BucketState } from './bucket-state';

/** Lowers the shared rate: a lone refusal widens the guard, a second one within a minute cuts the calls per window. */
export const penalise = (
  state: BucketState,
  { bucket, retryAfterMs }: { readonly bucket: Bucket; readonly retryAfterMs: number | undefined },
  now: number,
): void => {
  const pause = Math.min(
    rules.maxAheadMs,
    Math.max(retryAfterMs ?? 0, windowOf(bucket) + rules.guardStepMs + state.extraGuardMs),
  );
  const alreadyPaused = state.blockedUntil > now && state.refusals >= 2;
  state.refusals = now - state.refusedAt > rules.refusalMemoryMs ? 1 : state.refusals + 1;
  state.refusedAt = now;
  // Slots to come were reserved at a rate that was too high: whoever holds one asks again.
  state.slots = state.slots.filter(({ at }) => at <= now + rules.leadMs);
  state.blockedUntil = Math.max(state.blockedUntil, now + pause);
  if (state.refusals === 1) {
    state.extraGuardMs = Math.min(rules.maxExtraGuardMs, state.extraGuardMs + rules.guardStepMs);
    return;
  }
  // Further refusals of calls that were under way together say nothing new.
  if (alreadyPaused) return;
  const provenBelow = state.proven > 0 && state.proven < state.allowed;
  state.holdMs = provenBelow ? Math.min(rules.maxHoldMs, state.holdMs * 2) : rules.firstHoldMs;
  state.allowed = provenBelow ? state.proven : Math.max(1, Math.floor(state.allowed / 2));
  state.holdUntil = now + state.holdMs;
};

/** What passing time gives back. */
export const recover = (state: BucketState, bucket: Bucket, now: number): void => {
  const full = capacityOf(bucket);
  // The limit is data and may have been changed while the bucket lived.
  if (state.allowed > full) state.allowed = full;
  if (state.refusals > 0 && now - state.refusedAt > rules.refusalMemoryMs) {
    state.refusals = 0;
    state.extraGuardMs = 0;
  }
  while (state.allowed < full && now >= state.holdUntil) {
    state.proven = state.allowed;
    state.allowed += 1;
    state.holdUntil = (state.holdUntil === 0 ? now : state.holdUntil) + rules.stepMs;
  }
  if (state.allowed === full && now >= state.holdUntil) {
    state.proven = 0;
    state.holdMs = rules.firstHoldMs;
  }
};
