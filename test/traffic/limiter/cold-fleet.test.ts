import { sleep } from '../../../src/shared/clock';
import {
  SlotMissed,
  type Attempt,
  type Reply,
  type ScheduledCall,
  type Send,
} from '../../../src/traffic/calls/call';
import { createLimiter } from '../../../src/traffic/limiter/limiter';
import { createRedisSlots } from '../../../src/traffic/limiter/redis-slots';
import { aFleet } from '../../support/a-fleet';
import { peakPerSecond } from '../../support/arrivals';
import { aBucket, anAttempt, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';
import { numberFromEnvironment } from '../../support/number-from-environment';
import { createRandom } from '../../support/random';
import { virtualSlotStore } from '../../support/virtual-slot-store';

const limit = 5;
const bucket = aBucket(limit);
const processes = 8;
const callsAtOnce = 3;
const workMs = 1_500;
const forMs = 60_000;
/** Fixed, because nothing guarantees 95 % over each way: another one may lose a window. */
const seed = numberFromEnvironment('SEED', { otherwise: 7, least: 0 });

/** How long the two ways of a call take that goes over this connection, ms. */
type Ways = () => readonly [number, number];

/** Eight processes that know nothing read from a slow upstream for a minute. When each call arrived there, ms. */
const arrivalsOf = async (random: () => number, connect: () => Ways): Promise<readonly number[]> => {
  const clock = fakeClock();
  const { redis } = virtualSlotStore(clock);
  const arrivals: number[] = [];
  const network = (): Send<ScheduledCall> => {
    const idle: Ways[] = [];
    return async (call): Promise<Reply> => {
      await sleep(clock, call.sendAt - clock.now() + Math.floor(random() * 3));
      if (clock.now() > call.sendBy) throw new SlotMissed();
      const ways = idle.pop() ?? connect();
      const [outMs, backMs] = ways();
      call.onWritten(clock.now());
      arrivals.push(clock.now() + outMs);
      await sleep(clock, outMs + workMs + backMs);
      idle.push(ways);
      return aReply('card', 0);
    };
  };
  const until = clock.now() + forMs + 2_000;
  const reader = async (send: Send<Attempt>): Promise<void> => {
    while (clock.now() < until)
      await send(anAttempt({ bucket, deadline: clock.now() + 4_500 })).catch(() => sleep(clock, 100));
  };
  const readers = Array.from({ length: processes }, (_, instance) => {
    const slots = createRedisSlots({ redis, clock, fleet: aFleet(instance, processes) });
    const send = createLimiter({ slots, clock, random }).wrapper(network());
    return Array.from({ length: callsAtOnce }, () => reader(send));
  });
  await clock.until(Promise.all(readers.flat()));
  return arrivals;
};

/** 30 ± 15 ms. */
const farMs = (random: () => number): number => 15 + Math.floor(random() * 30);

describe('a fleet that has just started, and a slow upstream', () => {
  it.each([
    ['near', () => () => [1, 1] as const],
    ['30 ± 15 ms away, each call anew', (random) => () => [farMs(random), farMs(random)] as const],
    [
      '30 ± 15 ms away, each connection once',
      (random) => {
        const ways = [farMs(random), farMs(random)] as const;
        return () => ways;
      },
    ],
  ] satisfies readonly (readonly [string, (random: () => number) => Ways])[])(
    'uses nearly the whole limit, and no more than it: %s',
    async (_, connect) => {
      const random = createRandom(seed).next;
      const arrivals = await arrivalsOf(random, () => connect(random));
      expect(peakPerSecond(arrivals)).toBeLessThanOrEqual(limit);
      const first = Math.min(...arrivals);
      const inTime = arrivals.filter((at) => at < first + forMs).length;
      expect(inTime).toBeGreaterThanOrEqual(0.95 * limit * (forMs / 1_000));
    },
  );
});
