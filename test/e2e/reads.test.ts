import { firstExample } from '../../src/sandbox/seed';
import { testApp, type TestApp } from '../support/test-app';

const card = `userCard(by: { key: { brandId: "1004", cardId: "${firstExample.cardId}", openid: "${firstExample.openid}", userCardCode: "${firstExample.userCardCode}" } })`;

describe('reads over real sockets', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
  });
  afterEach(() => app.close());

  it('returns a member card from one signed, verified call', async () => {
    const { data, errors } = await app.ask<{ userCard: Record<string, unknown> }>(
      `{ ${card} { userCardCode level phoneNumber phoneNumberMasked stale
          userInformation { commonFieldList { name value } customFieldList { name userChosenValues } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data?.userCard).toMatchObject({
      userCardCode: firstExample.userCardCode,
      level: '普通会员',
      phoneNumber: expect.stringMatching(/^13\d{9}$/) as string,
      phoneNumberMasked: expect.stringMatching(/^13\d\*{4}\d{4}$/) as string,
      stale: false,
      userInformation: { customFieldList: [{ name: '喜欢的运动' }] },
    });
    expect(app.arrived()).toBe(1);
    expect(app.sandbox.ledger.entries()[0]).toMatchObject({
      interface: 'GET_USER_CARD',
      status: 200,
      route: 'partner',
    });
  });

  it('reads a card once per operation, on whatever paths it is selected', async () => {
    const { errors, extensions } = await app.ask(`
      { a: ${card} { ...f } b: ${card} { ...f cardTemplate { cardTitle } } c: ${card} { brand { name } cardTemplate { cardId } } }
      fragment f on UserCard { userCardCode level }`);
    expect(errors).toEqual([]);
    expect(app.arrived('GET_USER_CARD')).toBe(1);
    expect(app.arrived('GET_CARD_TEMPLATE')).toBe(1);
    expect(extensions.throttle).toContainEqual(
      expect.objectContaining({
        brandId: '1004',
        interface: 'GET_USER_CARD',
        actualCalls: 1,
        limitPerSecond: 10,
      }),
    );
  });

  it('reads each of many cards once, and their shared template once', async () => {
    const keys = [0, 3, 6, 9].map((index) => ({
      brandId: '1001622624',
      cardId: 'p1001622624Seed-Template-0',
      openid: `o1001622624-member-${String(index).padStart(5, '0')}`,
      userCardCode: `471${100_000_000 + index * 7919}`,
    }));
    const { data, errors } = await app.ask<{ userCards: { userCardCode: string }[] }>(
      `query ($keys: [UserCardRef!]!) { userCards(by: $keys) { userCardCode cardTemplate { cardTitle brand { name } } } }`,
      { keys: [...keys, keys[0]].map((key) => ({ key })) },
    );
    expect(errors).toEqual([]);
    expect(data?.userCards.map(({ userCardCode }) => userCardCode)).toEqual(
      [...keys, keys[0]].map((key) => key?.userCardCode),
    );
    expect(app.arrived('GET_USER_CARD')).toBe(4);
    expect(app.arrived('GET_CARD_TEMPLATE')).toBe(1);
  });

  it('serves the same query again without an upstream call', async () => {
    await app.ask(`{ ${card} { level } }`);
    const { extensions } = await app.ask(`{ ${card} { level fetchedAt } }`);
    expect(app.arrived()).toBe(1);
    expect(extensions.cache).toEqual({ hits: 1, stale: 0, misses: 0 });
    expect(extensions.throttle[0]).toMatchObject({ plannedCalls: 1, cachedCalls: 1, actualCalls: 0 });
  });

  it('calls the upstream if maxAgeSeconds is 0', async () => {
    await app.ask(`{ ${card} { level } }`);
    await app.ask(`{ ${card.replace(')', ', maxAgeSeconds: 0)')} { level } }`);
    expect(app.arrived()).toBe(2);
  });

  it('shares one call between simultaneous operations', async () => {
    await Promise.all(Array.from({ length: 20 }, () => app.ask(`{ ${card} { level } }`)));
    expect(app.arrived()).toBe(1);
  });

  it('returns the other cards if one fails, with an error at its path', async () => {
    const broken = {
      brandId: '1004',
      cardId: firstExample.cardId,
      openid: 'invalid-openid',
      userCardCode: '1',
    };
    const { data, errors } = await app.ask<{ userCards: (object | null)[] }>(
      `query ($keys: [UserCardRef!]!) { userCards(by: $keys) { userCardCode } }`,
      { keys: [{ key: firstExample }, { key: broken }] },
    );
    expect(data?.userCards).toEqual([{ userCardCode: firstExample.userCardCode }, null]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: ['userCards', 1],
      extensions: {
        code: 'INVALID',
        field: ['openid'],
        wechatCode: 'INVALID_REQUEST',
        requestId: expect.any(String) as string,
      },
    });
  });

  it('retries within the deadline after a timeout and three failures', async () => {
    app.sandbox.faults.set([{ kind: 'blackHole', times: 1 }]);
    const answer = app.ask(`{ ${card} { level } }`);
    while (app.arrived('GET_USER_CARD') < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    app.sandbox.faults.set([{ kind: 'systemError', times: 3 }]);
    expect((await answer).errors).toEqual([]);
    expect(app.arrived('GET_USER_CARD')).toBe(5);
  });

  it('returns null if WeChat Pay says that there is no such card, and caches it', async () => {
    const missing = card.replace(firstExample.userCardCode, 'no-such-card');
    const first = await app.ask(`{ ${missing} { level } }`);
    expect(first).toMatchObject({ data: { userCard: null }, errors: [] });
    await app.ask(`{ ${missing} { level } }`);
    expect(app.arrived()).toBe(1);
  });

  it('returns null for a brand that is not configured, without an upstream call', async () => {
    const { data, errors } = await app.ask(
      `{ brand(brandId: "9") { name } ${card.replace('1004', '9')} { level } }`,
    );
    expect(data).toEqual({ brand: null, userCard: null });
    expect(errors).toEqual([]);
    expect(app.arrived()).toBe(0);
  });

  it.each(['..', '.', '', 'a b', '会员', 'x'.repeat(33)])(
    'refuses the card code %j before it becomes part of a path',
    async (code) => {
      const { data, errors } = await app.ask(
        `query ($code: ID!) { userCard(by: { key: { brandId: "1004", cardId: "c", openid: "o", userCardCode: $code } }) { level } }`,
        { code },
      );
      expect(data).toEqual({ userCard: null });
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(app.arrived()).toBe(0);
    },
  );

  it('pages through templates with cursors, sharing upstream pages', async () => {
    const page = (after: string | null) =>
      app.ask<{
        brand: {
          cardTemplates: {
            nodes: { cardId: string }[];
            pageInfo: Record<string, unknown>;
            totalCount: number;
          };
        };
      }>(
        `query ($after: String) { brand(brandId: "1002") { cardTemplates(first: 2, after: $after) {
            totalCount nodes { cardId } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`,
        { after },
      );
    const first = (await page(null)).data?.brand.cardTemplates;
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = (await page(String(first?.pageInfo.endCursor))).data?.brand.cardTemplates;
    expect(second).toMatchObject({
      nodes: [{ cardId: 'p1002Seed-Template-2' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    expect(app.arrived('LIST_CARD_TEMPLATES')).toBe(1);
  });

  it('fills single cards and templates from lists', async () => {
    await app.ask(
      `{ brand(brandId: "1004") { userCards(openid: "${firstExample.openid}") { nodes { level } } cardTemplates { nodes { cardId } } } }`,
    );
    await app.ask(`{ ${card} { level cardTemplate { cardTitle } } }`);
    expect(app.arrived('GET_USER_CARD')).toBe(0);
    expect(app.arrived('GET_CARD_TEMPLATE')).toBe(0);
  });

  it('refetches every kind of object by its opaque id', async () => {
    const { data } = await app.ask<{
      userCard: { id: string; brand: { id: string }; cardTemplate: { id: string } };
    }>(`{ ${card} { id brand { id } cardTemplate { id } } }`);
    const ids = [data?.userCard.id, data?.userCard.cardTemplate.id, data?.userCard.brand.id, 'nonsense'];
    expect(JSON.stringify(ids)).not.toContain(firstExample.openid);
    const { data: again } = await app.ask(`query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`, {
      ids,
    });
    expect(again).toEqual({
      nodes: [
        { __typename: 'UserCard', id: ids[0] },
        { __typename: 'CardTemplate', id: ids[1] },
        { __typename: 'Brand', id: ids[2] },
        null,
      ],
    });
  });
});
