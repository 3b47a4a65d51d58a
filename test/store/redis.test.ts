import { systemClock } from '../../src/shared/clock';
import { createRedis, type Redis } from '../../src/store/redis';
import { fakeClock } from '../support/fake-clock';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';

const script = 'return { KEYS[1], ARGV[1] }';

/** Blocks as a busy or paused process does. */
const busyFor = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
};

describeWithRedis('the connection to the store', () => {
  let server: RedisServer;
  let redis: Redis;
  let changes: boolean[];
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => {
    unhandled.push(reason);
  };
  beforeEach(async () => {
    server = await startRedis();
    changes = [];
    process.on('unhandledRejection', note);
    redis = await createRedis({ url: server.url, clock: systemClock, onChange: (up) => changes.push(up) });
  });
  afterEach(async () => {
    redis.close();
    await server.close();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  const run = () => redis.run(script, ['a'], ['b']);
  const answers = async (): Promise<void> => {
    for (let turn = 0; turn < 100; turn += 1) {
      if (await run().then(Boolean, () => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the store did not come back');
  };

  it('runs a script whether or not the server knows it', async () => {
    expect(await run()).toEqual(['a', 'b']);
    await redis.ask((client) => client.scriptFlush());
    expect(await run()).toEqual(['a', 'b']);
    expect(changes).toEqual([]);
  });

  it('fails fast while the server is down, reports it once, and reconnects by itself', async () => {
    await server.kill();
    for (let turn = 0; turn < 20; turn += 1) await expect(run()).rejects.toThrow();
    expect([redis.up(), changes]).toEqual([false, [false]]);
    await server.start();
    await answers();
    expect(changes).toEqual([false, true]);
  });

  it('gives up on a frozen server, once for all callers', async () => {
    server.freeze();
    await expect(run()).rejects.toThrow(/in time/);
    await expect(run()).rejects.toThrow(/unavailable/);
    server.thaw();
    await answers();
  });

  it('waits for at most 50 ms', async () => {
    const clock = fakeClock();
    const patient = await createRedis({ url: server.url, clock, onChange: () => undefined });
    server.freeze();
    let failure: unknown;
    patient.run(script, ['a'], ['b']).catch((error: unknown) => (failure = error));
    await clock.advance(49);
    expect(failure).toBeUndefined();
    await clock.advance(1);
    expect(failure).toMatchObject({ message: 'the store did not answer in time' });
    patient.close();
  });

  it('does not mistake a pause of this process for one of the store', async () => {
    const answer = run();
    // The command is not written yet, and its time is over when it is.
    busyFor(300);
    expect(await answer).toEqual(['a', 'b']);
    expect(changes).toEqual([]);
  });

  it('adds no listeners over many lost connections', async () => {
    const count = () =>
      redis.client
        .eventNames()
        .map((name) => `${String(name)} ${String(redis.client.listenerCount(name))}`)
        .sort();
    const before = count();
    for (let turn = 0; turn < 5; turn += 1) {
      await server.kill();
      await expect(run()).rejects.toThrow();
      await server.start();
      await answers();
    }
    expect(count()).toEqual(before);
  });

  it('rejects if the server cannot be reached at the start', async () => {
    await server.kill();
    await expect(
      createRedis({ url: server.url, clock: systemClock, onChange: () => undefined }),
    ).rejects.toThrow();
  });
});
