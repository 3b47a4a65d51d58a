import { systemClock } from '../../../src/shared/clock';
import { createRedis, type Redis } from '../../../src/store/redis';
import { joinFleet } from '../../../src/traffic/limiter/fleet';
import {
  connectPatiently,
  describeWithRedis,
  startRedis,
  type RedisServer,
} from '../../support/redis-server';
import { until } from '../../support/until';

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
    const one = await joinFleet({ redis, clock: systemClock, id: 'a', presumed: 8 });
    const other = await joinFleet({ redis, clock: systemClock, id: 'b', presumed: 8 });
    expect(other.place()).toEqual({ instance: 1, instances: 2, isPresumed: false });
    await one.stop();
    await other.stop();
  });

  it("does not count heartbeats from before the store's clock was set back", async () => {
    await server.command('ZADD', 'wxm:fleet', String(systemClock.wallNow() + 3_600_000), 'gone');
    const one = await joinFleet({ redis, clock: systemClock, id: 'a', presumed: 8 });
    expect(await server.command('ZRANGE', 'wxm:fleet', '0', '-1')).not.toContain('gone');
    await one.stop();
  });

  it('takes the smallest share while the store has not told how many there are', async () => {
    const away = { run: () => Promise.reject(new Error('away')) };
    const one = await joinFleet({ redis: away, clock: systemClock, id: 'a', presumed: 8 });
    expect(one.place()).toMatchObject({ instances: 8, isPresumed: true });
    await one.stop();
  });

  it('leaves its share to a member that has vanished, and not to one that has left', async () => {
    const own = await startRedis();
    const connection = await connectPatiently(own.url);
    let isCut = false;
    const cut: Pick<Redis, 'run'> = {
      run: (...command) => (isCut ? Promise.reject(new Error('cut')) : connection.run(...command)),
    };
    const [a, b, c] = await Promise.all([
      joinFleet({ redis: connection, clock: systemClock, id: 'a', presumed: 8 }),
      joinFleet({ redis: cut, clock: systemClock, id: 'b', presumed: 8 }),
      joinFleet({ redis: connection, clock: systemClock, id: 'c', presumed: 8 }),
    ]);
    await until(() => a.place().instances === 3);
    expect(a.vanished()).toBe(0);
    isCut = true;
    await until(() => a.vanished() > 0);
    expect([a.vanished(), a.place().instances]).toEqual([1, 3]);
    await c.stop();
    await until(() => a.place().instances === 2);
    expect(a.vanished()).toBe(1);
    isCut = false;
    await until(() => a.vanished() === 0);
    await Promise.all([a.stop(), b.stop()]);
    connection.close();
    await own.close();
  });

  it('leaves their shares to members that are not back when the store has lost its data', async () => {
    const own = await startRedis();
    const connection = await connectPatiently(own.url);
    let isCut = false;
    const cut: Pick<Redis, 'run'> = {
      run: (...command) => (isCut ? Promise.reject(new Error('cut')) : connection.run(...command)),
    };
    const [a, b, c] = await Promise.all([
      joinFleet({ redis: connection, clock: systemClock, id: 'a', presumed: 8 }),
      joinFleet({ redis: cut, clock: systemClock, id: 'b', presumed: 8 }),
      joinFleet({ redis: cut, clock: systemClock, id: 'c', presumed: 8 }),
    ]);
    await until(() => [a, b, c].every((one) => one.place().instances === 3));
    isCut = true;
    await own.command('FLUSHALL');
    await until(() => a.vanished() > 0);
    expect([a.vanished(), a.place()]).toEqual([2, { instance: 0, instances: 3, isPresumed: false }]);
    // Who joins now learns it from the store.
    const d = await joinFleet({ redis: connection, clock: systemClock, id: 'd', presumed: 8 });
    expect([d.vanished(), d.place().instances]).toEqual([2, 4]);
    isCut = false;
    await until(() => a.vanished() === 0);
    await Promise.all([a, b, c, d].map((one) => one.stop()));
    connection.close();
    await own.close();
  });
});
