import { startSandbox, type Sandbox } from '../support/sandbox';
import { systemClock, type Clock } from '../../src/shared/clock';
import { cache } from '../../src/traffic/cache/cache';
import { createRedisWriteEpochs } from '../../src/traffic/cache/redis-write-epochs';
import type { Call, Reply } from '../../src/traffic/calls/call';
import { createMemberCards } from '../../src/wechatpay/api/member-cards';
import { createNotes } from '../../src/store/notes';
import { createCardNotes } from '../../src/wechatpay/api/card-notes';
import { createCacheKeys } from '../../src/wechatpay/api/cache-keys';
import { aReply } from '../support/calls';
import { keyRing, namedKey } from '../support/key-ring';
import {
  connectPatiently,
  describeWithRedis,
  startRedis,
  withStoreThroughout,
  type RedisServer,
} from '../support/redis-server';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

/** Two processes of a fleet during a key rotation: one takes each step before the other. */
const steps: readonly [string, readonly string[], readonly string[]][] = [
  ['the new key is added', ['old'], ['old', 'new']],
  ['the new key is first', ['old', 'new'], ['new', 'old']],
  ['the old key is removed', ['new', 'old'], ['new']],
];
const bothWays = steps.flatMap(([step, before, after]) => [
  [`${step}, by the writer only`, before, after] as const,
  [`${step}, by the reader only`, after, before] as const,
]);

describeWithRedis('a fleet whose encryption keys change', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  beforeAll(async () => {
    [redis, sandbox] = await Promise.all([startRedis(), startSandbox({ membersPerBrand: 60 })]);
  });
  afterAll(async () => {
    await sandbox.close();
    await redis.close();
  });

  const start = (keys: readonly string[]): Promise<TestApp> =>
    testApp({
      upstream: sandbox,
      change: (config) => ({
        ...config,
        encryptionKeys: keys.map((id) => namedKey(id)),
        redis: { url: redis.url },
      }),
    });
  const level = async (on: TestApp, headers = {}): Promise<unknown> => {
    const { brandId, cardId, openid, userCardCode: code } = sandbox.example;
    const { data, errors } = await on.ask<{ userCard: { level: string } }>(
      `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${code}" } }) { level } }`,
      {},
      headers,
    );
    expect(errors).toEqual([]);
    return data?.userCard.level;
  };
  const promote = async (on: TestApp, to: string): Promise<string> => {
    const { brandId, cardId, openid, userCardCode } = sandbox.example;
    const { errors, headers } = await on.ask(
      'mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { message } } }',
      { input: ofUserCard({ brandId, cardId, openid, userCardCode, level: to }) },
    );
    expect(errors).toEqual([]);
    return headers.get('consistency-token') ?? '';
  };

  it.each(bothWays)('shows the write of one process to the other: %s', async (_, readers, writers) => {
    const [reader, writer] = await Promise.all([start(readers), start(writers)]);
    try {
      await withStoreThroughout([reader, writer], async () => {
        const before = await level(reader);
        expect(await level(reader)).toBe(before);
        await promote(writer, '金卡');
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        expect(await level(reader)).toBe('金卡');
        const token = await promote(writer, '银卡');
        expect(await level(reader, { 'consistency-token': token })).toBe('银卡');
      });
    } finally {
      await Promise.all([reader.close(), writer.close()]);
    }
  });

  it.each(bothWays)('keeps the order of writes to a balance: %s', async (_, first, second) => {
    const store = await connectPatiently(redis.url);
    // A reply of the store is trusted for a second.
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const process = (keys: readonly string[]) => {
      const sent: { readonly call: Call; readonly end: (reply: Reply) => void }[] = [];
      const cacheKeys = createCacheKeys(keyRing(...keys));
      const members = createMemberCards({
        send: cache({
          clock,
          random: () => 0.5,
          writeEpochs: createRedisWriteEpochs({ redis: store, clock }),
          maxBytes: 1_000_000,
        })((call) => new Promise((end) => sent.push({ call, end }))),
        cacheKeys,
        notes: createCardNotes(createNotes(), cacheKeys),
        accountOf: () => ({ route: 'brand', id: '1004' }),
        avoid: () => undefined,
        isOurs: () => true,
        limitOf: () => 5,
        observeCard: () => undefined,
      });
      /** Its call stays under way until the test ends it. */
      return async (openid: string) => {
        const scope = {
          lane: 'mutation',
          caller: 'till',
          canAccess: () => true,
          deadline: Infinity,
        } as const;
        members
          .syncUserPoints({ brand_id: '1004', card_id: 'c', openid, user_card_code: '1' }, scope)
          .catch(() => undefined);
        while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        const [{ call, end }] = sent.splice(0) as [(typeof sent)[number]];
        return {
          mayBeRepeated: async () => call.isNewestWrite?.(),
          end: () => {
            end(aReply({}, clock.now()));
          },
        };
      };
    };
    try {
      const [one, other] = [process(first), process(second)];
      const openid = `o-${[...first, 'then', ...second].join('-')}`;
      const [early, alone] = [await one(openid), await one('another')];
      const late = await other(openid);
      aheadMs = 1_100;
      expect([await early.mayBeRepeated(), await alone.mayBeRepeated()]).toEqual([false, true]);
      for (const write of [early, alone, late]) write.end();
    } finally {
      store.close();
    }
  });
});
