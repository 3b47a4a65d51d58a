import { createRedis, type Redis } from '../../../src/store/redis';
import { createCipher } from '../../../src/shared/cipher';
import { createSharedEntries } from '../../../src/traffic/cache/shared-entries';
import { sleep, systemClock, type Clock } from '../../../src/shared/clock';
import type { Reply } from '../../../src/traffic/calls/call';
import { aCall, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';
import { keyRing } from '../../support/key-ring';
import {
  connectPatiently,
  describeWithRedis,
  startRedis,
  type RedisServer,
} from '../../support/redis-server';

describeWithRedis('entries of a fleet', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectPatiently(server.url);
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });

  const on = (clock: Clock, connection = redis) =>
    createSharedEntries({
      redis: connection,
      clock,
      random: () => 0.5,
      cipher: createCipher(keyRing('k1'), 'shared cache entries'),
    });
  /** A machine whose clock differs by so much, and whose process was started another day. */
  const machine = (wallAheadMs: number): Clock => ({
    ...systemClock,
    now: () => systemClock.now() - 86_400_000,
    wallNow: () => systemClock.wallNow() + wallAheadMs,
  });
  const kept = (key: string, clock: Clock, ageMs: number) =>
    on(clock).set(
      key,
      {
        data: { level: 'gold' },
        bytes: 16,
        fetchedAt: clock.wallNow() - ageMs,
        asOf: clock.now() - ageMs,
        epoch: 1,
        absent: false,
        jitter: 0.5,
      },
      60_000,
    );

  it('have the same age in every process, whenever it was started', async () => {
    await kept('a', machine(0), 30_000);
    const found = await on(systemClock).get('a');
    const ageMs = systemClock.now() - (found?.asOf ?? 0);
    expect(ageMs).toBeGreaterThanOrEqual(30_000);
    expect(ageMs).toBeLessThan(31_500);
  });

  it('are not treated as fresh if their date is in the future, because their age is unknown', async () => {
    await kept('b', machine(600_000), 0);
    expect(await on(systemClock).get('b')).toBeUndefined();
  });

  it('are not waited for behind a lease that was taken before the store’s clock was set back', async () => {
    await server.command('SET', 'wxm:lease:{d}:interactive', 'another', 'PX', '3600000');
    const began = systemClock.now();
    const call = aCall({ deadline: began + 10_000 });
    expect(
      await on(systemClock).withLease('d', call, () => Promise.reject(new Error('ours'))),
    ).toBeUndefined();
    expect(systemClock.now() - began).toBeLessThan(2_000);
  });

  it("have age zero if another machine's clock is slightly ahead", async () => {
    await kept('c', machine(2_000), 0);
    expect((await on(systemClock).get('c'))?.asOf).toBeLessThanOrEqual(systemClock.now());
  });

  it('are not waited for if a slow store granted a lease to nobody', async () => {
    const key = 'e';
    const hasty = await createRedis({ url: server.url, clock: systemClock, onChange: () => undefined });
    server.freeze();
    const reply = await on(systemClock, hasty).withLease(key, aCall(), async () => {
      server.thaw();
      // The store replies in order: by then the lease is granted.
      while (
        !(await hasty
          .ask((store) => store.get('ping'))
          .then(
            () => true,
            () => false,
          ))
      )
        await sleep(systemClock, 10);
      return aReply({}, 0);
    });
    expect(reply).toEqual(aReply({}, 0));
    while ((await server.command('EXISTS', `wxm:lease:{${key}}:interactive`)) === 1)
      await sleep(systemClock, 10);
    // Released by its owner, instead of blocking the others until it expires.
    expect(await server.command('INFO', 'stats')).toMatch(/^expired_keys:0\r$/m);
    hasty.close();
  });

  it('are waited for while the holder of the lease lives, and not for long if it was killed', async () => {
    const clock = fakeClock();
    // The lease and its renewals as the store keeps them, by the same clock.
    let ends = -Infinity;
    const store: Redis = {
      ...redis,
      key: (name) => name,
      run: (_, __, [, life]) => {
        ends = life === undefined ? -Infinity : clock.now() + Number(life);
        return Promise.resolve([1]);
      },
      ask: (command) =>
        command({
          set: (_: string, __: string, { expiration }: { expiration: { value: number } }) => {
            if (ends > clock.now()) return Promise.resolve(null);
            ends = clock.now() + expiration.value;
            return Promise.resolve('OK');
          },
          pTTL: () => Promise.resolve(ends > clock.now() ? ends - clock.now() : -2),
        } as never),
    };
    const entries = createSharedEntries({
      redis: store,
      clock,
      random: () => 0.5,
      cipher: createCipher(keyRing('k1'), 'shared cache entries'),
    });
    const call = () => aCall({ deadline: clock.now() + 3_000 });
    const waited = async (): Promise<number> => {
      const began = clock.now();
      await clock.until(entries.withLease('f', call(), () => Promise.reject(new Error('ours'))));
      return clock.now() - began;
    };
    let finish = (_: Reply): void => undefined;
    const held = entries.withLease('f', call(), () => new Promise<Reply>((resolve) => (finish = resolve)));
    await clock.advance(1);
    clock.after(2_000, () => {
      finish(aReply({}, 0));
    });
    expect(await waited()).toBeGreaterThanOrEqual(1_990);
    await held;
    // Killed: nobody renews it.
    ends = clock.now() + 1_500;
    const alone = await waited();
    expect(alone).toBeGreaterThan(900);
    expect(alone).toBeLessThanOrEqual(1_050);
  });
});
