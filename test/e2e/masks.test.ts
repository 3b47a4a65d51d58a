import { namedKey } from '../support/key-ring';
import {
  describeWithRedis,
  startRedis,
  withStoreThroughout,
  type RedisServer,
} from '../support/redis-server';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type TestApp } from '../support/test-app';

const keys = Array.from({ length: 8 }, (_, index) => ({
  brandId: '1001622624',
  cardId: 'p1001622624Seed-Template-0',
  openid: `o1001622624-member-${String(index * 3).padStart(5, '0')}`,
  userCardCode: `471${100_000_000 + index * 3 * 7919}`,
}));

const cards = async (app: TestApp, field: string) => {
  const { data, errors } = await app.ask<{ userCards: (Record<string, string | null> | null)[] }>(
    `query ($keys: [UserCardRef!]!) { userCards(by: $keys) { ${field} } }`,
    { keys: keys.map((key) => ({ key })) },
  );
  return { shown: data?.userCards.map((card) => card?.[field]), errors };
};
const decryptions = async ({ operatorsUrl }: TestApp): Promise<number> => {
  const text = await (await fetch(new URL('/metrics', operatorsUrl))).text();
  return Number(/^membercard_decryptions_total (\d+)$/m.exec(text)?.[1]);
};
const metrics = { host: '127.0.0.1', port: 0 };

describe('masked phone numbers', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        metrics,
        maxDecryptions: 8,
        maxDecryptionsPerSecond: 1,
        server: { ...config.server, queryDeadlineMs: 20_000 },
      }),
    });
  });
  afterEach(() => app.close());

  it('cost private-key work once while their cards are cached', async () => {
    const first = await cards(app, 'phoneNumberMasked');
    expect(first.errors).toEqual([]);
    expect(first.shown).toEqual(Array(8).fill(expect.stringMatching(/^1\d{2}\*{4}\d{4}$/)));
    for (let times = 0; times < 3; times += 1) expect(await cards(app, 'phoneNumberMasked')).toEqual(first);
    expect(await decryptions(app)).toBe(8);
  });

  it('have a budget of decryptions per second, above which each field returns a retry time', async () => {
    // Eight are allowed at once: as many as one operation may decrypt.
    expect((await cards(app, 'phoneNumber')).errors).toEqual([]);
    const { shown, errors } = await cards(app, 'phoneNumber');
    expect(shown?.filter((phone) => phone !== null).length).toBeLessThanOrEqual(2);
    expect(errors.length).toBeGreaterThanOrEqual(6);
    for (const { message, path, extensions } of errors)
      expect([message, path?.[2], extensions]).toEqual([
        'You decrypt too many personal values per second; try again after retryAfterMs.',
        'phoneNumber',
        { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as number },
      ]);
    expect(await decryptions(app)).toBeLessThanOrEqual(10);
  });
});

describeWithRedis('masked phone numbers in a fleet', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let fleet: TestApp[];
  beforeEach(async () => {
    redis = await startRedis();
    sandbox = await startSandbox({ membersPerBrand: 60 });
    const encryptionKeys = [namedKey('k1')];
    fleet = await Promise.all(
      [1, 2].map(() =>
        testApp({
          upstream: sandbox,
          change: (config) => ({
            ...config,
            metrics,
            encryptionKeys,
            redis: { url: redis.url },
            server: { ...config.server, queryDeadlineMs: 20_000 },
          }),
        }),
      ),
    );
  });
  afterEach(async () => {
    await Promise.all(fleet.map((app) => app.close()));
    await sandbox.close();
    await redis.close();
  });

  it('are decrypted by one process of the fleet', async () => {
    const [one, other] = fleet as [TestApp, TestApp];
    await withStoreThroughout(fleet, async () => {
      const first = await cards(one, 'phoneNumberMasked');
      expect(first.errors).toEqual([]);
      // The other process reads the masks as soon as they are stored.
      expect((await cards(other, 'level')).errors).toEqual([]);
      expect(await cards(other, 'phoneNumberMasked')).toEqual(first);
      expect(await decryptions(one)).toBe(8);
      expect(await decryptions(other)).toBe(0);
    });
  });
});
