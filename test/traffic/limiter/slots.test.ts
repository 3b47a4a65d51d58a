import fc from 'fast-check';
import type { SlotRequest } from '../../../src/traffic/limiter/slot-store';
import {
  confirmSlot,
  newBucketState,
  postponeSlot,
  reserveSlot,
  strike,
  viewState,
} from '../../../src/traffic/limiter/slots';
import { aBucket } from '../../support/calls';

const guardMs = 10;
const anyWait = Number.MAX_SAFE_INTEGER;

/** Most slots in any half-open second: what a sliding-log upstream counts. */
const mostInASecond = (slots: readonly number[]): number => {
  const sorted = [...slots].sort((a, b) => a - b);
  return Math.max(0, ...sorted.map((end) => sorted.filter((at) => at > end - 1000 && at <= end).length));
};

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
  guardMs,
  ...changes,
});

describe('slots of one bucket', () => {
  it('never holds more than the limit in any sliding second, however calls arrive and whenever they are ready', () => {
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
          const state = newBucketState(limit);
          let now = 1_000_000;
          const slots = arrivals.map(({ pauseMs, pace, ready }) => {
            now += pauseMs;
            const spacing = pace ? 'pace' : 'burst';
            const { waitMs, dueMs } = reserveSlot(state, request({ bucket, spacing }), now);
            return now + waitMs + ready * (dueMs - waitMs);
          });
          expect(mostInASecond(slots)).toBeLessThanOrEqual(limit);
          expect(refusedByTokenBucket(slots, limit)).toBe(0);
        },
      ),
    );
  });

  it('never lets more than the limit be written in any sliding second, however late each is written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 20, maxLength: 60 }),
        (lateness) => {
          const state = newBucketState(5);
          const { bucket } = request();
          const written: number[] = [];
          const events: { readonly at: number; readonly act: () => void }[] = [];
          const plan = (at: number, act: () => void): void => {
            events.push({ at, act });
            events.sort((a, b) => b.at - a.at);
          };
          for (const late of lateness) {
            const { slotId, dueMs } = reserveSlot(state, request(), 0);
            const write = (due: number) => (): void => {
              written.push(due + late);
              if (late > 0) postponeSlot(state, slotId, due + late);
            };
            const goOn = (due: number, now: number): void => {
              if (due - now <= 30) plan(due + late, write(due));
              else
                plan(due - 30, () => {
                  const confirmed = confirmSlot(state, { bucket, slotId, due, guardMs }, due - 30);
                  goOn(due - 30 + confirmed.dueMs, due - 30);
                });
            };
            goOn(dueMs, 0);
          }
          for (let next = events.pop(); next !== undefined; next = events.pop()) next.act();
          expect(written).toHaveLength(lateness.length);
          expect(mostInASecond(written)).toBeLessThanOrEqual(5);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('holds a slot that moves past others against those before its new place', () => {
    const state = newBucketState(5);
    const ids = Array.from({ length: 5 }, (_, index) => reserveSlot(state, request(), 100 * index).slotId);
    const [first = 0] = ids;
    const late = reserveSlot(state, request(), 410);
    const next = reserveSlot(state, request(), 410);
    expect([late.dueMs, next.dueMs]).toEqual([610, 710]);
    postponeSlot(state, first, 115);
    const due = 410 + late.dueMs;
    const confirmed = confirmSlot(state, { bucket: aBucket(), slotId: late.slotId, due, guardMs }, 990);
    expect(990 + confirmed.dueMs).toBe(1125);
  });

  it('uses 99 % of the limit when saturated', () => {
    const state = newBucketState(5);
    const slots = Array.from({ length: 400 }, () => reserveSlot(state, request(), 0).waitMs);
    expect(slots.filter((at) => at < 60_000).length).toBeGreaterThanOrEqual(297);
  });

  it('spreads paced slots over the window', () => {
    const state = newBucketState(5);
    const slots = Array.from({ length: 6 }, () => reserveSlot(state, request({ spacing: 'pace' }), 0).waitMs);
    expect(slots).toEqual([0, 212, 414, 616, 818, 1020]);
  });

  it('reserves nothing that is too far away and says how far it is', () => {
    const state = newBucketState(5);
    for (let i = 0; i < 5; i += 1) reserveSlot(state, request(), 0);
    const refused = reserveSlot(state, request({ maxWaitMs: 800 }), 0);
    expect(refused).toMatchObject({ granted: false, waitMs: 1020, dueMs: 1020 });
    expect(reserveSlot(state, request({ maxWaitMs: 1020 }), 0)).toMatchObject({
      granted: true,
      waitMs: 1020,
    });
  });

  it('counts a call that need not wait from when it will be signed', () => {
    const state = newBucketState(5);
    expect(reserveSlot(state, request(), 0)).toMatchObject({ granted: true, waitMs: 0, dueMs: 10 });
    expect(state.ring).toEqual([10]);
  });

  it('keeps to a limit below one call a second', () => {
    const bucket = aBucket(0.5);
    const state = newBucketState(0.5);
    const slots = Array.from({ length: 3 }, () => reserveSlot(state, request({ bucket }), 0).waitMs);
    expect(slots).toEqual([0, 2020, 4030]);
  });

  it('lets a screen go out together, and keeps apart what has to wait anyway', () => {
    const state = newBucketState(5);
    const slots = Array.from({ length: 12 }, () => reserveSlot(state, request(), 0).waitMs);
    expect(slots).toEqual([0, 0, 0, 0, 0, 1020, 1040, 1060, 1080, 1100, 2030, 2181]);
  });

  it('spreads a backlog over the window', () => {
    const state = newBucketState(5);
    const slots = Array.from({ length: 16 }, () => reserveSlot(state, request(), 0).waitMs);
    expect(slots.slice(10)).toEqual([2030, 2181, 2332, 2483, 2634, 3040]);
  });

  it('follows a limit that was lowered while it lived', () => {
    const state = newBucketState(10);
    for (let i = 0; i < 10; i += 1) reserveSlot(state, request({ bucket: aBucket(10) }), 0);
    const slots = Array.from(
      { length: 4 },
      () => reserveSlot(state, request({ bucket: aBucket(2) }), 0).waitMs,
    );
    expect(slots).toEqual([1020, 1040, 2030, 2408]);
  });

  it('shows how many calls could go this instant', () => {
    const state = newBucketState(5);
    reserveSlot(state, request(), 0);
    reserveSlot(state, request(), 0);
    expect(viewState(state, request(), 0).available).toBe(3);
    expect(viewState(state, request(), 1020).available).toBe(5);
  });
});

describe('a refusal by the upstream', () => {
  const bucket = aBucket();

  it('pauses the bucket for a whole window', () => {
    const state = newBucketState(5);
    strike(state, { bucket, retryAfterMs: undefined }, 0);
    expect(reserveSlot(state, request(), 0).waitMs).toBeGreaterThanOrEqual(1000);
  });

  it('honours a longer Retry-After', () => {
    const state = newBucketState(5);
    strike(state, { bucket, retryAfterMs: 7_000 }, 0);
    expect(reserveSlot(state, request(), 0).waitMs).toBe(7_000);
  });

  it('costs nothing but a wider guard while it stays alone', () => {
    const state = newBucketState(5);
    strike(state, { bucket, retryAfterMs: undefined }, 0);
    expect(state.allowed).toBe(5);
    expect(state.extraGuardMs).toBe(10);
    reserveSlot(state, request(), 61_000);
    expect(state.extraGuardMs).toBe(0);
  });

  it('halves the rate when it comes twice in a minute, once for all calls that were under way together', () => {
    const state = newBucketState(8);
    for (let i = 0; i < 5; i += 1) strike(state, { bucket: aBucket(8), retryAfterMs: undefined }, 0);
    expect(state.allowed).toBe(4);
  });

  it('is recovered from step by step, up to the full limit', () => {
    const state = newBucketState(5);
    strike(state, { bucket, retryAfterMs: undefined }, 0);
    strike(state, { bucket, retryAfterMs: undefined }, 1);
    const allowed = [9_000, 10_001, 15_001, 20_001].map((now) => {
      reserveSlot(state, request(), now);
      return state.allowed;
    });
    expect(allowed).toEqual([2, 3, 4, 5]);
  });

  it('after a step that failed falls back to what was proven and tries again later', () => {
    const state = newBucketState(5);
    strike(state, { bucket, retryAfterMs: undefined }, 0);
    strike(state, { bucket, retryAfterMs: undefined }, 1);
    reserveSlot(state, request(), 10_500);
    expect(state.allowed).toBe(3);
    strike(state, { bucket, retryAfterMs: undefined }, 11_000);
    expect(state.allowed).toBe(2);
    reserveSlot(state, request(), 25_000);
    expect(state.allowed).toBe(2);
    reserveSlot(state, request(), 31_500);
    expect(state.allowed).toBe(3);
  });
});
