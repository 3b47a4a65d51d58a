import fc from 'fast-check';
import { systemClock } from '../../../src/shared/clock';
import { createRedis, type Redis } from '../../../src/store/redis';
import { createRedisSlots } from '../../../src/traffic/limiter/redis-slots';
import type { SlotAnswer, SlotStore } from '../../../src/traffic/limiter/slot-store';
import {
  confirmSlot,
  newBucketState,
  postponeSlot,
  reserveSlot,
  strike,
  type BucketState,
} from '../../../src/traffic/limiter/slots';
import { slotsScript } from '../../../src/traffic/limiter/slots.lua';
import { describeWithRedis, startRedis, type RedisServer } from '../../support/redis-server';

type Step =
  | {
      readonly action: 'reserve';
      readonly after: number;
      readonly maxWait: number;
      readonly pace: boolean;
      readonly guard: number;
    }
  | { readonly action: 'strike'; readonly after: number; readonly retryAfter: number | undefined }
  | { readonly action: 'confirm'; readonly after: number; readonly nth: number; readonly guard: number }
  | { readonly action: 'postpone'; readonly after: number; readonly late: number };

const after = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 90_000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      action: fc.constant('reserve' as const),
      after,
      maxWait: fc.constantFrom(0, 50, 800, 5_000),
      pace: fc.boolean(),
      guard: fc.integer({ min: 10, max: 30 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      action: fc.constant('strike' as const),
      after,
      retryAfter: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      action: fc.constant('confirm' as const),
      after: fc.integer({ min: 0, max: 300 }),
      nth: fc.integer({ min: 0, max: 12 }),
      guard: fc.integer({ min: 10, max: 30 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      action: fc.constant('postpone' as const),
      after,
      late: fc.integer({ min: 0, max: 200 }),
    }),
  },
);

describeWithRedis('slots in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  const alone = { place: () => ({ instance: 0, instances: 1 }), stop: () => undefined };
  beforeAll(async () => {
    server = await startRedis();
    redis = await createRedis({ url: server.url, clock: systemClock, onChange: () => undefined });
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });

  it('follow the same rules as those in memory, step by step', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0.5, 1, 5, 10),
        async (steps, callsPerSecond) => {
          const bucket = { id: `twin/${String(run++)}`, callsPerSecond };
          const state = newBucketState(callsPerSecond);
          let now = 1_700_000_000_000;
          for (const one of steps) {
            now += one.after;
            const common = [one.action, String(callsPerSecond), '600000', String(now)];
            let expected: SlotAnswer | undefined;
            let rest: string[];
            if (one.action === 'reserve') {
              const spacing = one.pace ? 'pace' : 'burst';
              expected = reserveSlot(
                state,
                { bucket, maxWaitMs: one.maxWait, spacing, guardMs: one.guard },
                now,
              );
              rest = [String(one.maxWait), spacing, String(one.guard), ''];
            } else if (one.action === 'strike') {
              strike(state, { bucket, retryAfterMs: one.retryAfter }, now);
              rest = [one.retryAfter === undefined ? '' : String(one.retryAfter)];
            } else if (one.action === 'confirm') {
              // Sometimes one that is not there.
              const due = state.ring[one.nth] ?? now + 500;
              const slotId = state.ids[one.nth] ?? 7;
              expected = confirmSlot(state, { bucket, slotId, due, guardMs: one.guard }, now);
              rest = [slotId, one.guard, due].map(String);
            } else {
              // Sometimes the last, sometimes one that others have followed.
              const slotId = state.ids.at(-1 - (one.late % 4)) ?? 7;
              const writtenAt = (state.ring[state.ids.indexOf(slotId)] ?? 0) + one.late;
              postponeSlot(state, slotId, writtenAt);
              rest = [slotId, writtenAt].map(String);
            }
            const [granted, wait, due, , encoded, slotId] = await redis.run(
              slotsScript,
              [bucket.id],
              [...common, ...rest],
            );
            if (expected !== undefined)
              expect({
                granted: granted === 1,
                slotId: Number(slotId),
                at: now,
                waitMs: Number(wait),
                dueMs: Number(due),
              }).toEqual(expected);
            if (one.action === 'reserve' || one.action === 'strike')
              expect(JSON.parse(String(encoded)) as BucketState).toEqual(state);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are one budget for all who use the store', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(() => createRedis({ url: server.url, clock: systemClock, onChange: () => undefined })),
    );
    const engines = others.map((own) => createRedisSlots({ redis: own, clock: systemClock, fleet: alone }));
    const bucket = { id: 'brand/1/GET_USER_CARD', callsPerSecond: 5 };
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        (engines[index % 3] as SlotStore).reserve({
          bucket,
          maxWaitMs: 500,
          spacing: 'burst',
          guardMs: 10,
        }),
      ),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(5);
    for (const own of others) own.close();
  });

  it('believe the store’s clock, not this machine’s', async () => {
    const hasty = { ...systemClock, now: () => systemClock.now() + 5_000 };
    const bucket = { id: 'brand/2/GET_USER_CARD', callsPerSecond: 1 };
    const request = { bucket, maxWaitMs: 2_000, spacing: 'burst' as const, guardMs: 10 };
    const one = createRedisSlots({ redis, clock: systemClock, fleet: alone });
    const other = createRedisSlots({ redis, clock: hasty, fleet: alone });
    expect((await one.reserve(request)).waitMs).toBeLessThanOrEqual(0);
    const { granted, waitMs } = await other.reserve(request);
    expect(granted).toBe(true);
    expect(waitMs).toBeGreaterThan(900);
    // A view of what was answered, in the viewer's own time.
    expect(other.view(bucket).waitMs).toBeGreaterThan(1_500);
  });
});
