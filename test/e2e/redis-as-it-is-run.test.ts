import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisSettings } from '../../src/config/redis-settings';
import { systemClock } from '../../src/shared/clock';
import { createRedis } from '../../src/store/redis';
import { ofUserCard } from '../support/by-key';
import { hashSlot, keysOf } from '../support/hash-slot';
import { namedKey } from '../support/key-ring';
import { freePort } from '../support/free-port';
import {
  describeWithRedis,
  startRedis,
  startRedisCluster,
  startSentinel,
  type RedisServer,
} from '../support/redis-server';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const query = `query ($brandId: ID!, $cardId: ID!, $openid: ID!, $code: ID!, $maxAge: Int) {
  userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $code } }, maxAgeSeconds: $maxAge) { level }
}`;
const update = `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level } userErrors { message } } }`;
const confirming = '1001622624';

/** The states of "Redis as it is run" in the operators' README, each with the real redis-server. */
describeWithRedis('Redis as it is run', () => {
  let sandbox: Sandbox;
  const apps: TestApp[] = [];
  const servers: RedisServer[] = [];
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 60 });
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  afterAll(() => sandbox.close());

  const server = async (...args: readonly string[]): Promise<RedisServer> => {
    const started = await startRedis(args);
    servers.push(started);
    return started;
  };
  const start = async (redis: RedisSettings): Promise<TestApp> => {
    const app = await testApp({
      upstream: sandbox,
      change: (config) => ({
        ...config,
        redis,
        encryptionKeys: [namedKey('k1')],
        metrics: { host: '127.0.0.1', port: 0 },
        notifications: {
          ...config.notifications,
          confirm: [{ brandId: confirming, level: '金卡', allocateCodes: true }],
        },
      }),
    });
    apps.push(app);
    return app;
  };
  const findings = async ({ operatorsUrl }: TestApp): Promise<string> =>
    (await fetch(`${operatorsUrl}/readyz`)).text();
  const card = () => {
    const { brandId, cardId, openid, userCardCode: code } = sandbox.example;
    return { brandId, cardId, openid, code };
  };
  const level = async (app: TestApp): Promise<unknown> => {
    const { data, errors } = await app.ask<{ userCard: { level: string } }>(query, card());
    expect(errors).toEqual([]);
    return data?.userCard.level;
  };
  let opened = 0;

  /** Reads, writes, and a notification that leads to a confirmation: everything for which the server uses Redis. */
  const useAll = async (app: TestApp): Promise<void> => {
    expect(await level(app)).toEqual(expect.any(String));
    const { code: userCardCode, ...ids } = card();
    opened += 1;
    const written = opened % 2 === 0 ? '金卡' : '银卡';
    const answer = await app.ask(update, { input: ofUserCard({ ...ids, userCardCode, level: written }) });
    expect(answer.errors).toEqual([]);
    expect(await level(app)).toBe(written);
    sandbox.deliveries.deliverTo(app.notifyUrl);
    const openid = `oRedis-${String(opened)}`;
    await sandbox.users.open({ brandId: confirming, cardId: `p${confirming}Seed-Template-0`, openid })
      .delivered;
    await until(() =>
      sandbox
        .state()
        .userCardsOf(confirming, openid)
        .some(({ user_card_state }) => user_card_state === 'EFFECTIVE'),
    );
  };

  it('needs the rights that the operators’ README lists, and no others', async () => {
    const redis = await server();
    const [rights = '', chinese] = ['README.md', 'README.zh-CN.md'].map((file) => {
      const readme = readFileSync(join(__dirname, '../../deploy', file), 'utf8');
      return /^ *ACL SETUSER cards on >PASSWORD (.*)$/m.exec(readme)?.[1];
    });
    expect(chinese).toBe(rights);
    const all = rights.replaceAll('wxm:', 'staging:').split(' ');
    await redis.command('ACL', 'SETUSER', 'cards', 'on', '>secret', ...all);
    const own = { url: redis.url.replace('redis://', 'redis://cards:secret@'), prefix: 'staging' };
    await useAll(await start(own));
    expect(await redis.command('ACL', 'LOG')).toEqual([]);
    const keys = (await redis.command('KEYS', '*')) as string[];
    expect(keys.filter((key) => !key.startsWith('staging:'))).toEqual([]);
    const kinds = new Set(keys.map((key) => key.split(':')[1]));
    for (const kind of ['entry', 'epoch', 'events', 'fleet', 'floor', 'notified', 'openings', 'slots2'])
      expect(kinds).toContain(kind);
    // Each of them is needed: without it, the start is refused.
    for (const right of all.filter((one) => /^\+(?!auth|hello|ping|subscribe)/.test(one))) {
      await redis.command('ACL', 'SETUSER', 'cards', `-${right.slice(1)}`);
      const name = right.slice(1).split('|')[0]?.toUpperCase() ?? '';
      await expect(
        createRedis({ ...own, clock: systemClock, onChange: () => undefined }),
      ).rejects.toMatchObject({ reason: 'NOPERM', commands: expect.arrayContaining([name]) as unknown });
      await redis.command('ACL', 'SETUSER', 'cards', right);
    }
  });

  it('has the keys of each command, and all keys of a bucket, in one slot of a cluster', async () => {
    const redis = await server();
    const { commands, stop } = await redis.monitor();
    await useAll(await start({ url: redis.url }));
    stop();
    const keys = commands.map(keysOf);
    expect(keys.filter((own) => own.length > 1).length).toBeGreaterThan(1);
    expect(keys.filter((own) => new Set(own.map(hashSlot)).size > 1)).toEqual([]);
    const ofBuckets = keys.flat().filter((key) => /^wxm:(slots2|trips):/.test(key));
    expect(new Set(ofBuckets.map((key) => key.split(':')[1]))).toEqual(new Set(['slots2', 'trips']));
    for (const key of ofBuckets)
      expect(hashSlot(key)).toBe(hashSlot(key.replace(/^wxm:trips:/, 'wxm:slots2:')));
  });

  it('may be a cluster: its nodes share what a single server holds', async () => {
    servers.push(...(await startRedisCluster()));
    const [first, second] = servers as [RedisServer, RedisServer];
    const one = await start({ url: first.url });
    const other = await start({ url: second.url });
    await useAll(one);
    await useAll(other);
    for (const key of ['wxm:slots2:{brand/1004/GET_USER_CARD}', 'wxm:fleet', 'a{}b', 'x{1}{2}'])
      expect(await first.command('CLUSTER', 'KEYSLOT', key)).toBe(hashSlot(key));
    await until(async () => (await level(one)) === (await level(other)));
    const kept = await Promise.all(servers.map((node) => node.command('DBSIZE')));
    expect(kept.filter((size) => Number(size) > 0).length).toBeGreaterThan(1);
    // A single node's failure is the store's.
    await second.kill();
    await until(async () => (await findings(one)).includes('store.unavailable'));
    expect(await level(one)).toEqual(expect.any(String));
    await second.start();
    await until(async () => !(await findings(one)).includes('store.unavailable'));
  });

  it('may be watched by Sentinels: the primary is followed when another one takes its place', async () => {
    const first = await server();
    const { hostname, port } = new URL(first.url);
    const second = await server('--replicaof', hostname, port);
    const sentinel = await startSentinel(first);
    servers.push(sentinel);
    /** A Sentinel closes the connections of servers whose role it changes. */
    const told = async (one: RedisServer, ...command: readonly string[]): Promise<string> =>
      String(await one.command(...command).catch(() => 'cut'));
    const primaryIs = async ({ url }: RedisServer): Promise<boolean> =>
      (await told(sentinel, 'SENTINEL', 'get-master-addr-by-name', 'cards')) ===
      new URL(url).host.replace(':', ',');
    await until(async () =>
      (await told(sentinel, 'SENTINEL', 'replicas', 'cards')).includes(new URL(second.url).port),
    );
    // One of them is away; the others know.
    const away = `redis://127.0.0.1:${String(await freePort())}`;
    const app = await start({ url: 'redis://cards/0', sentinels: [away, sentinel.url] });
    await useAll(app);
    // The former primary stays and becomes a replica: it refuses writes, and is left.
    await until(async () => (await told(sentinel, 'SENTINEL', 'failover', 'cards')) === 'OK');
    await until(() => primaryIs(second));
    await until(async () => (await told(first, 'ROLE')).startsWith('slave'));
    await until(async () => {
      await level(app);
      return (await told(second, 'CLIENT', 'LIST')).includes('cmd=evalsha');
    });
    await useAll(app);
    // The primary dies.
    await second.kill();
    await until(async () => (await findings(app)).includes('store.unavailable'));
    expect(await level(app)).toEqual(expect.any(String));
    await until(() => primaryIs(first));
    await until(async () => !(await findings(app)).includes('store.unavailable'));
    await useAll(app);
    // A name that nobody knows is a refusal at the start.
    const unknown = { url: 'redis://other', sentinels: [sentinel.url] };
    await expect(start(unknown)).rejects.toThrow(/no Sentinel knows its host/);
  }, 180_000);

  it('may be away at the start: the process says so, serves, and joins when it is there', async () => {
    const redis = await server();
    await redis.kill();
    const app = await start({ url: redis.url });
    expect(await level(app)).toEqual(expect.any(String));
    expect(await findings(app)).toMatch(/store\.unavailable.*nothing listens at the address of the store/);
    await redis.start();
    await until(async () => !(await findings(app)).includes('store.unavailable'));
    await useAll(app);
    expect((await redis.command('KEYS', 'wxm:entry:*')) as string[]).not.toEqual([]);
  });

  it('may be full before the process starts: it says so, and serves', async () => {
    const redis = await server('--maxmemory', '1');
    const app = await start({ url: redis.url });
    expect(await level(app)).toEqual(expect.any(String));
    expect(await findings(app)).toMatch(/store\.unavailable.*the store is full \(OOM\)/);
    await until(async () => (await findings(app)).includes('store.memory'));
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await until(async () => !(await findings(app)).includes('"store.'));
  });
});
