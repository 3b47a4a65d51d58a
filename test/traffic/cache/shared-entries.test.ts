import { createRedis, type Redis } from '../../../src/store/redis';
import { createCipher } from '../../../src/shared/cipher';
import { createSharedEntries } from '../../../src/traffic/cache/shared-entries';
import { sleep, systemClock, type Clock } from '../../../src/shared/clock';
import { aCall, aReply } from '../../support/calls';
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
    await redis.ask((client) =>
      client.set('wxm:lease:{d}:interactive', 'another', { expiration: { type: 'PX', value: 3_600_000 } }),
    );
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
      while (!(await hasty.ask((client) => client.ping()).then(Boolean, () => false)))
        await sleep(systemClock, 10);
      return aReply({}, 0);
    });
    expect(reply).toEqual(aReply({}, 0));
    while ((await redis.client.exists(`wxm:lease:{${key}}:interactive`)) > 0) await sleep(systemClock, 10);
    // Released by its owner, instead of blocking the others until it expires.
    expect(await redis.client.info('stats')).toMatch(/^expired_keys:0\r$/m);
    hasty.close();
  });
});
