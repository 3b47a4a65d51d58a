import fc from 'fast-check';
import { newBucketState, type BucketState } from '../../../src/traffic/limiter/bucket-state';
import type { SlotAnswer, SlotRequest } from '../../../src/traffic/limiter/slot-store';
import {
  confirmSlot,
  penaliseBucket,
  reserveSlot,
  settleSlot,
  viewState,
} from '../../../src/traffic/limiter/slots';
import { peakPerSecond } from '../../support/arrivals';
import { aBucket } from '../../support/calls';

const anyWait = Number.MAX_SAFE_INTEGER;
const newState = (callsPerSecond: number): BucketState => newBucketState(aBucket(callsPerSecond));

/** What a token bucket of `limit`, refilled at `limit` per second, would refuse. */
const refusedByTokenBucket = (slots: readonly number[], limit: number): number => {
  let tokens = limit;
  let last = slots[0] ?? 0;
  let refused = 0;
  for (const at of [...slots].sort((a, b) => a - b)) {
    tokens = Math.min(limit, tokens + ((at - last) * limit) / 1000);
    last = at;
    if (tokens + 1e-9 >= 1) tokens -= 1;
    else refused += 1;
  }
  return refused;
};

const request = (changes: Partial<SlotRequest> = {}): SlotRequest => ({
  bucket: aBucket(),
  maxWaitMs: anyWait,
  spacing: 'burst',
  latenessMs: 0,
  open: false,
  ...changes,
});

describe('the slot schedule of one bucket', () => {
  it('never contains more than the limit in any sliding second, for any order and time of calls', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(
          fc.record({
            pauseMs: fc.integer({ min: 0, max: 700 }),
            pace: fc.boolean(),
            ready: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          { minLength: 5, maxLength: 120 },
        ),
        (limit, arrivals) => {
          const bucket = aBucket(limit);
          const state = newState(limit);
          let now = 1_000_000;
          const slots = arrivals.map(({ pauseMs, pace, ready }) => {
            now += pauseMs;
            const spacing = pace ? 'pace' : 'burst';
            const { waitMs, dueMs } = reserveSlot(state, request({ bucket, spacing }), now);
            return now + waitMs + ready * (dueMs - waitMs);
          });
          expect(peakPerSecond(slots)).toBeLessThanOrEqual(limit);
          expect(refusedByTokenBucket(slots, limit)).toBe(0);
        },
      ),
    );
  });

  it('lets no more than the limit arrive in any sliding second: late, slow, lost and reordered calls', () => {
    const transit = fc.record({
      /** Between the slot and the first byte. */
      lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
      outMs: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 900 })),
      /** After the arrival; unanswered calls are given up by then. */
      answerMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 2_000 })),
      giveUpMs: fc.integer({ min: 250, max: 1_500 }),
      askedAfterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(transit, { minLength: 20, maxLength: 60 }),
        (limit, calls) => {
          const bucket = aBucket(limit);
          const state = newState(limit);
          const arrivals: number[] = [];
          const events: { readonly at: number; readonly act: (now: number) => void }[] = [];
          const plan = (at: number, act: (now: number) => void): void => {
            events.push({ at, act });
            events.sort((a, b) => b.at - a.at);
          };
          let asked = 1_000_000;
          for (const { lateMs, outMs, answerMs, giveUpMs, askedAfterMs } of calls) {
            asked += askedAfterMs;
            plan(asked, (reservedAt) => {
              const { slotId, dueMs } = reserveSlot(state, request({ bucket, open: true }), reservedAt);
              const write = (now: number): void => {
                if (lateMs > 3) settleSlot(state, { bucket, slotId, arrivesBy: now, open: true }, now);
                arrivals.push(now + outMs);
                const isAnswered = outMs + answerMs <= giveUpMs;
                plan(now + (isAnswered ? outMs + answerMs : giveUpMs), (end) => {
                  const arrivesBy = isAnswered ? Math.min(end, now + 1_000) : now + 1_000;
                  settleSlot(state, { bucket, slotId, arrivesBy, open: false }, end);
                });
              };
              const goOn = (due: number, now: number): void => {
                if (due - now <= 30) plan(due + lateMs, write);
                else
                  plan(due - 30, (confirmedAt) => {
                    const confirmed = confirmSlot(state, { bucket, slotId, due }, confirmedAt);
                    goOn(confirmedAt + confirmed.dueMs, confirmedAt);
                  });
              };
              goOn(reservedAt + dueMs, reservedAt);
            });
          }
          for (let next = events.pop(); next !== undefined; next = events.pop()) next.act(next.at);
          expect(arrivals).toHaveLength(calls.length);
          expect(peakPerSecond(arrivals)).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts an unanswered call in every window that it may arrive in, not only in the last', () => {
    // As seen at an upstream: six calls within 909 ms, after the fifth was given up and moved past the sixth.
    const state = newState(5);
    const bucket = aBucket();
    const times = [3_580, 3_716, 3_971, 4_018, 4_170];
    const ids = times.map((at) => reserveSlot(state, request(), at - 10).slotId);
    const sixth = reserveSlot(state, request(), 4_180);
    settleSlot(state, { bucket, slotId: ids[4] ?? 0, arrivesBy: 4_570, open: false }, 4_420);
    const { dueMs } = confirmSlot(state, { bucket, slotId: sixth.slotId, due: 4_180 + sixth.dueMs }, 4_550);
    expect(4_550 + dueMs).toBe(3_580 + 1_006);
    // And the call after that waits for the window of the fifth where it may have arrived last.
    const next = Array.from({ length: 4 }, () => 4_600 + reserveSlot(state, request(), 4_600).waitMs);
    expect(next).toEqual([3_716, 3_971, 4_018, 4_570].map((at) => at + 1_006));
  });

  it('checks a moved slot against the slots before its new place', () => {
    const state = newState(5);
    const bucket = aBucket();
    const ids = Array.from({ length: 5 }, (_, index) => reserveSlot(state, request(), 100 * index).slotId);
    const [first = 0] = ids;
    const late = reserveSlot(state, request(), 410);
    const next = reserveSlot(state, request(), 410);
    expect([late.dueMs, next.dueMs]).toEqual([606, 706]);
    settleSlot(state, { bucket, slotId: first, arrivesBy: 115, open: false }, 420);
    const due = 410 + late.dueMs;
    // Its own slot moves by as much as the first one was late, and no further: the next one has to keep its distance.
    expect(990 + confirmSlot(state, { bucket, slotId: late.slotId, due }, 990).dueMs).toBe(1_116);
  });

  it('forgets no slot that counts, however many are requested', () => {
    const state = newState(5);
    const bucket = aBucket();
    const all = Array.from({ length: 600 }, () => reserveSlot(state, request({ open: true }), 0));
    expect(all.filter(({ granted }) => granted)).toHaveLength(500);
    // The others learn how long the wait would be: 100 windows of five.
    expect(all.at(-1)).toMatchObject({ granted: false, waitMs: 100 * 1_006 + 10 });
    // The first five are under way for as long as any call may be.
    const { slotId, dueMs: due } = all[5] as SlotAnswer;
    expect(976 + confirmSlot(state, { bucket, slotId, due }, 976).waitMs).toBe(10 + 700 + 1_006);
  });

  it('counts a call as under way until its end is reported, when nothing is known of the path', () => {
    const state = newState(1);
    const bucket = aBucket(1);
    const { slotId } = reserveSlot(state, request({ bucket, open: true }), 0);
    expect(reserveSlot(state, request({ bucket, maxWaitMs: 0 }), 300).waitMs).toBe(300 + 1_006 - 300 + 0);
    expect(reserveSlot(state, request({ bucket, maxWaitMs: 0 }), 600).waitMs).toBe(1_006);
    // Nothing is on its way for longer than 700 ms.
    expect(reserveSlot(state, request({ bucket, maxWaitMs: 0 }), 1_500).waitMs).toBe(
      10 + 700 + 1_006 - 1_500,
    );
    settleSlot(state, { bucket, slotId, arrivesBy: 60, open: false }, 1_500);
    expect(reserveSlot(state, request({ bucket }), 1_500)).toMatchObject({ granted: true, waitMs: 0 });
  });

  it('gives the slot of a call that was never written to the next one', () => {
    const state = newState(1);
    const bucket = aBucket(1);
    const { slotId } = reserveSlot(state, request({ bucket }), 0);
    settleSlot(state, { bucket, slotId, arrivesBy: undefined, open: false }, 5);
    expect(reserveSlot(state, request({ bucket }), 10).waitMs).toBe(0);
  });

  it('confirms no slot of lost data, because other calls may have been sent since', () => {
    expect(confirmSlot(newState(5), { bucket: aBucket(), slotId: 7, due: 500 }, 400).granted).toBe(false);
  });

  it('uses 99 % of the limit when saturated', () => {
    const state = newState(5);
    const slots = Array.from({ length: 400 }, () => reserveSlot(state, request(), 0).waitMs);
    expect(slots.filter((at) => at < 60_000).length).toBeGreaterThanOrEqual(297);
  });

  it('spreads paced slots over the window', () => {
    const state = newState(5);
    const slots = Array.from({ length: 6 }, () => reserveSlot(state, request({ spacing: 'pace' }), 0).waitMs);
    expect(slots).toEqual([0, 211, 412, 613, 814, 1016]);
  });

  it('reserves nothing that is too far away, and returns the wait', () => {
    const state = newState(5);
    for (let i = 0; i < 5; i += 1) reserveSlot(state, request(), 0);
    const refused = reserveSlot(state, request({ maxWaitMs: 800 }), 0);
    expect(refused).toMatchObject({ granted: false, waitMs: 1016, dueMs: 1016 });
    expect(reserveSlot(state, request({ maxWaitMs: 1016 }), 0)).toMatchObject({
      granted: true,
      waitMs: 1016,
    });
  });

  it('counts a call that need not wait from the time of its signature', () => {
    const state = newState(5);
    expect(reserveSlot(state, request(), 0)).toMatchObject({ granted: true, waitMs: 0, dueMs: 10 });
    expect(state.slots.map(({ at, arrivesBy }) => [at, arrivesBy])).toEqual([[10, 10]]);
  });

  it('keeps to a limit below one call a second', () => {
    const bucket = aBucket(0.5);
    const state = newState(0.5);
    const slots = Array.from({ length: 3 }, () => reserveSlot(state, request({ bucket }), 0).waitMs);
    expect(slots).toEqual([0, 2016, 4022]);
  });

  it('sends a screen of calls together, and spaces calls that have to wait anyway', () => {
    const state = newState(5);
    const slots = Array.from({ length: 12 }, () => reserveSlot(state, request(), 0).waitMs);
    expect(slots).toEqual([0, 0, 0, 0, 0, 1016, 1036, 1056, 1076, 1096, 2022, 2172]);
  });

  it('spreads a backlog over the window', () => {
    const state = newState(5);
    const slots = Array.from({ length: 16 }, () => reserveSlot(state, request(), 0).waitMs);
    expect(slots.slice(10)).toEqual([2022, 2172, 2322, 2472, 2622, 3028]);
  });

  it('follows a limit that was lowered meanwhile', () => {
    const state = newState(10);
    for (let i = 0; i < 10; i += 1) reserveSlot(state, request({ bucket: aBucket(10) }), 0);
    const slots = Array.from(
      { length: 4 },
      () => reserveSlot(state, request({ bucket: aBucket(2) }), 0).waitMs,
    );
    expect(slots).toEqual([1016, 1036, 2022, 2399]);
  });

  it('shows how many calls could be sent now', () => {
    const state = newState(5);
    reserveSlot(state, request(), 0);
    reserveSlot(state, request(), 0);
    expect(viewState(state, aBucket(), 0).available).toBe(3);
    expect(viewState(state, aBucket(), 1020).available).toBe(5);
  });
});

describe('a refusal by the upstream', () => {
  it('voids a slot that waits, also if there is no other', () => {
    const state = { ...newState(5), blockedUntil: 5_000 };
    const { slotId, dueMs } = reserveSlot(state, request(), 1_000);
    penaliseBucket(state, { bucket: aBucket(), retryAfterMs: undefined }, 1_100);
    expect(state.slots).toEqual([]);
    const due = 1_000 + dueMs;
    expect(confirmSlot(state, { bucket: aBucket(), slotId, due }, 4_970).granted).toBe(false);
  });

  it('voids it for good, whatever is reserved after the pause', () => {
    const state = newState(1);
    const slots = [0, 0, 0].map((now) => reserveSlot(state, request({ bucket: aBucket(1) }), now));
    penaliseBucket(state, { bucket: aBucket(1), retryAfterMs: 7_000 }, 100);
    // The slots before the refusal no longer count, and this one is before all others.
    expect(reserveSlot(state, request({ bucket: aBucket(1) }), 1_900)).toMatchObject({ granted: true });
    const { slotId, dueMs: due } = slots[2] as SlotAnswer;
    expect(confirmSlot(state, { bucket: aBucket(1), slotId, due }, due - 30).granted).toBe(false);
  });

  it('counts a slot that may be confirmed already', () => {
    const state = newState(1);
    reserveSlot(state, request({ bucket: aBucket(1) }), 0);
    const { slotId, dueMs: due } = reserveSlot(state, request({ bucket: aBucket(1) }), 0);
    expect(confirmSlot(state, { bucket: aBucket(1), slotId, due }, due - 30).granted).toBe(true);
    penaliseBucket(state, { bucket: aBucket(1), retryAfterMs: undefined }, due - 20);
    expect(state.slots.map(({ id }) => id)).toContain(slotId);
  });

  const bucket = aBucket();

  it('pauses the bucket for a whole window', () => {
    const state = newState(5);
    penaliseBucket(state, { bucket, retryAfterMs: undefined }, 0);
    expect(reserveSlot(state, request(), 0).waitMs).toBeGreaterThanOrEqual(1000);
  });

  it('honours a longer Retry-After', () => {
    const state = newState(5);
    penaliseBucket(state, { bucket, retryAfterMs: 7_000 }, 0);
    expect(reserveSlot(state, request(), 0).waitMs).toBe(7_000);
  });

  it('only widens the guard if it stays the only one', () => {
    const state = newState(5);
    penaliseBucket(state, { bucket, retryAfterMs: undefined }, 0);
    expect(state.allowed).toBe(5);
    expect(state.extraGuardMs).toBe(10);
    reserveSlot(state, request(), 61_000);
    expect(state.extraGuardMs).toBe(0);
  });

  it('halves the rate when it comes twice in a minute, once for all calls that were under way together', () => {
    const state = newState(8);
    for (let i = 0; i < 5; i += 1) penaliseBucket(state, { bucket: aBucket(8), retryAfterMs: undefined }, 0);
    expect(state.allowed).toBe(4);
  });

  it('halves a limit that was lowered, not the former one', () => {
    const state = newState(8);
    for (let i = 0; i < 2; i += 1) penaliseBucket(state, { bucket, retryAfterMs: undefined }, 0);
    expect(state.allowed).toBe(2);
  });

  it('is followed by a recovery in steps, up to the full limit', () => {
    const state = newState(5);
    penaliseBucket(state, { bucket, retryAfterMs: undefined }, 0);
    penaliseBucket(state, { bucket, retryAfterMs: undefined }, 1);
    const allowed = [9_000, 10_001, 15_001, 20_001].map((now) => {
      reserveSlot(state, request(), now);
      return state.allowed;
    });
    expect(allowed).toEqual([2, 3, 4, 5]);
  });

  it('is followed by the last proven rate if a step fails, and by a later attempt', () => {
    const state = newState(5);
    penaliseBucket(state, { bucket, retryAfterMs: undefined }, 0);
    penaliseBucket(state, { bucket, retryAfterMs: undefined }, 1);
    reserveSlot(state, request(), 10_500);
    expect(state.allowed).toBe(3);
    penaliseBucket(state, { bucket, retryAfterMs: undefined }, 11_000);
    expect(state.allowed).toBe(2);
    reserveSlot(state, request(), 25_000);
    expect(state.allowed).toBe(2);
    reserveSlot(state, request(), 31_500);
    expect(state.allowed).toBe(3);
  });
});

describe('a clock that is set back', () => {
  it.each([20_000, 3_600_000])('delays no call longer than before: %d ms', (backMs) => {
    const state = newState(5);
    for (let call = 0; call < 7; call += 1) reserveSlot(state, request(), 10_000_000);
    const before = reserveSlot(state, request({ maxWaitMs: 0 }), 10_000_100).waitMs;
    expect(reserveSlot(state, request({ maxWaitMs: 0 }), 10_000_100 - backMs).waitMs).toBe(before);
    // What was sent still counts: no more than the limit after the step either.
    expect(before).toBeGreaterThan(900);
  });

  it('ends no pause early and prolongs none', () => {
    const state = newState(5);
    penaliseBucket(state, { bucket: aBucket(), retryAfterMs: 7_000 }, 10_000_000);
    expect(reserveSlot(state, request({ maxWaitMs: 0 }), 9_000_000).waitMs).toBe(7_000);
  });

  it('drops slots further ahead than the maximum', () => {
    // A state that another clock wrote, as after a restore: it does not say when it was used.
    const state: BucketState = {
      ...newState(5),
      slots: Array.from({ length: 5 }, (_, id) => ({ id, at: 9_000_000, arrivesBy: 9_000_000, open: false })),
      blockedUntil: 9_000_000,
      holdUntil: 9_000_000,
    };
    expect(reserveSlot(state, request(), 1_000_000)).toMatchObject({ granted: true, waitMs: 0 });
  });

  it('accepts no pause longer than ten minutes', () => {
    const state = newState(5);
    penaliseBucket(state, { bucket: aBucket(), retryAfterMs: 86_400_000 }, 0);
    expect(reserveSlot(state, request({ maxWaitMs: 0 }), 0).waitMs).toBe(600_000);
  });
});
