import { createRedis, type Redis } from '../../../src/store/redis';
import { createCipher } from '../../../src/shared/cipher';
import { createSharedEntries } from '../../../src/traffic/cache/shared-entries';
import { systemClock, type Clock } from '../../../src/shared/clock';
import { keyRing } from '../../support/key-ring';
import { describeWithRedis, startRedis, type RedisServer } from '../../support/redis-server';

describeWithRedis('entries of a fleet', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = await createRedis({ url: server.url, clock: systemClock, onChange: () => undefined });
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });

  const on = (clock: Clock) =>
    createSharedEntries({
      redis,
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

  it("have age zero if another machine's clock is slightly ahead", async () => {
    await kept('c', machine(2_000), 0);
    expect((await on(systemClock).get('c'))?.asOf).toBeLessThanOrEqual(systemClock.now());
  });
});
