import { execFileSync } from 'node:child_process';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { namedKey } from '../support/key-ring';
import {
  describeWithRedis,
  startRedis,
  withStoreThroughout,
  type RedisServer,
} from '../support/redis-server';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

const query = `query ($brandId: ID!, $cardId: ID!, $openid: ID!, $code: ID!, $maxAge: Int) {
  userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $code } }, maxAgeSeconds: $maxAge) {
    level stale phoneNumber
  }
}`;
const update = `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level } userErrors { message } } }`;

// Instances that share a store share its keys.
const encryptionKeys = [namedKey('k1')];

describeWithRedis('a fleet of instances', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let fleet: TestApp[];
  beforeEach(async () => {
    redis = await startRedis();
    sandbox = await startSandbox({ membersPerBrand: 60 });
    fleet = await Promise.all(
      [1, 2, 3].map(() =>
        testApp({
          upstream: sandbox,
          change: (config) => ({ ...config, encryptionKeys, redis: { url: redis.url } }),
        }),
      ),
    );
  });
  afterEach(async () => {
    await Promise.all(fleet.map((app) => app.close()));
    await sandbox.close();
    await redis.close();
  });

  const app = (index: number): TestApp => fleet[index] as TestApp;
  const card = () => {
    const { brandId, cardId, openid, userCardCode } = sandbox.example;
    return { brandId, cardId, openid, code: userCardCode };
  };
  /** The members of brand 1001622624 are spread over its three templates. These, with `index` 0, 3, 6…, have the first one. */
  const memberAt = (index: number) => ({
    brandId: '1001622624',
    cardId: 'p1001622624Seed-Template-0',
    openid: `o1001622624-member-${String(index).padStart(5, '0')}`,
    code: `471${String(100_000_000 + index * 7919)}`,
  });
  let writes = 0;
  /** A different member each time. */
  const otherLevel = (): string => ((writes += 1) % 2 === 0 ? '金卡' : '钻石卡');
  const level = (on: TestApp, headers = {}, variables = {}) =>
    on
      .ask<{ userCard: { level: string; stale: boolean } }>(query, { ...card(), ...variables }, headers)
      .then((answer) => ({
        ...answer.data?.userCard,
        errors: answer.errors,
        misses: answer.extensions.cache.misses,
      }));
  const promote = async (on: TestApp, level: string) => {
    const { code: userCardCode, ...ids } = card();
    const answer = await on.ask(update, { input: ofUserCard({ ...ids, userCardCode, level }) });
    expect(answer.errors).toEqual([]);
    return answer;
  };

  it('makes one upstream call for all its instances', async () => {
    const calls = () => sandbox.ledger.entries({ interface: 'GET_USER_CARD' }).length;
    let index = 0;
    await withStoreThroughout(fleet, async () => {
      const before = calls();
      const member = memberAt(index);
      index += 3;
      const answers = await Promise.all(
        fleet.flatMap((one) => Array.from({ length: 30 }, () => level(one, {}, member))),
      );
      expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
      expect(calls() - before).toBe(1);
    });
  });

  it('shows a caller its own write on every instance if it sends the token', async () => {
    await Promise.all(fleet.map((one) => level(one)));
    const answer = await promote(app(0), '金卡');
    const token = String((answer.extensions as Record<string, unknown>).consistency);
    expect(answer.headers.get('consistency-token')).toBe(token);
    for (const index of [0, 1, 2])
      expect((await level(app(index), { 'consistency-token': token })).level).toBe('金卡');
  });

  it('shows a write to all callers within two seconds', async () => {
    await withStoreThroughout(fleet, async () => {
      await Promise.all(fleet.map((one) => level(one)));
      const written = otherLevel();
      await promote(app(0), written);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      for (const index of [1, 2]) expect((await level(app(index))).level).toBe(written);
    });
  });

  it('serves no older response after that', async () => {
    const plain = query.replace(' phoneNumber', '');
    const ask = async (index: number) =>
      (await app(index).ask<{ userCard: { level: string } }>(plain, card())).data?.userCard.level;
    await withStoreThroughout(fleet, async () => {
      for (const index of [1, 2, 1, 2]) await ask(index);
      const { length } = app(1).calls;
      await ask(1);
      expect(app(1).calls).toHaveLength(length);
      const written = otherLevel();
      await promote(app(0), written);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      for (const index of [1, 2]) expect(await ask(index)).toBe(written);
    });
  });

  it('refuses a token that is not ours', async () => {
    const answer = await app(0).ask(query, card(), { 'consistency-token': 'W10.AAAA' });
    expect([answer.status, answer.errors[0]?.message]).toEqual([
      400,
      expect.stringMatching(/consistency-token must be the value of extensions.consistency/),
    ]);
  });

  it.each<[string, (server: RedisServer) => Promise<void> | void]>([
    ['killed', (server) => server.kill()],
    [
      'frozen',
      (server) => {
        server.freeze();
      },
    ],
  ])('continues while the store is %s, and serves nothing outdated when it is back', async (how, end) => {
    await Promise.all(fleet.map((one) => level(one)));
    const token = String(((await promote(app(0), '银卡')).extensions as Record<string, unknown>).consistency);
    await end(redis);
    for (const index of [0, 1, 2]) {
      const { errors, level: shown } = await level(app(index), { 'consistency-token': token });
      expect([errors, shown]).toEqual([[], '银卡']);
    }
    // Written while the store is unavailable.
    const later = String(((await promote(app(1), '金卡')).extensions as Record<string, unknown>).consistency);
    expect((await level(app(2), { 'consistency-token': later })).level).toBe('金卡');
    if (how === 'killed') await redis.start();
    else redis.thaw();
    // An instance notices at its next request.
    for (const one of fleet)
      while (one.storeChanges.at(-1) === false) {
        await level(one);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    // The first read informs the store; then all agree.
    await level(app(1));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (const index of [0, 1, 2]) {
      await level(app(index));
      expect((await level(app(index))).level).toBe('金卡');
    }
  });

  it('leaves nothing readable in the store', async () => {
    const { openid, code } = card();
    const answer = await app(0).ask<{ userCard: { phoneNumber: string; level: string } }>(query, card());
    await promote(app(0), '金丝雀等级');
    await level(app(1));
    const [, port = ''] = /:(\d+)$/.exec(redis.url) ?? [];
    const cli = (...args: string[]) => execFileSync('redis-cli', ['-p', port, ...args]).toString();
    const keys = cli('--scan').trim().split('\n');
    expect(keys.some((key) => key.startsWith('wxm:entry'))).toBe(true);
    const dump = keys.map((key) => `${key}\n${cli('DUMP', key)}`).join('\n');
    for (const secret of [
      openid,
      code,
      answer.data?.userCard.phoneNumber ?? 'none',
      '金丝雀',
      'member_level',
    ])
      expect(dump).not.toContain(secret);
  });
});

describeWithRedis('a fleet whose budget is divided', () => {
  it('keeps a ceiling, a reserve and a limit of one brand for all its instances together', async () => {
    const redis = await startRedis();
    const sandbox = await startSandbox({ membersPerBrand: 5 });
    const [reserving, other, capped] = ['1004', '1001622624', '1002'] as const;
    const budgets = {
      [reserving]: { route: 'partner', budget: { reserve: { share: 0.6 } } },
      [other]: { route: 'partner' },
      [capped]: {
        route: 'brand',
        budget: { ceiling: { callsPerSecond: 3 } },
        limits: { GET_CARD_TEMPLATE: 2 },
      },
    } as const;
    const fleet = await Promise.all(
      [1, 2].map(() =>
        testApp({
          upstream: sandbox,
          change: ({ wechatPay, ...config }) => ({
            ...config,
            encryptionKeys,
            redis: { url: redis.url },
            // Calls of a busy machine miss slots, and wait for others.
            server: { ...config.server, queryDeadlineMs: 60_000 },
            wechatPay: {
              ...wechatPay,
              brands: wechatPay.brands.map((brand) => ({
                ...brand,
                ...Object.entries(budgets).find(([brandId]) => brandId === brand.brandId)?.[1],
              })),
            },
          }),
        }),
      ),
    );
    let asked = 0;
    const card = (brandId: string): string =>
      `{ userCard(by: { key: { brandId: "${brandId}", cardId: "c", openid: "o${(asked += 1)}", userCardCode: "u" } }) { level } }`;
    const template = (brandId: string): string =>
      `{ cardTemplate(by: { key: { brandId: "${brandId}", cardId: "t${(asked += 1)}" } }) { cardTitle } }`;
    const half = (count: number, query: () => string) =>
      fleet.map((app) => Promise.all(Array.from({ length: count }, () => app.ask(query()))));
    await withStoreThroughout(fleet, async () => {
      const since = performance.timeOrigin + performance.now();
      const answers = await Promise.all([
        ...half(8, () => card(capped)),
        ...half(10, () => card(other)),
        ...half(5, () => template(capped)),
      ]);
      // The sandbox has none of these.
      const codes = answers.flat().map(({ errors }) => errors[0]?.extensions.code ?? 'none');
      expect(new Set(codes)).toEqual(new Set(['none']));
      const sent = sandbox.ledger.entries().filter(({ at }) => at >= since);
      expect(sent.map(({ code }) => code)).not.toContain('RATELIMIT_EXCEEDED');
      for (const [name, route, callsPerSecond, count] of [
        ['GET_USER_CARD', 'brand', 3, 16],
        // What the reserve of 60 % leaves of ten.
        ['GET_USER_CARD', 'partner', 4, 20],
        ['GET_CARD_TEMPLATE', 'brand', 2, 10],
      ] as const) {
        const times = sent.flatMap((call) =>
          call.interface === name && call.route === route ? [call.at] : [],
        );
        expect([name, route, times.length >= count]).toEqual([name, route, true]);
        const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
        // Each instance alone would take half the time.
        expect(times.length).toBeLessThanOrEqual(callsPerSecond * (seconds + 1.2));
      }
    });
    await Promise.all(fleet.map((app) => app.close()));
    await sandbox.close();
    await redis.close();
  }, 180_000);
});
