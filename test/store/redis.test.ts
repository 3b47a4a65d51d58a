import { systemClock } from '../../src/shared/clock';
import { createRedis, type Redis } from '../../src/store/redis';
import { fakeClock } from '../support/fake-clock';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';
import { tcpPathTo, type TcpPath } from '../support/tcp-path';
import { until } from '../support/until';

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
    expect(await run()).toEqual(['wxm:a', 'b']);
    await server.command('SCRIPT', 'FLUSH');
    expect(await run()).toEqual(['wxm:a', 'b']);
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
    expect(await answer).toEqual(['wxm:a', 'b']);
    expect(changes).toEqual([]);
  });

  it('is down, and used as soon as it can be, if the server cannot be reached at the start', async () => {
    await server.kill();
    const reasons: (string | undefined)[] = [];
    const late = await createRedis({
      url: server.url,
      clock: systemClock,
      onChange: (up, reason) => reasons.push(up ? 'up' : reason),
    });
    expect([late.up(), reasons]).toEqual([false, ['ECONNREFUSED']]);
    await server.start();
    await until(late.up);
    expect(await late.run(script, ['a'], ['b'])).toEqual(['wxm:a', 'b']);
    expect(reasons).toEqual(['ECONNREFUSED', 'up']);
    late.close();
    await answers();
  });

  describe('behind a way of its own', () => {
    let path: TcpPath;
    let through: Redis;
    const seen: (string | undefined)[] = [];
    beforeEach(async () => {
      seen.length = 0;
      path = await tcpPathTo(Number(new URL(server.url).port));
      through = await createRedis({
        url: `redis://127.0.0.1:${String(path.port)}`,
        clock: systemClock,
        onChange: (up, reason) => seen.push(up ? 'up' : reason),
      });
    });
    afterEach(() => {
      through.close();
      path.close();
    });
    const set = () => through.run("return redis.call('SET', KEYS[1], '1')", ['k'], []);

    it('leaves a connection that gets no more bytes and no reset', async () => {
      const before = path.opened();
      path.silence();
      await expect(set()).rejects.toThrow(/in time/);
      await until(through.up);
      expect(path.opened()).toBe(before + 1);
      expect(await set()).toEqual(['OK']);
    });

    it('opens a new connection when its server has become a replica, and finds the new primary', async () => {
      const primary = await startRedis();
      await set();
      await server.command('REPLICAOF', '127.0.0.1', new URL(primary.url).port);
      path.leadTo(Number(new URL(primary.url).port));
      await expect(set()).rejects.toThrow(/READONLY/);
      await until(through.up);
      expect(await set()).toEqual(['OK']);
      expect(seen).toEqual(['READONLY', 'up']);
      await primary.close();
    });

    it('hears messages again after a connection that got no more bytes', async () => {
      const messages: string[] = [];
      const listener = await through.listen('news', (message) => messages.push(message));
      path.silence();
      await until(async () => {
        await server.command('PUBLISH', 'wxm:news', 'x');
        return messages.length > 0;
      });
      listener.stop();
    });
  });

  it('is not left and used again many times a second, if it refuses some commands and runs others', async () => {
    await server.command('LPUSH', 'wxm:list', 'x');
    const began = systemClock.now();
    while (systemClock.now() - began < 3_000) {
      await redis.run("return redis.call('GET', KEYS[1])", ['list'], []).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // Every 250 ms it would be 12.
    expect(changes.filter((up) => !up).length).toBeLessThanOrEqual(5);
    expect(changes.length).toBeGreaterThan(1);
  });
});
