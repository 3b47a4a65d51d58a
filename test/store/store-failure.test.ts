import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { systemClock } from '../../src/shared/clock';
import { createRedis, type Redis } from '../../src/store/redis';
import { storeAdvice, storeFailure, StoreRefused } from '../../src/store/store-failure';
import { freePort } from '../support/free-port';
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
    await new Promise((resolve) => setTimeout(resolve, 600));
    // What can be read is not what can be written.
    expect([own.up(), reasons]).toEqual([false, [reason]]);
  });

  const addressOf = (username: string): string => {
    const url = new URL(server.url);
    Object.assign(url, { username, password: 'secret' });
    return url.href;
  };

  it.each([
    ['-set', ['SET']],
    ['-info', ['INFO']],
    ['-zadd -xreadgroup -publish', ['ZADD', 'XREADGROUP', 'PUBLISH']],
  ])(
    'is a refusal at the start that names the commands, if the user lacks rights: %s',
    async (rights, commands) => {
      await operator.sendCommand([
        'ACL',
        'SETUSER',
        'canary-user',
        'on',
        '>secret',
        '~*',
        '&*',
        '+@all',
        ...rights.split(' '),
      ]);
      await expect(connect(addressOf('canary-user'))).rejects.toMatchObject({ reason: 'NOPERM', commands });
    },
  );

  it.each([
    [['~other:*', '&*'], ['keys']],
    [['~*', '&other:*'], ['channels']],
  ])('is a refusal at the start, if the user has no right to the names: %j', async (rights, commands) => {
    await operator.sendCommand(['ACL', 'SETUSER', 'canary-user', 'on', '>secret', '+@all', ...rights]);
    await expect(connect(addressOf('canary-user'))).rejects.toMatchObject({ reason: 'NOPERM', commands });
  });

  it('is NOPERM until the user has the right that it lost', async () => {
    const granted = ['ACL', 'SETUSER', 'canary-user', 'on', '>secret', '~*', '&*', '+@all'];
    await operator.sendCommand(granted);
    const own = await connect(addressOf('canary-user'));
    await operator.sendCommand([...granted, '-set']);
    await expect(own.ask((store) => store.set('k', 'v'))).rejects.toThrow(/^NOPERM/);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // Other commands still run: that does not make the store available.
    expect([own.up(), reasons]).toEqual([false, ['NOPERM']]);
    await operator.sendCommand(granted);
    await until(own.up, () => Promise.resolve());
    expect(reasons).toEqual(['NOPERM', 'up']);
  });

  it.each([
    ['redis://:CANARY@', 'WRONGPASS', /refuses the user or the password/],
    ['redis://', 'NOAUTH', /asks for a password/],
  ])('is a refusal at the start, if the credentials are wrong: %s', async (before, reason, advice) => {
    await operator.sendCommand(['CONFIG', 'SET', 'requirepass', 'secret']);
    await expect(connect(server.url.replace('redis://', before))).rejects.toMatchObject(
      reason === 'WRONGPASS' ? { message: expect.stringMatching(/^WRONGPASS/) as unknown } : {},
    );
    expect(storeAdvice(reason as 'NOAUTH')).toMatch(advice);
  });

  it('is a Sentinel, which is refused by name', async () => {
    const configuration = join(server.directory, 'sentinel.conf');
    const port = await freePort();
    writeFileSync(configuration, `port ${String(port)}\nbind 127.0.0.1\n`);
    const sentinel = spawn('redis-server', [configuration, '--sentinel'], { stdio: 'ignore' });
    try {
      let error: unknown;
      await until(
        () => error instanceof StoreRefused,
        async () => {
          const one = await connect(`redis://127.0.0.1:${String(port)}`).catch((thrown: unknown) => {
            error = thrown;
          });
          one?.close();
        },
      );
      expect(error).toMatchObject({ reason: 'sentinel' });
    } finally {
      sentinel.kill('SIGKILL');
    }
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
