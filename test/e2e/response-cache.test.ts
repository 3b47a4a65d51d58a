import { systemClock, type Clock } from '../../src/shared/clock';
import { callers, type Callers } from '../support/callers';
import { testApp, type Answer, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

const query = `query Card($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!) {
  userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode } }) { userCardCode level stale fetchedAt }
}`;

describe('a repeated operation', () => {
  let app: TestApp;
  let own: Callers<'other' | 'reader' | 'alike'>;
  let aheadMs = 0;
  /** Real time, and what a test adds to it. */
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  beforeEach(async () => {
    aheadMs = 0;
    own = callers({
      reader: ['brand:1004:read', 'brand:1004:pii', 'brand:1004:write'],
      alike: ['brand:1004:write', 'brand:1004:pii', 'brand:1004:read'],
      other: ['brand:1005:read'],
    });
    app = await testApp({ clock, change: (config) => ({ ...config, auth: own.settings }) });
  });
  afterEach(async () => {
    own.remove();
    await app.close();
  });

  type Name = 'other' | 'reader' | 'alike';
  const ask = (text = query, by: Name = 'reader', headers: Readonly<Record<string, string>> = {}) =>
    app.ask<{ userCard: Record<string, unknown> | null }>(
      text,
      { ...app.sandbox.example },
      {
        ...own.headers[by],
        ...headers,
      },
    );
  /** Whether it was served without being executed: every execution makes lookups. */
  const isRepeat = async (text = query, by: Name = 'reader', headers = {}) => {
    const before = app.calls.length;
    const answer = await ask(text, by, headers);
    return { repeat: app.calls.length === before, answer };
  };
  /** Sends the request until it is served from the response cache. */
  const warm = async (text = query): Promise<Answer<{ userCard: Record<string, unknown> | null }>> => {
    await ask(text);
    return ask(text);
  };

  it('is served from the response cache, with new extensions', async () => {
    const second = await warm();
    const { repeat, answer } = await isRepeat();
    expect(repeat).toBe(true);
    expect(answer.text).toBe(second.text);
    expect([...answer.headers.keys()]).toEqual([...second.headers.keys()]);
    expect(answer.extensions.cache).toEqual({ hits: 1, stale: 0, misses: 0 });
    expect(answer.extensions.throttle[0]).toMatchObject({ plannedCalls: 1, cachedCalls: 1, actualCalls: 0 });
    expect(app.arrived()).toBe(1);
  });

  it('is logged and counted like every other operation', async () => {
    await warm();
    await ask();
    const [, second, third] = app.operations;
    const operationEvent = {
      name: 'Card',
      type: 'query',
      rootFields: ['userCard'],
      outcome: 'ok',
      cachedCalls: 1,
    };
    expect(second).toMatchObject(operationEvent);
    expect(third).toMatchObject(operationEvent);
    expect(third?.traceId).not.toBe(second?.traceId);
    expect(Object.keys(third ?? {}).sort()).toEqual(Object.keys(second ?? {}).sort());
  });

  it('is executed for callers with other permissions', async () => {
    await warm();
    const { repeat, answer } = await isRepeat(query, 'other');
    expect([repeat, answer.data?.userCard]).toEqual([true, null]);
    expect(app.operations.at(-1)?.cachedCalls).toBe(0);
    expect((await isRepeat(query, 'alike')).repeat).toBe(true);
    expect(app.operations.at(-1)?.caller).toBe('key:alike');
    expect((await ask(query, 'alike')).data?.userCard).not.toBeNull();
  });

  it('shows a write at once', async () => {
    await warm();
    const { userCardCode, brandId, cardId, openid } = app.sandbox.example;
    await app.ask(
      'mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level } } }',
      { input: ofUserCard({ brandId, cardId, openid, userCardCode, level: '金卡' }) },
      own.headers.reader,
    );
    expect((await ask()).data?.userCard).toMatchObject({ level: '金卡' });
  });

  it('is executed each time if it writes', async () => {
    await warm(query.replace('level', 'level cardTemplate { cardTitle }'));
    const { userCardCode, brandId, cardId, openid } = app.sandbox.example;
    const text = `mutation ($input: UpdateUserCardInput!) {
      updateUserCard(input: $input) { userCard { level cardTemplate { cardTitle } } }
    }`;
    const input = ofUserCard({ brandId, cardId, openid, userCardCode, level: '金卡' });
    const answers = [1, 2, 3].map(() => app.ask(text, { input }, own.headers.reader));
    expect((await Promise.all(answers)).flatMap(({ errors }) => errors)).toEqual([]);
    expect(app.arrived('UPDATE_USER_CARD')).toBe(3);
    await app.ask(text, { input }, own.headers.reader);
    expect(app.arrived('UPDATE_USER_CARD')).toBe(4);
  });

  it('shows what another caller has just read', async () => {
    await warm();
    const { userCardCode } = app.sandbox.example;
    const aged = query.replace('} })', '} }, maxAgeSeconds: 0)');
    const { data } = await ask(aged);
    expect(data?.userCard).toMatchObject({ userCardCode });
    expect((await ask()).data?.userCard?.fetchedAt).toBe(data?.userCard?.fetchedAt);
  });

  it('is executed again if the first response called the upstream', async () => {
    await warm();
    const both = query.replace('level', 'level cardTemplate { cardTitle }');
    expect((await ask(both)).extensions.cache).toEqual({ hits: 1, stale: 0, misses: 1 });
    const { repeat, answer } = await isRepeat(both);
    expect([repeat, answer.extensions.cache.hits]).toEqual([false, 2]);
    expect((await isRepeat(both)).repeat).toBe(true);
  });

  it('is executed again once an object is no longer fresh', async () => {
    await warm();
    aheadMs = 3_600_000;
    const { repeat } = await isRepeat();
    expect(repeat).toBe(false);
  });

  it('is executed if the caller sends a consistency token', async () => {
    await warm();
    const { repeat } = await isRepeat(query, 'reader', { 'consistency-token': '' });
    expect(repeat).toBe(false);
  });

  it('is executed if the object is older than the requested age', async () => {
    const aged = query.replace('} })', '} }, maxAgeSeconds: 60)');
    await warm(aged);
    expect((await isRepeat(aged)).repeat).toBe(true);
    aheadMs = 61_000;
    const { repeat, answer } = await isRepeat(aged);
    expect([repeat, answer.extensions.cache.misses]).toEqual([false, 1]);
  });

  it.each([
    ['phoneNumber', 4],
    // Decrypted once; the mask is cached with the card.
    ['phoneNumberMasked', 1],
  ])('is executed each time if it selects %s, which is decrypted %i times', async (field, times) => {
    const text = query.replace('level', field);
    await warm(text);
    await ask(text);
    const answer = await ask(text);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(app.audit.filter(({ kind }) => kind === 'DECRYPTION')).toHaveLength(times);
    expect((await isRepeat(text)).repeat).toBe(false);
  });

  it('is executed if it shows the budget itself', async () => {
    const text = query.replace('level', 'level brand { throttle { interface available } }');
    await warm(text);
    expect((await isRepeat(text)).repeat).toBe(false);
  });

  it('is executed if the response could not be sent', async () => {
    await warm();
    const refusing = { accept: 'text/plain' };
    const answers = [await ask(query, 'reader', refusing), await ask(query, 'reader', refusing)];
    expect(answers.map(({ status }) => status)).toEqual([406, 406]);
    expect(app.reports).toEqual([]);
  });

  it('is executed if it failed in part', async () => {
    const text = query
      .replace('} }', '} }')
      .replace('level', 'level id')
      .replace(
        '}\n}',
        '}\n  bad: userCard(by: { key: { brandId: "1004", cardId: "", openid: "o", userCardCode: "1" } }) { level }\n}',
      );
    await warm(text);
    const { repeat, answer } = await isRepeat(text);
    expect(answer.errors).not.toEqual([]);
    expect(repeat).toBe(false);
  });
});
