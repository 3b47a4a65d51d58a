import { createClient } from '@redis/client';
import { systemClock } from '../../src/shared/clock';
import { createRedis, type Redis } from '../../src/store/redis';
import { storeFailure } from '../../src/store/store-failure';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';

describeWithRedis('why the store is away', () => {
  let server: RedisServer;
  let redis: Redis | undefined;
  /** Another connection, for what happens to the store. */
  let operator: ReturnType<typeof createClient>;
  let reasons: (string | undefined)[];
  beforeEach(async () => {
    server = await startRedis();
    operator = createClient({ url: server.url });
    operator.on('error', () => undefined);
    await operator.connect();
    reasons = [];
  });
  afterEach(async () => {
    redis?.close();
    operator.destroy();
    await server.close();
  });
  const connect = async (url = server.url): Promise<Redis> => {
    redis = await createRedis({
      url,
      clock: systemClock,
      onChange: (up, reason) => reasons.push(up ? 'up' : reason),
    });
    return redis;
  };
  const set = (own: Redis): Promise<unknown> =>
    own.run("return redis.call('SET', KEYS[1], ARGV[1])", ['k'], ['v']);
  const until = async (reached: () => boolean, action: () => Promise<unknown>): Promise<void> => {
    for (let turn = 0; turn < 200 && !reached(); turn += 1) {
      await action().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it.each([
    ['OOM', ['CONFIG', 'SET', 'maxmemory', '1']],
    ['READONLY', ['REPLICAOF', '127.0.0.1', '1']],
  ])('is %s, as the store says', async (reason, command) => {
    const own = await connect();
    await operator.sendCommand(command);
    await expect(set(own)).rejects.toThrow();
    expect(reasons).toEqual([reason]);
  });

  it('is NOPERM if the user lacks a right', async () => {
    await operator.sendCommand(['ACL', 'SETUSER', 'canary-user', 'on', '>secret', '~*', '+@all', '-set']);
    const url = new URL(server.url);
    Object.assign(url, { username: 'canary-user', password: 'secret' });
    const own = await connect(url.href);
    await expect(own.ask((client) => client.set('k', 'v'))).rejects.toThrow(/^NOPERM/);
    expect(reasons).toEqual(['NOPERM']);
  });

  it('is NOAUTH once a store that was away asks for a password', async () => {
    const own = await connect();
    await operator.sendCommand(['CONFIG', 'SET', 'requirepass', 'secret']);
    await operator.sendCommand(['CLIENT', 'KILL', 'SKIPME', 'yes', 'TYPE', 'normal']);
    await until(
      () => reasons.includes('NOAUTH'),
      () => set(own),
    );
    expect(reasons.at(-1)).toBe('NOAUTH');
    expect(reasons.length).toBeLessThanOrEqual(2);
  });

  it('is a timeout of a frozen store, and a closed connection of one that has ended', async () => {
    const own = await connect();
    server.freeze();
    await expect(set(own)).rejects.toThrow();
    expect(reasons).toEqual(['timeout']);
    server.thaw();
    await until(
      () => reasons.includes('up'),
      () => set(own),
    );
    reasons.length = 0;
    await server.kill();
    await until(
      () => reasons.length > 0,
      () => set(own),
    );
    expect(reasons).toEqual([expect.stringMatching(/^(closed|ECONNRESET)$/)]);
  });
});

describe('a failure of the store', () => {
  it.each([
    [
      Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' }),
      'ECONNREFUSED',
    ],
    [new Error('CANARY the user till-7 did something'), 'other'],
    [Object.assign(new Error('x'), { code: 'till-7' }), 'other'],
    ['CANARY', 'other'],
  ])('never repeats a message', (error, reason) => {
    expect(storeFailure(error)).toBe(reason);
  });
});
