import { systemClock } from '../../../src/shared/clock';
import { createRedis, type Redis } from '../../../src/store/redis';
import { joinFleet } from '../../../src/traffic/limiter/fleet';
import { describeWithRedis, startRedis, type RedisServer } from '../../support/redis-server';

describeWithRedis('a fleet', () => {
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

  it('counts the instances with a heartbeat', async () => {
    const one = await joinFleet({ redis, clock: systemClock, id: 'a' });
    const other = await joinFleet({ redis, clock: systemClock, id: 'b' });
    expect(other.place()).toEqual({ instance: 1, instances: 2 });
    one.stop();
    other.stop();
  });

  it("does not count heartbeats from before the store's clock was set back", async () => {
    await redis.ask((client) =>
      client.zAdd('wxm:fleet', { score: systemClock.wallNow() + 3_600_000, value: 'gone' }),
    );
    const one = await joinFleet({ redis, clock: systemClock, id: 'a' });
    expect((await redis.ask((client) => client.zRange('wxm:fleet', 0, -1))).includes('gone')).toBe(false);
    one.stop();
  });
});
