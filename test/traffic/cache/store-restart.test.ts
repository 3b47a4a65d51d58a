import { systemClock, type Clock } from '../../../src/shared/clock';
import { createCipher } from '../../../src/shared/cipher';
import { AppError } from '../../../src/shared/errors';
import { createRedis, type Redis } from '../../../src/store/redis';
import { cache } from '../../../src/traffic/cache/cache';
import { createRedisWriteEpochs } from '../../../src/traffic/cache/redis-write-epochs';
import { createSharedEntries } from '../../../src/traffic/cache/shared-entries';
import type { Call, Reply, Send } from '../../../src/traffic/calls/call';
import { aCall, aReply } from '../../support/calls';
import { keyRing } from '../../support/key-ring';
import { describeWithRedis, startRedis, type RedisServer } from '../../support/redis-server';

const absent = new AppError('NOT_FOUND', '', { sent: true, upstream: { status: 404, verified: true } });

/**
 * A process's cache is only as reliable as the store's record of writes. A store that restarts has lost it; an unavailable one
 * cannot report new writes.
 */
describeWithRedis('what a process of a fleet keeps', () => {
  let server: RedisServer;
  const connections: Redis[] = [];
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    await server.close();
  });

  /** The object that all processes read and write. `isThere`: whether the upstream has it. */
  const object = { version: 1, isThere: true };
  beforeEach(() => Object.assign(object, { version: 1, isThere: true }));

  /** A process with a cache of its own over the store. Its clock is real time, and what a test adds. */
  const start = async () => {
    let aheadMs = 0;
    let arrived = 0;
    const clock: Clock = {
      ...systemClock,
      now: () => systemClock.now() + aheadMs,
      wallNow: () => systemClock.wallNow() + aheadMs,
    };
    const redis = await createRedis({ url: server.url, clock, onChange: () => undefined });
    connections.push(redis);
    const upstream: Send = (call) => {
      arrived += 1;
      if (call.access === 'write') object.version += 1;
      return object.isThere
        ? Promise.resolve(aReply({ version: object.version }, clock.now()))
        : Promise.reject(absent);
    };
    const send = cache({
      clock,
      random: () => 0.5,
      maxBytes: 1_000_000,
      writeEpochs: createRedisWriteEpochs({ redis, clock }),
      shared: createSharedEntries({
        redis,
        clock,
        random: () => 0.5,
        cipher: createCipher(keyRing('a'), 'entries'),
      }),
    })(upstream);
    const read = (changes: Partial<Call> = {}): Promise<Reply> =>
      send(aCall({ cache: { kind: 'userCard', key: 'card', subject: 'user' }, ...changes }));
    const write = (): Promise<Reply> =>
      send(
        aCall({
          lane: 'mutation',
          access: 'write',
          idempotency: 'set',
          writes: { subjects: () => ['user'], parts: () => [] },
        }),
      );
    return {
      read,
      write,
      redis,
      arrived: () => arrived,
      /** Longer than the second for which a reply of the store is trusted, and the two seconds without uncertainty. */
      later: () => (aheadMs += 3_000),
    };
  };
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const restartStore = async (...processes: readonly { readonly redis: Redis }[]): Promise<void> => {
    await server.kill();
    await server.start();
    await until(() => processes.every(({ redis }) => redis.up()));
  };

  it('is served from then on only while it is read again, if the store restarts', async () => {
    const here = await start();
    await here.read();
    await restartStore(here);
    here.later();
    object.version = 2;
    expect(await here.read()).toMatchObject({ data: { version: 1 }, stale: true });
    await until(() => here.arrived() === 2);
    here.later();
    await until(async () => !(await here.read()).stale);
    expect(await here.read()).toMatchObject({ data: { version: 2 }, stale: false });
    expect(here.arrived()).toBe(2);
  });

  it('is served only while it is read again, if the store comes back without its last writes', async () => {
    const here = await start();
    const there = await start();
    await here.read();
    // What the store loads when it starts.
    await server.command('SAVE');
    await there.write();
    await restartStore(here, there);
    here.later();
    expect(await here.read()).toMatchObject({ data: { version: 1 }, stale: true });
    await until(async () => !(await here.read()).stale);
    expect(await here.read()).toMatchObject({ data: { version: 2 }, stale: false });
  });

  it('is served only while it is read again, if the store cannot be asked', async () => {
    const here = await start();
    await here.read();
    await server.kill();
    here.later();
    expect(await here.read()).toMatchObject({ data: { version: 1 }, stale: true });
    await until(() => here.arrived() === 2);
  });

  it('is read again after a restart of the store, if it was absent', async () => {
    const here = await start();
    object.isThere = false;
    await expect(here.read()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await restartStore(here);
    here.later();
    object.isThere = true;
    expect(await here.read()).toMatchObject({ data: { version: 1 } });
  });

  it('is not taken from the store, if another process has written since', async () => {
    const here = await start();
    const there = await start();
    await here.read();
    await there.write();
    const another = await start();
    expect(await another.read()).toMatchObject({ data: { version: 2 }, stale: false });
  });

  it('is served only while it is read again, if the store has evicted what it knew of writes', async () => {
    const here = await start();
    const there = await start();
    await here.read();
    await there.write();
    // As an eviction does; the object itself may still be there.
    expect(await server.command('DEL', 'wxm:epoch:{user}')).toBe(1);
    here.later();
    expect(await here.read()).toMatchObject({ data: { version: 1 }, stale: true });
    await until(async () => !(await here.read()).stale);
    expect(await here.read()).toMatchObject({ data: { version: 2 }, stale: false });
  });
});
