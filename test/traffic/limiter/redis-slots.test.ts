import fc from 'fast-check';
import { systemClock } from '../../../src/shared/clock';
import type { Redis } from '../../../src/store/redis';
import { createRedisSlots } from '../../../src/traffic/limiter/redis-slots';
import type { SlotAnswer, SlotStore } from '../../../src/traffic/limiter/slot-store';
import { newBucketState, passTime, type BucketState } from '../../../src/traffic/limiter/bucket-state';
import { addRoundTrip } from '../../../src/traffic/limiter/round-trips';
import { confirmSlot, penaliseBucket, reserveSlot, settleSlot } from '../../../src/traffic/limiter/slots';
import { slotsScript } from '../../../src/traffic/limiter/slots.lua';
import { aFleet } from '../../support/a-fleet';
import {
  connectPatiently,
  describeWithRedis,
  startRedis,
  type RedisServer,
} from '../../support/redis-server';

/** Time passes, or the store's clock is set back. */
const after = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -100_000, max: -1 }) },
);
const heldBack = fc.constantFrom(0, 0, 2, 9);
/** What the process has seen since it last asked. */
const trips = fc.oneof(
  { weight: 3, arbitrary: fc.constant([] as number[]) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 32 }) },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      action: fc.constant('reserve' as const),
      after,
      maxWaitMs: fc.constantFrom(0, 50, 800, 5_000),
      pace: fc.boolean(),
      latenessMs: fc.constantFrom(0, 0, 25),
      open: fc.boolean(),
      heldBack,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      action: fc.constant('penalise' as const),
      after,
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 700_000 }), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      action: fc.constant('confirm' as const),
      after: fc.integer({ min: 0, max: 300 }),
      nth: fc.integer({ min: 0, max: 12 }),
      heldBack,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      action: fc.constant('settle' as const),
      after,
      nth: fc.integer({ min: 0, max: 6 }),
      lateMs: fc.option(fc.integer({ min: -20, max: 1_500 }), { nil: undefined }),
      open: fc.boolean(),
    }),
  },
);

describeWithRedis('slots in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  const alone = aFleet();
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectPatiently(server.url);
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });
  /** The script alone, without the 50 ms after which the store of a busy machine would count as unavailable. */
  const runScript = async (key: string, args: readonly string[]) =>
    (await redis.ask((store) =>
      store.eval(slotsScript, { keys: [key], arguments: [...args] }),
    )) as readonly unknown[];

  it('follow the same rules as those in memory, step by step', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, trips), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0.5, 1, 5, 10),
        async (steps, callsPerSecond) => {
          const bucket = { id: `twin/${String(run++)}`, callsPerSecond };
          const state = newBucketState(bucket);
          let now = 1_700_000_000_000;
          for (const [one, seen] of steps) {
            now += one.after;
            passTime(state, bucket, now);
            for (const trip of seen) addRoundTrip(state.trips, trip, now);
            const common = [one.action, String(callsPerSecond), '600000', String(now)];
            let expected: SlotAnswer | undefined;
            let rest: string[];
            if (one.action === 'reserve') {
              const { maxWaitMs, latenessMs, open, heldBack } = one;
              const spacing = one.pace ? 'pace' : 'burst';
              expected = reserveSlot(state, { bucket, maxWaitMs, spacing, latenessMs, open, heldBack }, now);
              rest = [
                String(maxWaitMs),
                spacing,
                String(latenessMs),
                open ? 'open' : '',
                '',
                String(heldBack),
              ];
            } else if (one.action === 'penalise') {
              penaliseBucket(state, { bucket, retryAfterMs: one.retryAfterMs }, now);
              rest = [one.retryAfterMs === undefined ? '' : String(one.retryAfterMs)];
            } else {
              // Sometimes an unknown slot: of a former state or of this one, and ahead or long past.
              const slot = state.slots.at(-1 - one.nth) ?? {
                id: one.nth % 2 === 0 ? 7 : state.lastId + 1,
                at: now + (one.nth % 3 === 0 ? 500 : -3_000),
              };
              if (one.action === 'confirm') {
                const { heldBack } = one;
                expected = confirmSlot(state, { bucket, slotId: slot.id, due: slot.at, heldBack }, now);
                rest = [String(slot.id), String(slot.at), String(heldBack)];
              } else {
                const arrivesBy = one.lateMs === undefined ? undefined : slot.at + one.lateMs;
                settleSlot(state, { bucket, slotId: slot.id, arrivesBy, open: one.open }, now);
                rest = [
                  String(slot.id),
                  arrivesBy === undefined ? '' : String(arrivesBy),
                  one.open ? 'open' : '',
                ];
              }
            }
            const [granted, wait, due, , encoded, slotId] = await runScript(bucket.id, [
              ...common,
              ...Array.from({ length: 6 }, (_, index) => rest[index] ?? ''),
              seen.join(' '),
            ]);
            if (expected !== undefined)
              expect({
                granted: granted === 1,
                slotId: Number(slotId),
                at: now,
                waitMs: Number(wait),
                dueMs: Number(due),
              }).toEqual(expected);
            expect(JSON.parse(String(encoded)) as BucketState).toEqual(state);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are no more than are remembered', async () => {
    const bucket = { id: 'twin/full', callsPerSecond: 5 };
    const state = newBucketState(bucket);
    const now = 1_700_000_000_000;
    const wanted = { bucket, maxWaitMs: 600_000, spacing: 'burst', latenessMs: 0, open: false } as const;
    const reserve = () => reserveSlot(state, wanted, now);
    while (state.slots.length < 499) reserve();
    await redis.ask((store) => store.set(bucket.id, JSON.stringify(state)));
    const args = ['reserve', '5', '600000', String(now), '600000', 'burst', '0', '', '', '0', ''];
    const granted = async () => (await runScript(bucket.id, args))[0];
    expect([await granted(), await granted()]).toEqual([1, 0]);
    expect([reserve().granted, reserve().granted]).toEqual([true, false]);
  });

  it('drop slots further ahead than the maximum', async () => {
    const bucket = { id: 'ahead', callsPerSecond: 5 };
    // A state that another clock wrote, as after a restore: it does not say when it was used.
    const state: BucketState = {
      ...newBucketState(bucket),
      slots: Array.from({ length: 5 }, (_, id) => ({ id, at: 9_000_000, arrivesBy: 9_000_000, open: false })),
      blockedUntil: 9_000_000,
      holdUntil: 9_000_000,
    };
    await server.command('SET', bucket.id, JSON.stringify(state));
    const rest = ['reserve', '5', '600000', '1000000', '0', 'burst', '0', '', ''];
    const [granted, wait] = await runScript(bucket.id, rest);
    expect({ granted, wait }).toEqual({ granted: 1, wait: '0' });
  });

  it('treat a bucket that has just been used as full, if the store has lost it', async () => {
    const bucket = { id: 'brand/3/GET_USER_CARD', callsPerSecond: 5 };
    const request = { bucket, maxWaitMs: 5_000, spacing: 'burst' as const, latenessMs: 0, open: false };
    const slots = createRedisSlots({ redis, clock: systemClock, fleet: alone });
    for (let call = 0; call < 5; call += 1)
      expect((await slots.reserve(request)).waitMs).toBeLessThanOrEqual(0);
    const began = systemClock.now();
    await server.command('FLUSHALL');
    expect((await slots.reserve(request)).waitMs).toBeGreaterThan(950 - (systemClock.now() - began));
  });

  it.each(['confirm', 'settle'] as const)(
    'stay unknown when a lost bucket is first asked to %s',
    async (action) => {
      const bucket = { id: `brand/4/${action}`, callsPerSecond: 5 };
      const request = { bucket, maxWaitMs: 5_000, spacing: 'burst' as const, latenessMs: 0, open: false };
      const [own, other] = [1, 2].map(() => createRedisSlots({ redis, clock: systemClock, fleet: alone }));
      const slot = await own?.reserve(request);
      const { slotId = 0, at: due = 0 } = slot ?? {};
      await server.command('FLUSHALL');
      const began = systemClock.now();
      if (action === 'confirm')
        expect(await own?.confirm({ bucket, slotId, due })).toMatchObject({ granted: false });
      else await own?.settle({ bucket, slotId, arrivesBy: due, open: false });
      expect((await other?.reserve(request))?.waitMs).toBeGreaterThan(950 - (systemClock.now() - began));
    },
  );

  it('are one budget for all users of the store', async () => {
    const others = await Promise.all([1, 2, 3].map(() => connectPatiently(server.url)));
    const engines = others.map((own) => createRedisSlots({ redis: own, clock: systemClock, fleet: alone }));
    const bucket = { id: 'brand/1/GET_USER_CARD', callsPerSecond: 5 };
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        (engines[index % 3] as SlotStore).reserve({
          bucket,
          maxWaitMs: 500,
          spacing: 'burst',
          latenessMs: 0,
          open: false,
        }),
      ),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(5);
    for (const own of others) own.close();
  });

  it("use the store's clock, not this machine's", async () => {
    const hasty = { ...systemClock, now: () => systemClock.now() + 5_000 };
    const bucket = { id: 'brand/2/GET_USER_CARD', callsPerSecond: 1 };
    const request = { bucket, maxWaitMs: 2_000, spacing: 'burst' as const, latenessMs: 0, open: false };
    const one = createRedisSlots({ redis, clock: systemClock, fleet: alone });
    const other = createRedisSlots({ redis, clock: hasty, fleet: alone });
    const began = systemClock.now();
    const passed = (): number => systemClock.now() - began;
    expect((await one.reserve(request)).waitMs).toBeLessThanOrEqual(0);
    const { granted, waitMs } = await other.reserve(request);
    expect(granted).toBe(true);
    // By the other machine's clock, it need not wait at all.
    expect(waitMs).toBeGreaterThan(950 - passed());
    // A view of the replies in the viewer's own time.
    expect(other.view(bucket).waitMs).toBeGreaterThan(1_950 - passed());
  });
});
