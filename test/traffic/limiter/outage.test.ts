import fc from 'fast-check';
import type { Redis } from '../../../src/store/redis';
import { sleep } from '../../../src/shared/clock';
import { SlotMissed } from '../../../src/traffic/calls/call';
import { joinFleet } from '../../../src/traffic/limiter/fleet';
import { createLimiter } from '../../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../../src/traffic/limiter/memory-slots';
import { createRedisSlots } from '../../../src/traffic/limiter/redis-slots';
import { callsLeftTo } from '../../../src/traffic/limiter/vanished-members';
import { anAttempt, aReply } from '../../support/calls';
import { peakPerSecond } from '../../support/arrivals';
import { aFleet, aMember } from '../../support/a-fleet';
import { fakeClock } from '../../support/fake-clock';
import { createRandom } from '../../support/random';
import { virtualSlotStore } from '../../support/virtual-slot-store';

const limit = 5;
const bucket = { id: 'brand/1/GET_USER_CARD', callsPerSecond: limit };
const request = { bucket, maxWaitMs: 3_000, spacing: 'burst', latenessMs: 0, open: false } as const;

/** Disjoint seconds with more arrivals than the limit. */
const secondsOver = (times: readonly number[]): number => {
  const sorted = [...times].sort((a, b) => a - b);
  let count = 0;
  let until = -Infinity;
  sorted.forEach((at, index) => {
    const first = sorted[index - limit];
    if (first === undefined || at - first >= 1000 || first < until) return;
    count += 1;
    until = first + 1000;
  });
  return count;
};

describe('a fleet whose store is unavailable', () => {
  it('keeps the limit except for a second at each change, and continues to work', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 2_000, max: 9_000 }),
        fc.integer({ min: 6_000, max: 20_000 }),
        fc.integer({ min: 1, max: 3 }),
        async (instances, killAt, awayMs, outstanding) => {
          const clock = fakeClock();
          const store = virtualSlotStore(clock);
          const arrivals: number[] = [];
          const failures: unknown[] = [];
          let running = true;
          const start = clock.now();
          for (let instance = 0; instance < instances; instance += 1) {
            const slots = createRedisSlots({
              redis: store.redis,
              clock,
              // A heartbeat every 200 ms, at different times.
              fleet: aFleet(instance, instances, {
                missedBy() {
                  const last = start + killAt - ((instance * 37) % 200);
                  return (clock.now() >= start + killAt ? last : clock.now()) + 950;
                },
              }),
            });
            const { wrapper } = createLimiter({ slots, clock, random: () => (instance * 0.37) % 1 });
            const send = wrapper(async ({ sendAt, onWritten }) => {
              await new Promise<void>((resolve) => clock.after(sendAt - clock.now(), resolve));
              arrivals.push(clock.now());
              onWritten(clock.now());
              return aReply('card', 0);
            });
            const loop = async (): Promise<void> => {
              while (running)
                await send(anAttempt({ bucket, deadline: clock.now() + 60_000 })).catch((error: unknown) => {
                  failures.push(error);
                });
            };
            for (let turn = 0; turn < outstanding; turn += 1) void loop();
          }
          await clock.advance(killAt);
          store.kill();
          await clock.advance(awayMs);
          store.start();
          await clock.advance(8_000);
          running = false;
          const killed = start + killAt;
          const during = arrivals.filter((at) => at >= killed && at < killed + awayMs);
          expect(failures).toEqual([]);
          expect(secondsOver(arrivals)).toBeLessThanOrEqual(2);
          expect(during.length).toBeGreaterThanOrEqual(0.6 * limit * (awayMs / 1000) - limit);
          // Back to the store: the full rate again.
          const last = arrivals.filter((at) => at >= start + killAt + awayMs + 4_000);
          expect(last.length).toBeGreaterThanOrEqual(0.9 * limit * 4 - 1);
          await clock.advance(120_000);
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  it('sends nothing through a share while the store is merely slow to answer once', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const slots = createRedisSlots({
      redis: store.redis,
      clock,
      fleet: aFleet(0, 8),
    });
    store.kill();
    const answer = slots.reserve(request);
    await clock.advance(250);
    store.start();
    await clock.advance(100);
    expect(await answer).toMatchObject({ granted: true, waitMs: 0, dueMs: 10 });
  });
});

describe('a fleet that never reached its store', () => {
  it.each([
    [2, 2, 5],
    [3, 3, 5],
    [3, 8, 5],
    [5, 8, 5],
    [8, 8, 10],
    [2, 2, 2.5],
  ])(
    'keeps the limit: %d instances of at most %d, %d calls a second, whatever their numbers',
    async (instances, most, callsPerSecond) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(1_000_000), { minLength: instances, maxLength: instances }),
          async (numbers) => {
            const clock = fakeClock();
            const store = virtualSlotStore(clock);
            store.kill();
            const own = { id: 'never', callsPerSecond };
            const arrivals: number[] = [];
            await clock.until(
              Promise.all(
                numbers.map(async (instance) => {
                  const place = () => ({ instance, instances: most, isPresumed: true });
                  const slots = createRedisSlots({
                    redis: store.redis,
                    clock,
                    fleet: aFleet(0, 1, { place }),
                  });
                  const until = clock.now() + 10_000;
                  while (clock.now() < until) {
                    const { at, waitMs } = await slots.reserve({
                      ...request,
                      bucket: own,
                      maxWaitMs: 60_000,
                    });
                    arrivals.push(at + waitMs);
                    await new Promise<void>((resolve) => clock.after(at + waitMs - clock.now(), resolve));
                  }
                }),
              ),
              120_000,
            );
            expect(peakPerSecond(arrivals)).toBeLessThanOrEqual(callsPerSecond);
          },
        ),
        { numRuns: 5 },
      );
    },
  );
});

describe('instances that are cut off from the store, which the others still use', () => {
  it('use no more than the others leave to them', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Whoever still uses the store may send one call a window, however many are cut off.
        fc.integer({ min: 2, max: 8 }).chain((instances) =>
          fc.tuple(
            fc.constant(instances),
            fc.subarray([...Array(instances).keys()], {
              minLength: 1,
              maxLength: Math.min(4, instances - 1),
            }),
          ),
        ),
        fc.integer({ min: 2_000, max: 5_000 }),
        fc.integer({ min: 1, max: 3 }),
        // Whoever sent nothing before has no slots that the store still counts.
        fc.boolean(),
        fc.nat(),
        async ([instances, away], cutAt, outstanding, isIdleBefore, seed) => {
          const { next } = createRandom(seed);
          const clock = fakeClock();
          const { redis } = virtualSlotStore(clock);
          const arrivals: number[] = [];
          let running = true;
          const cutFrom = clock.now() + cutAt;
          for (let instance = 0; instance < instances; instance += 1) {
            const isCut = (): boolean => away.includes(instance) && clock.now() >= cutFrom;
            const slots = createRedisSlots({
              redis: {
                ...redis,
                run: (...command) => (isCut() ? Promise.reject(new Error('cut')) : redis.run(...command)),
              },
              clock,
              // As the real fleet, after a heartbeat just before.
              fleet: aFleet(instance, instances, {
                vanished: () =>
                  clock.now() >= cutFrom + 900 ? Array<number>(away.length).fill(instances) : [],
                missedBy: () => (isCut() ? cutFrom : clock.now()) + 950,
              }),
            });
            const { wrapper } = createLimiter({ slots, clock, random: () => (instance * 0.37) % 1 });
            const send = wrapper(async ({ sendAt, onWritten }) => {
              await new Promise<void>((resolve) => clock.after(sendAt - clock.now(), resolve));
              onWritten(clock.now());
              // How late a call of those who are cut off is, nobody can be told.
              const lateMs = !isCut() && next() < 0.2 ? Math.floor(next() * 40) : 0;
              await sleep(clock, 20 + lateMs);
              arrivals.push(clock.now());
              await sleep(clock, 20);
              return aReply('card', 0);
            });
            const loop = async (): Promise<void> => {
              while (running)
                await send(anAttempt({ bucket, deadline: clock.now() + 60_000 })).catch(() => undefined);
            };
            const begin = (): void => {
              for (let turn = 0; turn < outstanding; turn += 1) void loop();
            };
            if (isIdleBefore && away.includes(instance)) clock.after(cutAt, begin);
            else begin();
          }
          await clock.advance(cutAt + 8_000);
          running = false;
          expect(secondsOver(arrivals)).toBe(0);
          // Nobody stands still.
          const late = arrivals.filter((at) => at >= cutFrom + 3_000);
          expect(late.length).toBeGreaterThanOrEqual(0.5 * limit * 5);
          await clock.advance(120_000);
        },
      ),
      {
        numRuns: 12,
        // Their slots are next to each other: more of them fall into one window than their share of it.
        examples: [
          [[8, [0, 1, 2]], 3_000, 3, false, 1],
          [[8, [2, 3, 4, 5]], 3_000, 3, false, 1],
          [[8, [2, 3, 4, 5]], 3_000, 3, true, 1],
          // A call of the others is late after the cut, and moves slots that the cut-off instance had reserved.
          [[3, [0]], 3_488, 2, false, 11],
        ],
      },
    );
  }, 120_000);

  it('keeps the limit with the others for as long as it is cut off, and however few are left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(1, 2, 5),
        async (instances, cut, callsPerSecond) => {
          const clock = fakeClock();
          const { redis } = virtualSlotStore(clock);
          const own = { id: 'long', callsPerSecond };
          const arrivals: (readonly [instance: number, at: number])[] = [];
          let [running, isCut] = [true, false];
          const members = Array.from({ length: instances }, async (_, instance) => {
            const connection: Pick<Redis, 'run' | 'isCluster'> = {
              ...redis,
              run: (...command) =>
                isCut && instance < cut ? Promise.reject(new Error('cut')) : redis.run(...command),
            };
            const identity = aMember(String(instance));
            const fleet = await joinFleet({ redis: connection, clock, identity, max: 8 });
            const slots = createRedisSlots({ redis: connection, clock, fleet });
            const { wrapper } = createLimiter({ slots, clock, random: () => (instance * 0.37) % 1 });
            const send = wrapper(async ({ sendAt, onWritten }) => {
              await new Promise<void>((resolve) => clock.after(sendAt - clock.now(), resolve));
              arrivals.push([instance, clock.now()]);
              onWritten(clock.now());
              return aReply('card', 0);
            });
            const loop = async (): Promise<void> => {
              while (running)
                await send(anAttempt({ bucket: own, deadline: clock.now() + 60_000 })).catch(() => undefined);
            };
            void loop();
            void loop();
            return fleet;
          });
          const fleets = await Promise.all(members);
          await clock.advance(3_000);
          const cutAt = clock.now();
          isCut = true;
          await clock.advance(90_000);
          isCut = false;
          await clock.advance(20_000);
          running = false;
          // Both go on after more than a minute. After its end most of the limit is used soon, and then all of it.
          const late = arrivals.filter(([, at]) => at >= cutAt + 65_000 && at < cutAt + 90_000);
          if (cut < instances) expect(new Set(late.map(([instance]) => instance < cut)).size).toBe(2);
          const inFiveSecondsFrom = (ms: number): number =>
            arrivals.filter(([, at]) => at >= cutAt + ms && at < cutAt + ms + 5_000).length;
          const full = callsPerSecond * 5;
          // The more instances, the longer one of them may still wait for a slot of its share.
          expect(inFiveSecondsFrom(95_000)).toBeGreaterThanOrEqual(0.8 * full - (instances > 6 ? 2 : 1));
          expect(inFiveSecondsFrom(105_000)).toBeGreaterThanOrEqual(full - 1);
          // If those who are cut off may use the whole limit, the others change to their shares and back.
          const changes =
            callsLeftTo(Array<number>(cut).fill(instances), callsPerSecond) < callsPerSecond
              ? []
              : [cutAt, cutAt + 90_000];
          const times = arrivals
            .map(([, at]) => at)
            .filter((at) => changes.every((change) => at < change || at >= change + 5_000));
          expect(peakPerSecond(times)).toBeLessThanOrEqual(callsPerSecond);
          await Promise.all(fleets.map((fleet) => fleet.stop()));
          await clock.advance(120_000);
        },
      ),
      { numRuns: 4, examples: [[7, 1, 2]] },
    );
  }, 120_000);
});

describe('an instance that misses the store now and then', () => {
  it('counts from the last time the others heard of it, not from the first time', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    let beatAt = clock.now();
    const missedBy = () => beatAt + 950;
    const slots = createRedisSlots({ redis: store.redis, clock, fleet: aFleet(0, 2, { missedBy }) });
    store.kill();
    expect((await slots.reserve({ ...request, maxWaitMs: 50 })).granted).toBe(false);
    // Meanwhile the store is back, and hears of this instance.
    await clock.advance(3_000);
    beatAt = clock.now();
    expect((await clock.until(slots.reserve({ ...request, maxWaitMs: 1_900 }))).granted).toBe(false);
  });
});

describe('an instance that sent without the store', () => {
  it('treats the bucket as full when the store is back without these calls', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const slots = createRedisSlots({
      redis: store.redis,
      clock,
      fleet: aFleet(),
    });
    store.kill();
    const alone = slots.reserve(request);
    await clock.advance(2_000);
    expect((await alone).granted).toBe(true);
    store.start();
    expect((await slots.reserve(request)).waitMs).toBeGreaterThanOrEqual(1_006);
  });
});

describe('a store that lost its data silently', () => {
  it('gives no second budget to a process that has just used the bucket', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const slots = createRedisSlots({
      redis: store.redis,
      clock,
      fleet: aFleet(),
    });
    for (let call = 0; call < limit; call += 1) expect((await slots.reserve(request)).waitMs).toBe(0);
    store.kill();
    store.start();
    await clock.advance(100);
    expect((await slots.reserve(request)).waitMs).toBeGreaterThanOrEqual(1_000);
  });
});

describe.each(['confirm', 'settle'] as const)('a store that forgot a bucket, asked to %s', (action) => {
  it('does not take what it then knows for all', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const slots = createRedisSlots({ redis: store.redis, clock, fleet: aFleet() });
    const other = createRedisSlots({ redis: store.redis, clock, fleet: aFleet() });
    for (let call = 1; call < limit; call += 1) await slots.reserve(request);
    const { slotId, at, dueMs } = await slots.reserve(request);
    store.kill();
    store.start();
    if (action === 'confirm')
      expect(await slots.confirm({ bucket, slotId, due: at + dueMs })).toMatchObject({ granted: false });
    else await slots.settle({ bucket, slotId, arrivesBy: at + dueMs + 20, open: false });
    expect((await other.reserve(request)).waitMs).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a store that loses its data again and again', () => {
  it('lets no more through than the limit', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const arrivals: number[] = [];
    let running = true;
    for (let instance = 0; instance < 3; instance += 1) {
      const slots = createRedisSlots({ redis: store.redis, clock, fleet: aFleet(), forgets: () => true });
      const send = createLimiter({ slots, clock, random: () => instance / 3 }).wrapper(
        async ({ sendAt, onWritten }) => {
          await new Promise<void>((resolve) => clock.after(sendAt - clock.now(), resolve));
          arrivals.push(clock.now());
          onWritten(clock.now());
          return aReply('card', 0);
        },
      );
      const loop = async (): Promise<void> => {
        while (running)
          await send(anAttempt({ bucket, deadline: clock.now() + 60_000 })).catch(() => undefined);
      };
      for (let turn = 0; turn < 3; turn += 1) void loop();
    }
    for (let turn = 0; turn < 40; turn += 1) {
      await clock.advance(100 + (turn % 7) * 90);
      store.kill();
      store.start();
    }
    await clock.advance(3_000);
    running = false;
    expect(arrivals.length).toBeGreaterThan(0);
    expect(peakPerSecond(arrivals)).toBeLessThanOrEqual(limit);
    await clock.advance(120_000);
  });
});

describe('a store that may have evicted a bucket', () => {
  it('gives no budget at once to a process that did not use the bucket', async () => {
    const clock = fakeClock();
    const { redis } = virtualSlotStore(clock);
    const slots = (forgets: boolean) =>
      createRedisSlots({ redis, clock, fleet: aFleet(), forgets: () => forgets });
    const unknown = { ...request, bucket: { id: 'evicted', callsPerSecond: limit } };
    expect((await slots(true).reserve(unknown)).waitMs).toBeGreaterThanOrEqual(1_000);
    expect(
      (await slots(false).reserve({ ...unknown, bucket: { id: 'new', callsPerSecond: limit } })).waitMs,
    ).toBe(0);
  });
});

describe("a fleet whose machines' clocks are set while the store is unavailable", () => {
  it.each([-3_600_000, -20_000, 600_000])('continues at its share: %d ms', async (byMs) => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const slots = createRedisSlots({
      redis: store.redis,
      clock,
      fleet: aFleet(0, 2),
    });
    store.kill();
    for (let call = 0; call < 4; call += 1) {
      if (call === 2) clock.setWall(byMs);
      const answer = slots.reserve({ ...request, maxWaitMs: 1_500 });
      expect((await clock.until(answer)).granted).toBe(true);
    }
  });
});

describe('a store whose clock is set', () => {
  it.each([-3_600_000, -20_000])('delays no call for longer than a window: %d ms', async (byMs) => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const slots = createRedisSlots({
      redis: store.redis,
      clock,
      fleet: aFleet(),
    });
    for (let call = 0; call < limit; call += 1) await slots.reserve(request);
    clock.setWall(byMs);
    const { granted, waitMs } = await slots.reserve(request);
    expect(granted).toBe(true);
    expect(waitMs).toBeGreaterThan(900);
    expect(waitMs).toBeLessThanOrEqual(1_016);
  });
});

describe('a missed slot', () => {
  it('is given up: the call waits for another one, and is sent once', async () => {
    const clock = fakeClock();
    const { wrapper } = createLimiter({ slots: createMemorySlots(clock), clock, random: () => 0.5 });
    const seen: { sendAt: number; sendBy: number }[] = [];
    const send = wrapper(({ sendAt, sendBy }) => {
      seen.push({ sendAt, sendBy });
      return seen.length === 1 ? Promise.reject(new SlotMissed()) : Promise.resolve(aReply('card', 0));
    });
    await clock.until(send(anAttempt({ bucket, deadline: clock.now() + 3_000 })));
    expect(seen).toHaveLength(2);
    // What may need to be signed first, and the grace: later, the call would count against a second that others have filled.
    for (const { sendAt, sendBy } of seen) expect(sendBy - sendAt).toBe(50);
  });

  it('is missed earlier while nobody can be told that its call is late', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    store.kill();
    const slots = createRedisSlots({ redis: store.redis, clock, fleet: aFleet() });
    let leftMs = 0;
    const send = createLimiter({ slots, clock, random: () => 0.5 }).wrapper(({ sendAt, sendBy }) => {
      leftMs = sendBy - sendAt;
      return Promise.resolve(aReply('card', 0));
    });
    await clock.until(send(anAttempt({ bucket, deadline: clock.now() + 5_000 })));
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(30);
  });
});

describe('slots that were reserved before the store became unavailable', () => {
  const single = { ...request, bucket: { id: 'brand/2/GET_USER_CARD', callsPerSecond: 1 } };

  it('are void: the calls before them may be late, and the others cannot be told when they are used', async () => {
    const clock = fakeClock();
    const { redis } = virtualSlotStore(clock);
    let isCut = false;
    const run: typeof redis.run = (...command) =>
      isCut ? Promise.reject(new Error('cut')) : redis.run(...command);
    const slots = createRedisSlots({ redis: { ...redis, run }, clock, fleet: aFleet(0, 2) });
    const others = createRedisSlots({ redis, clock, fleet: aFleet(1, 2) });
    const start = clock.now();
    const first = await others.reserve(single);
    const { slotId, at, dueMs } = await slots.reserve(single);
    const confirm = () => slots.confirm({ bucket: single.bucket, slotId, due: at + dueMs });
    isCut = true;
    await others.settle({ bucket: single.bucket, slotId: first.slotId, arrivesBy: start + 100, open: false });
    expect((await confirm()).granted).toBe(false);
    isCut = false;
    const moved = await confirm();
    expect(moved).toMatchObject({ granted: true });
    expect(moved.at + moved.waitMs - start).toBe(100 + 1_006);
  });

  it('may be used by others before a refused instance takes its share', async () => {
    const clock = fakeClock();
    const store = virtualSlotStore(clock);
    const slots = createRedisSlots({ redis: store.redis, clock, fleet: aFleet() });
    const start = clock.now();
    let last = start;
    for (let call = 0; call < 3; call += 1) {
      const { at, dueMs } = await slots.reserve(single);
      last = at + dueMs;
    }
    store.kill();
    await slots.penalise(single.bucket, undefined);
    const answer = await slots.reserve({ ...single, maxWaitMs: 0 });
    expect(answer.at + answer.waitMs).toBeGreaterThanOrEqual(last + 1_006);
  });
});
