import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { seededCardKeys } from '../support/seeded-cards';
import { testApp, type TestApp } from '../support/test-app';

const query = 'query ($by: [UserCardRef!]!) { userCards(by: $by) { userCardCode } }';
interface Cards {
  readonly userCards: readonly ({ readonly userCardCode: string } | null)[];
}
/** The cards by their keys. */
const refs = (keys: ReturnType<typeof seededCardKeys>) => keys.map((key) => ({ key }));
const codes = (keys: ReturnType<typeof seededCardKeys>) => keys.map(({ userCardCode }) => ({ userCardCode }));

/** Reads that were answered. On a busy machine others are given up and repeated. */
const answered = (app: TestApp): number =>
  app.exchanges.filter((one) => one.interface === 'GET_USER_CARD' && one.outcome === 'ok').length;
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

const withDeadline = async (queryDeadlineMs: number): Promise<TestApp> => {
  const app = await testApp({
    sandbox: { membersPerBrand: 120 },
    change: (config) => ({
      ...config,
      server: { ...config.server, queryDeadlineMs },
      wechatPay: { ...config.wechatPay, limits: { GET_USER_CARD: { brand: 20, partner: 20 } } },
    }),
  });
  await fetch(`${app.sandbox.url}/sandbox/limits`, {
    method: 'PUT',
    body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((name) => [name, 1_000])) }),
  });
  return app;
};

describe('a list of 100 keys that are not cached', () => {
  it('returns what there was time for; the rest follows, and asking again has it without a further call', async () => {
    const app = await withDeadline(1_500);
    try {
      const keys = seededCardKeys(100);
      const first = await app.ask<Cards>(query, { by: refs(keys) });
      const shown = first.data?.userCards ?? [];
      const missing = shown.flatMap((card, index) => (card === null ? [index] : []));
      expect(shown.map((card, index) => card ?? codes(keys)[index])).toEqual(codes(keys));
      // 20 a second: no more than 40 in a second and a half.
      expect(missing.length).toBeGreaterThanOrEqual(60);
      expect(first.errors.map(({ path }) => path)).toEqual(missing.map((index) => ['userCards', index]));
      const without = (code: string) => first.errors.filter(({ extensions }) => extensions.code === code);
      const limited = without('UPSTREAM_RATE_LIMITED');
      expect(limited.length).toBeGreaterThanOrEqual(60);
      // On a busy machine a call that had its slot is not answered in time.
      expect(limited.length + without('UPSTREAM_UNAVAILABLE').length).toBe(missing.length);
      const waits = limited.map(({ extensions }) => Number(extensions.retryAfterMs));
      expect(Math.min(...waits)).toBeGreaterThan(0);
      expect(first.status).toBe(200);
      expect(first.headers.get('retry-after')).toBe(String(Math.ceil(Math.max(...waits) / 1_000)));
      expect(first.extensions.throttle).toMatchObject([
        { plannedCalls: 100, callsInTime: 40, retryAfterMs: Math.max(...waits) },
      ]);

      // The rest is read although nobody asks.
      const shownFirst = 100 - missing.length;
      await until(() => answered(app) > shownFirst);
      let again = await app.ask<Cards>(query, { by: refs(keys) });
      while (again.errors.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        again = await app.ask<Cards>(query, { by: refs(keys) });
      }
      expect(again.data?.userCards).toEqual(codes(keys));
      const last = await app.ask<Cards>(query, { by: refs(keys) });
      expect(last.extensions.throttle).toMatchObject([{ plannedCalls: 100, actualCalls: 0 }]);
      // A response that came late counts as none, though its card is kept.
      expect(answered(app)).toBeLessThanOrEqual(100);
    } finally {
      await app.close();
    }
  });
});

describe('a client that says how long it waits', () => {
  let app: TestApp;
  beforeAll(async () => {
    // Too short for any call.
    app = await withDeadline(1);
  });
  afterAll(() => app.close());

  const ask = (from: number, headers: Record<string, string>) =>
    app.ask<Cards>(query, { by: refs(seededCardKeys(5, from)) }, headers);

  it.each([
    ['wait=20', 'wait=20'],
    ['respond-async, Wait="3600"', 'wait=20'],
  ])(
    'with Prefer: %s gets a response within that time, and Preference-Applied: %s',
    async (prefer, applied) => {
      const { errors, headers } = await ask(prefer === 'wait=20' ? 0 : 10, { prefer });
      expect(errors).toEqual([]);
      expect(headers.get('preference-applied')).toBe(applied);
      const cached = await ask(prefer === 'wait=20' ? 0 : 10, {});
      expect([cached.errors, cached.headers.get('preference-applied')]).toEqual([[], null]);
    },
  );

  it.each(['wait=soon', 'wait', 'respond-async'])('with Prefer: %s is served as without', async (prefer) => {
    const { errors, headers } = await ask(90, { prefer, priority: 'u=7' });
    expect(errors).toHaveLength(5);
    expect(headers.get('preference-applied')).toBeNull();
  });

  it('is told over a stream as well', async () => {
    const response = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', prefer: 'wait=20' },
      body: JSON.stringify({ query, variables: { by: refs(seededCardKeys(5, 20)) } }),
    });
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    expect(await response.text()).not.toContain('errors');
  });

  /** Nothing has time at first. What is read then is read in the background. */
  const continues = async (from: number, refused: string): Promise<void> => {
    expect(refused).toContain('UPSTREAM_RATE_LIMITED');
    await until(() => app.calls.length > 0);
    for (;;) {
      const { errors } = await app.ask(query, { by: refs(seededCardKeys(5, from)) }, { priority: 'u=7' });
      if (errors.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('that asked over Server-Sent Events has the rest later, although the stream has ended', async () => {
    const response = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables: { by: refs(seededCardKeys(5, 30)) } }),
    });
    await continues(30, await response.text());
  });

  it('that asked over a WebSocket has the rest later, although its operation has ended', async () => {
    const client = createClient({
      url: app.url.replace('http', 'ws'),
      retryAttempts: 0,
      webSocketImpl: WebSocket,
    });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query, variables: { by: refs(seededCardKeys(5, 40)) } }))
      results.push(result);
    await client.dispose();
    await continues(40, JSON.stringify(results));
  });
});
