import fc from 'fast-check';
import { sleep } from '../../../src/shared/clock';
import { AppError } from '../../../src/shared/errors';
import {
  SlotMissed,
  type Attempt,
  type Reply,
  type ScheduledCall,
  type Send,
} from '../../../src/traffic/calls/call';
import { createLimiter } from '../../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../../src/traffic/limiter/memory-slots';
import { createRedisSlots } from '../../../src/traffic/limiter/redis-slots';
import { peakPerSecond } from '../../support/arrivals';
import { aBucket, anAttempt, aReply } from '../../support/calls';
import { aFleet } from '../../support/a-fleet';
import { fakeClock, type FakeClock } from '../../support/fake-clock';
import { virtualSlotStore } from '../../support/virtual-slot-store';

const limit = 5;
const bucket = aBucket(limit);

/** One call's way: there, at the upstream, and back, ms. */
interface Way {
  readonly writtenLateMs: number;
  readonly outMs: number;
  readonly restMs: number;
  /** How long the bucket pauses after this call, which the upstream refused, ms. */
  readonly refusedForMs?: number;
}

/** A network and an upstream in virtual time. Calls arrive after their delay, even if their caller no longer waits. */
const network = (clock: FakeClock, wayOf: (call: number) => Way, giveUpMs: number) => {
  const arrivals: number[] = [];
  const pauses: (readonly [number, number])[] = [];
  let calls = 0;
  const send: Send<ScheduledCall> = async (call): Promise<Reply> => {
    const { writtenLateMs, outMs, restMs, refusedForMs } = wayOf(calls);
    calls += 1;
    await sleep(clock, call.sendAt - clock.now() + writtenLateMs);
    if (clock.now() > call.sendBy) throw new SlotMissed();
    call.onWritten(clock.now());
    arrivals.push(clock.now() + outMs);
    const tripMs = outMs + restMs;
    await sleep(clock, Math.min(tripMs, giveUpMs));
    if (tripMs > giveUpMs) throw new AppError('UPSTREAM_UNAVAILABLE', 'given up', { sent: true });
    if (refusedForMs === undefined) return aReply('card', 0);
    pauses.push([clock.now(), clock.now() + refusedForMs]);
    const upstream = { status: 429, verified: true };
    throw new AppError('UPSTREAM_RATE_LIMITED', 'refused', { upstream, retryAfterMs: refusedForMs });
  };
  return { arrivals, pauses, send };
};

const fleetOf = (
  clock: FakeClock,
  processes: number,
  send: Send<ScheduledCall>,
): readonly Send<Attempt>[] => {
  const store = virtualSlotStore(clock);
  return Array.from({ length: processes }, (_, instance) => {
    const fleet = aFleet(instance, processes);
    const slots =
      processes === 1 ? createMemorySlots(clock) : createRedisSlots({ redis: store.redis, clock, fleet });
    return createLimiter({ slots, clock, random: () => (instance * 0.37) % 1 }).wrapper(send);
  });
};

/** Each process keeps this many calls waiting until the time is up. */
const saturate = async (
  clock: FakeClock,
  senders: readonly Send<Attempt>[],
  { outstanding, forMs }: { readonly outstanding: number; readonly forMs: number },
): Promise<void> => {
  const until = clock.now() + forMs;
  const worker = async (send: Send<Attempt>): Promise<void> => {
    while (clock.now() < until)
      await send(anAttempt({ bucket, deadline: clock.now() + 60_000 })).catch(() => undefined);
  };
  await clock.until(
    Promise.all(senders.flatMap((send) => Array.from({ length: outstanding }, () => worker(send)))),
  );
};

describe('what arrives upstream', () => {
  const anyWay = fc.record({
    writtenLateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })),
    outMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 700 })),
    restMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 2_000 })),
  });

  /** The first five arrive together with those that leave a second later. */
  const longOnTheirWay: Way[] = Array.from({ length: 40 }, (_, call) => ({
    writtenLateMs: 0,
    outMs: call < limit ? 700 : 0,
    restMs: call < limit ? 1_500 : 0,
  }));

  const atOnce: Way = { writtenLateMs: 0, outMs: 0, restMs: 0 };
  const firstOf = (...ways: readonly Way[]): Way[] =>
    Array.from({ length: 40 }, (_, call) => ways[call] ?? atOnce);

  /** A call is longest under way if it is written late as well. */
  const writtenLate = firstOf({ writtenLateMs: 40, outMs: 700, restMs: 1_000 });

  /** The fifth of the first calls arrives late, and is given up at the very time from which the path is known. */
  const givenUpOnceKnown = firstOf(
    { ...atOnce, restMs: 431 },
    { ...atOnce, restMs: 500 },
    { ...atOnce, outMs: 442, restMs: 58 },
    { writtenLateMs: 6, outMs: 55, restMs: 8 },
    { ...atOnce, outMs: 628, restMs: 373 },
  );

  it.each([1, 3, 8])(
    'is never more than the limit in a second while the path is not known: %d cold processes',
    async (processes) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyWay, { minLength: 40, maxLength: 40 }),
          fc.constantFrom(250, 1_000, 5_000),
          async (ways, giveUpMs) => {
            const clock = fakeClock();
            const { arrivals, send } = network(clock, (call) => ways[call % ways.length] as Way, giveUpMs);
            const start = clock.now();
            await saturate(clock, fleetOf(clock, processes, send), { outstanding: 3, forMs: 2_000 });
            // A process knows nothing when it writes these calls, or less than a window has passed since.
            const cold = arrivals.filter((at) => at < start + 2_000);
            expect(cold.length).toBeGreaterThan(0);
            expect(peakPerSecond(cold)).toBeLessThanOrEqual(limit);
          },
        ),
        {
          numRuns: 25,
          examples: [
            [longOnTheirWay, 5_000],
            [writtenLate, 5_000],
            [givenUpOnceKnown, 1_000],
          ],
        },
      );
    },
    60_000,
  );

  it.each([1, 3])(
    'is never more than the limit once it is known, when some calls are late on their way: %d processes',
    async (processes) => {
      const late = fc.integer({ min: 0, max: 30 });
      const knownWay = fc.oneof(
        // The way there and the upstream's work differ by less than 100 ms together.
        {
          weight: 5,
          arbitrary: fc.record({
            writtenLateMs: late,
            outMs: fc.integer({ min: 20, max: 70 }),
            restMs: fc.integer({ min: 10, max: 60 }),
          }),
        },
        // Its response is lost: it is given up, but it did arrive.
        {
          weight: 1,
          arbitrary: fc.record({
            writtenLateMs: late,
            outMs: fc.integer({ min: 20, max: 400 }),
            restMs: fc.constant(9_000),
          }),
        },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(knownWay, { minLength: 60, maxLength: 60 }), async (ways) => {
          const clock = fakeClock();
          const prompt: Way = { writtenLateMs: 0, outMs: 20, restMs: 10 };
          // Every process meets a prompt call first, as any that has been running for a while has.
          const { arrivals, send } = network(
            clock,
            (call) => (call < 30 ? prompt : (ways[call % ways.length] as Way)),
            500,
          );
          await saturate(clock, fleetOf(clock, processes, send), { outstanding: 3, forMs: 20_000 });
          expect(peakPerSecond(arrivals)).toBeLessThanOrEqual(limit);
        }),
        { numRuns: 15 },
      );
    },
    60_000,
  );

  it.each([1, 3])(
    'is never more than the limit after a refusal, and nothing while the bucket pauses: %d processes',
    async (processes) => {
      const refusedWay = fc.record({
        writtenLateMs: fc.constant(0),
        outMs: fc.integer({ min: 0, max: 5 }),
        restMs: fc.integer({ min: 0, max: 30 }),
        refusedForMs: fc.option(fc.integer({ min: 1_100, max: 7_000 }), { freq: 8, nil: undefined }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(refusedWay, { minLength: 40, maxLength: 40 }),
          fc.constantFrom(1, 3, 12),
          async (ways, outstanding) => {
            const clock = fakeClock();
            const { arrivals, pauses, send } = network(
              clock,
              (call) => ways[call % ways.length] as Way,
              5_000,
            );
            await saturate(clock, fleetOf(clock, processes, send), { outstanding, forMs: 20_000 });
            expect(peakPerSecond(arrivals)).toBeLessThanOrEqual(limit);
            // A slot that was confirmed before the refusal is used, and a call may be under way.
            const inPause = arrivals.filter((at) => pauses.some(([from, to]) => at > from + 100 && at < to));
            expect(inPause).toEqual([]);
          },
        ),
        { numRuns: 15 },
      );
    },
    60_000,
  );

  it.each([
    [1, 50, 0.97],
    [8, 50, 0.97],
    [1, 1_500, 0.97],
    [8, 1_500, 0.95],
  ])('uses the budget: %d processes, an answer after %d ms', async (processes, tripMs, min) => {
    const clock = fakeClock();
    const { arrivals, send } = network(
      clock,
      () => ({ writtenLateMs: 0, outMs: 5, restMs: tripMs - 5 }),
      5_000,
    );
    const outstanding = Math.ceil((limit * (tripMs + 1_000)) / 1_000 / processes) + 1;
    const senders = fleetOf(clock, processes, send);
    await saturate(clock, senders, { outstanding, forMs: 60_000 });
    const start = Math.min(...arrivals);
    const used = arrivals.filter((at) => at >= start + 20_000 && at < start + 60_000).length / (limit * 40);
    expect(peakPerSecond(arrivals)).toBeLessThanOrEqual(limit);
    expect(used).toBeGreaterThanOrEqual(min);
  });
});
