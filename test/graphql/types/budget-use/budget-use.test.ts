import { callers } from '../../../support/callers';
import { testApp, type TestApp } from '../../../support/test-app';

const known = callers({ shop: ['brand:1004:read'], admin: ['admin'] });
let app: TestApp;
beforeAll(async () => {
  app = await testApp({
    change: (config) => ({
      ...config,
      auth: known.settings,
      callers: [{ caller: 'key:shop', ceiling: { share: 0.5 } }],
    }),
  });
});
afterAll(async () => {
  await app.close();
  known.remove();
});

interface Use {
  readonly budgetUse: {
    readonly since: string;
    readonly calls: number;
    readonly refused: number;
    readonly userCount: number;
    readonly users: readonly Readonly<Record<string, unknown>>[];
  };
}

const ask = (args: string, headers: Readonly<Record<string, string>> = {}) =>
  app.ask<Use>(
    `{ budgetUse(${args}) { since calls refused userCount users { id calls refused share ceiling } } }`,
    {},
    { ...known.headers.admin, ...headers },
  );
const read = (code: string) => {
  const { cardId, openid } = app.sandbox.example;
  return app.ask(
    `{ userCard(by: { key: { brandId: "1004", cardId: "${cardId}", openid: "${openid}", userCardCode: "${code}" } }) { level } }`,
    {},
    known.headers.shop,
  );
};

describe('budgetUse', () => {
  it('shows what was sent, by brand and by caller, and itself sends nothing', async () => {
    const before = Date.now();
    const { data: none } = await ask('last: "1h", by: BRAND');
    expect(none?.budgetUse).toMatchObject({ calls: 0, refused: 0, userCount: 0, users: [] });
    expect(Math.abs(Date.parse(none?.budgetUse.since ?? '') - before)).toBeLessThan(60_000);
    const { userCardCode } = app.sandbox.example;
    await read(userCardCode);
    await read(userCardCode);
    await read('n1');
    const arrived = app.arrived();
    const { data } = await ask('last: "1h", by: BRAND');
    expect(data?.budgetUse).toMatchObject({
      calls: 2,
      users: [{ id: '1004', calls: 2, refused: 0, share: 1 }],
    });
    const { data: byCaller } = await ask('last: "15m", by: CALLER, interface: GET_USER_CARD, first: 1');
    expect(byCaller?.budgetUse).toMatchObject({ calls: 2, userCount: 1 });
    expect(byCaller?.budgetUse.users).toEqual([
      { id: 'key:shop', calls: 2, refused: 0, share: 1, ceiling: '50%' },
    ]);
    const { data: other } = await ask('last: "1h", by: BRAND, interface: LIST_USER_CARDS');
    expect(other?.budgetUse).toMatchObject({ calls: 0, users: [] });
    expect(app.arrived()).toBe(arrived);
  });

  it('is for administrators', async () => {
    const { errors, data } = await ask('last: "1h", by: BRAND', known.headers.shop);
    expect([data, errors.map(({ extensions }) => extensions.code)]).toEqual([
      { budgetUse: null },
      ['FORBIDDEN'],
    ]);
  });

  it.each([
    ['last: "90", by: BRAND', 'last must be a number of minutes or hours up to 24h, such as "15m" or "1h".'],
    ['last: "25h", by: BRAND', 'last must be a number of minutes or hours up to 24h, such as "15m" or "1h".'],
    ['last: "0m", by: CALLER', 'last 须为不超过 24h 的分钟数或小时数，如 "15m"、"1h"。'],
    ['last: "1h", by: BRAND, first: 101', 'first 须在 1 到 100 之间。'],
  ])('refuses %s with a sentence that names the argument', async (args, sentence) => {
    const language = /[一-龥]/.test(sentence) ? 'zh-CN' : 'en';
    const { errors } = await ask(args, { 'accept-language': language });
    expect(errors).toMatchObject([{ message: sentence, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
