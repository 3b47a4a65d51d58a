import type { Bucket } from '../calls/call';
import { capacityOf, rules, windowOf, type BucketState } from './bucket-state';

/** Lowers the shared rate: one refusal widens the guard, a second one within a minute cuts the calls per window. */
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
  // Future slots were reserved at too high a rate; their holders must ask again. A slot that may be confirmed already will be used,
  // so it stays. One that is removed is void by its id: once all that remain come after it, nothing else would contradict it.
  state.slots = state.slots.filter(({ at }) => at <= now + rules.confirmAheadMs);
  state.firstId = Math.max(state.firstId, state.lastId + 1);
  state.blockedUntil = Math.max(state.blockedUntil, now + pause);
  if (state.refusals === 1) {
    state.extraGuardMs = Math.min(rules.maxExtraGuardMs, state.extraGuardMs + rules.guardStepMs);
    return;
  }
  // More refusals of calls that were sent together carry no new information.
  if (alreadyPaused) return;
  const provenBelow = state.proven > 0 && state.proven < state.allowed;
  state.holdMs = provenBelow ? Math.min(rules.maxHoldMs, state.holdMs * 2) : rules.firstHoldMs;
  state.allowed = provenBelow ? state.proven : Math.max(1, Math.floor(state.allowed / 2));
  state.holdUntil = now + state.holdMs;
};

/** Restores the rate as time passes. */
export const recover = (state: BucketState, bucket: Bucket, now: number): void => {
  const full = capacityOf(bucket);
  // The limit is a setting and may have changed while the bucket existed.
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
