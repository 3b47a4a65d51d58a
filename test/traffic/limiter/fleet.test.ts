import { systemClock } from '../../../src/shared/clock';
import { createRedis, type Redis } from '../../../src/store/redis';
import { joinFleet } from '../../../src/traffic/limiter/fleet';
import { beatScript, fleetKeys, leaveScript } from '../../../src/traffic/limiter/fleet-scripts';
import { keptMs } from '../../../src/traffic/limiter/vanished-members';
import {
  connectPatiently,
  describeWithRedis,
  startRedis,
  type RedisServer,
} from '../../support/redis-server';
import { aMember } from '../../support/a-fleet';
import { until } from '../../support/until';

/** A store for one test, with a connection, and a way over it that can be cut. */
const ownStore = async () => {
  const own = await startRedis();
  const connection = await connectPatiently(own.url);
  const way: Pick<Redis, 'run'> & { isCut: boolean } = {
    isCut: false,
    run: (...command) => (way.isCut ? Promise.reject(new Error('cut')) : connection.run(...command)),
  };
  const close = async (): Promise<void> => {
    connection.close();
    await own.close();
  };
  return { own, connection, way, close };
};

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
    const one = await joinFleet({ redis, clock: systemClock, identity: aMember('a'), max: 8 });
    const other = await joinFleet({ redis, clock: systemClock, identity: aMember('b'), max: 8 });
    expect(other.place()).toEqual({ instance: 1, instances: 2, isPresumed: false });
    await one.stop();
    await other.stop();
  });

  it("takes heartbeats from before the store's clock was set back for those of vanished members", async () => {
    const ahead = String(systemClock.wallNow() + 3_600_000);
    await server.command('ZADD', 'wxm:fleet:{fleet}:beats', ahead, 'gone');
    const identity = aMember('a', { hasEnded: (id) => id === 'gone' });
    const one = await joinFleet({ redis, clock: systemClock, identity, max: 8 });
    expect(one.vanished()).toEqual([2]);
    await until(() => one.place().instances === 1);
    await one.stop();
  });

  it('takes the smallest share while the store has not told how many there are', async () => {
    const away = { run: () => Promise.reject(new Error('away')) };
    const one = await joinFleet({ redis: away, clock: systemClock, identity: aMember('a'), max: 8 });
    expect(one.place()).toMatchObject({ instances: 8, isPresumed: true });
    await one.stop();
  });

  it('leaves its share to a member that has vanished, and not to one that has left', async () => {
    const { own, connection, way, close } = await ownStore();
    const [a, b, c] = await Promise.all([
      joinFleet({ redis: connection, clock: systemClock, identity: aMember('a'), max: 8 }),
      joinFleet({ redis: way, clock: systemClock, identity: aMember('b'), max: 8 }),
      joinFleet({ redis: connection, clock: systemClock, identity: aMember('c'), max: 8 }),
    ]);
    await until(() => a.place().instances === 3);
    // What a member was told in the reply to its last heartbeat counts from its next one on.
    await until(async () => String(await own.command('ZSCORE', 'wxm:fleet:{fleet}:sizes', 'b')) === '3');
    // A busy machine is silent at times, too.
    await until(() => a.vanished().length === 0);
    way.isCut = true;
    await until(() => a.vanished().join() === '3' && a.place().instances === 3);
    await c.stop();
    await until(() => a.place().instances === 2);
    // It does not know that the fleet is smaller now.
    await until(() => a.vanished().join() === '3');
    way.isCut = false;
    await until(() => a.vanished().length === 0);
    await Promise.all([a.stop(), b.stop()]);
    await close();
  });

  it('leaves their shares to members that are not back when the store has lost its data', async () => {
    const { own, connection, way, close } = await ownStore();
    const [a, b, c] = await Promise.all([
      joinFleet({ redis: connection, clock: systemClock, identity: aMember('a'), max: 8 }),
      joinFleet({ redis: way, clock: systemClock, identity: aMember('b'), max: 8 }),
      joinFleet({ redis: way, clock: systemClock, identity: aMember('c'), max: 8 }),
    ]);
    await until(() => [a, b, c].every((one) => one.place().instances === 3));
    way.isCut = true;
    await own.command('FLUSHALL');
    await until(() => a.vanished().length > 0);
    expect([a.vanished().length, a.place()]).toEqual([2, { instance: 0, instances: 3, isPresumed: false }]);
    // Who joins when the store has heard of them learns it from the store.
    await until(async () => Number(await own.command('ZCARD', 'wxm:fleet:{fleet}:beats')) === 3);
    const d = await joinFleet({ redis: connection, clock: systemClock, identity: aMember('d'), max: 8 });
    expect([d.vanished().length, d.place().instances]).toEqual([2, 4]);
    way.isCut = false;
    await until(() => a.vanished().length === 0);
    await Promise.all([a, b, c, d].map((one) => one.stop()));
    await close();
  });

  it('keeps a vanished member in the store for as long as it may live, and no longer', async () => {
    const now = systemClock.wallNow();
    const at = (offsetMs: number, id: string, over: readonly string[] = []) =>
      redis.run(beatScript, fleetKeys, [
        ...[id, '0', '700', String(keptMs), String(now + offsetMs)],
        ...[String(over.length), ...over],
      ]);
    const ids = async (reply: ReturnType<typeof at>): Promise<readonly unknown[]> =>
      (await reply).slice(2).filter((_, index) => index % 3 === 0);
    await at(0, 'x');
    await at(100, 'y');
    expect(await ids(at(61_000, 'x'))).toEqual(expect.arrayContaining(['x', 'y']));
    // It has come back in time.
    await at(61_100, 'y');
    expect(await ids(at(61_200, 'x', ['y']))).toHaveLength(2);
    expect(await ids(at(62_000, 'x', ['y']))).toEqual(['x']);
    await redis.run(leaveScript, fleetKeys, ['x']);
    expect(await server.command('EXISTS', ...fleetKeys.map((key) => redis.key(key)))).toBe(0);
  });
});
