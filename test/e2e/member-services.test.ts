import { firstExample } from '../../src/sandbox/seed';
import { testApp, type TestApp } from '../support/test-app';
import { inputOf, ofUserCard } from '../support/by-key';

interface Payload {
  readonly done: Record<string, unknown> | null;
  readonly userErrors: readonly { readonly field: string[] | null; readonly code: string }[];
}

const mutation = (name: string, result: string): string =>
  `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { payload: ${name}(input: $input) {
    done: ${result} userErrors { field code message wechatCode requestId } } }`;
const token = mutation('createPreAuthToken', 'preAuthToken { token expireTime }');
const feed = mutation('createUserFeed', 'userFeed { cardId userCardCode outRequestNo cell }');
const points = mutation('syncUserPoints', 'userPoints { openid userCardCode outRequestNo pointBalance }');
const exchange = mutation(
  'confirmPointExchangeCoupon',
  'pointExchangeCoupon { recordId state productCouponStockType couponCode rejectReason }',
);

/** The first member of the demo's first brand (partner route) and of its second brand (brand route). */
const routes = [
  ['partner', firstExample],
  [
    'brand',
    {
      brandId: '1001622624',
      cardId: 'p1001622624Seed-Template-0',
      openid: 'o1001622624-member-00000',
      userCardCode: '471100000000',
    },
  ],
] as const;
const wish = { recordId: 'exchange-1', exchangeCouponTemplateId: 'coupon-1' };

describe.each(routes)('on the %s route', (route, member) => {
  const { brandId, cardId } = member;
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
  });
  afterEach(() => app.close());

  const perform = async (operation: string, input: object): Promise<Payload> => {
    const { data, errors } = await app.ask<{ payload: Payload }>(operation, {
      input: inputOf(operation, { brandId, ...input }),
    });
    expect(errors).toEqual([]);
    if (data === null) throw new Error('no data');
    return data.payload;
  };
  const went = (): readonly string[] =>
    app.sandbox.ledger.entries().map((entry) => `${entry.route} ${entry.interface} ${entry.status}`);

  it('creates a new token for a guest each time', async () => {
    const guest = { cardId, openid: 'o-guest' };
    const first = await perform(token, guest);
    const second = await perform(token, guest);
    expect(first.userErrors).toEqual([]);
    expect(first.done).toEqual({
      token: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      expireTime: expect.stringMatching(/\+08:00$/) as string,
    });
    expect(second.done?.token).not.toBe(first.done?.token);
    expect(went()).toEqual(Array(2).fill(`${route} CREATE_PRE_AUTH_TOKEN 200`));
  });

  it('returns the object that a mutation is about, read only if it is selected and not cached', async () => {
    const card = 'userCard { userCardCode cardTemplate { cardTitle } }';
    const ask = async (name: string, selection: string, input: object): Promise<unknown> => {
      const operation = `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${selection} userErrors { code } } }`;
      const { data, errors } = await app.ask(operation, { input: inputOf(operation, { brandId, ...input }) });
      expect(errors).toEqual([]);
      return data?.[name];
    };
    const about = {
      userErrors: [],
      userCard: {
        userCardCode: member.userCardCode,
        cardTemplate: { cardTitle: expect.any(String) as string },
      },
    };
    expect(await ask('syncUserPoints', card, { ...member, pointBalance: 1 })).toEqual(about);
    expect(await ask('createUserFeed', card, { ...member, cell: '15_1200_1' })).toEqual(about);
    expect(
      await ask('confirmPointExchangeCoupon', card, { ...member, ...wish, recordId: '404', result: 'ALLOW' }),
    ).toEqual({ userErrors: [{ code: expect.any(String) as string }], userCard: null });
    expect(
      await ask('createPreAuthToken', 'cardTemplate { cardTitle }', { cardId, openid: 'o-guest' }),
    ).toEqual({ userErrors: [], cardTemplate: about.userCard.cardTemplate });
    expect(['GET_USER_CARD', 'GET_CARD_TEMPLATE'].map((name) => app.arrived(name))).toEqual([1, 1]);
  });

  it('sends a feed to a member once, with a generated request number', async () => {
    const { done, userErrors } = await perform(feed, { ...member, cell: '15_1200_1' });
    expect(userErrors).toEqual([]);
    expect(done).toMatchObject({ userCardCode: member.userCardCode, cell: '15_1200_1' });
    expect(done?.outRequestNo).toMatch(new RegExp(`^${brandId}-[0-9a-f]{24}$`));
    const { outRequestNo } = done ?? {};
    const again = await perform(feed, { ...member, cell: '15_1200_1', outRequestNo });
    expect(again).toEqual({ done, userErrors: [] });
    const other = await perform(feed, { ...member, cell: '15_大杯 拿铁', outRequestNo });
    expect(other).toMatchObject({ done: null, userErrors: [{ code: 'DUPLICATE_REQUEST_NO' }] });
    const spaced = await perform(feed, { ...member, cell: '15_大杯 拿铁' });
    expect(spaced).toMatchObject({ done: { cell: '15_大杯 拿铁' }, userErrors: [] });
    const statuses = [200, 400, 400, 200];
    expect(went()).toEqual(statuses.map((status) => `${route} CREATE_USER_FEED ${status}`));
  });

  it('sets a balance beyond 32 bits', async () => {
    const { done, userErrors } = await perform(points, { ...member, pointBalance: 5_000_000_000 });
    expect(userErrors).toEqual([]);
    expect(done).toMatchObject({ openid: member.openid, pointBalance: 5_000_000_000 });
    expect(app.sandbox.state().points.get(`${brandId}\n${member.userCardCode}`)).toBe(5_000_000_000);
    expect(went()).toEqual([`${route} SYNC_USER_POINTS 200`]);
  });

  it('sets another balance only under another request number', async () => {
    const numbered = { ...member, outRequestNo: 'points-1' };
    const first = await perform(points, { ...numbered, pointBalance: 5 });
    expect(first).toMatchObject({ done: { outRequestNo: 'points-1', pointBalance: 5 }, userErrors: [] });
    await expect(perform(points, { ...numbered, pointBalance: 5 })).resolves.toEqual(first);
    await expect(perform(points, { ...numbered, pointBalance: 6 })).resolves.toMatchObject({
      done: null,
      userErrors: [{ code: 'DUPLICATE_REQUEST_NO', field: ['input', 'outRequestNo'], wechatCode: null }],
    });
    expect(went()).toEqual(Array(2).fill(`${route} SYNC_USER_POINTS 200`));
  });

  it.each([
    [
      'a coupon where there is one',
      { ...wish, result: 'ALLOW' },
      { state: 'SUCCESS', couponCode: expect.any(String) as string },
    ],
    [
      'none where there is none left',
      { ...wish, recordId: 'exchange-2', result: 'ALLOW' },
      { state: 'FAIL', couponCode: null },
    ],
    [
      'none where the merchant says no',
      { ...wish, result: 'REJECT', rejectReason: '积分不足' },
      { state: 'FAIL', rejectReason: '积分不足' },
    ],
  ])('exchanges points: %s', async (_, input, expected) => {
    const { done, userErrors } = await perform(exchange, { ...member, ...input });
    expect(userErrors).toEqual([]);
    expect(done).toMatchObject(expected);
    expect(went()).toEqual([`${route} CONFIRM_POINT_EXCHANGE_COUPON 200`]);
  });

  it('treats the duplicate refusal of a feed whose response was lost as its success', async () => {
    app.sandbox.faults.set([{ kind: 'reset', when: 'after', interface: 'CREATE_USER_FEED', times: 1 }]);
    const { done, userErrors } = await perform(feed, { ...member, cell: '15_1200_1' });
    expect(userErrors).toEqual([]);
    expect(done).toMatchObject({ cell: '15_1200_1', userCardCode: member.userCardCode });
    expect(went()).toEqual([`${route} CREATE_USER_FEED 200`, `${route} CREATE_USER_FEED 400`]);
  });

  it("never repeats a coupon's confirmation whose response was lost", async () => {
    app.sandbox.faults.set([
      { kind: 'reset', when: 'after', interface: 'CONFIRM_POINT_EXCHANGE_COUPON', times: 1 },
    ]);
    const { errors } = await app.ask(exchange, {
      input: ofUserCard({ ...member, ...wish, result: 'ALLOW' }),
    });
    expect(errors[0]?.extensions.code).toBe('OUTCOME_UNKNOWN');
    expect(went()).toEqual([`${route} CONFIRM_POINT_EXCHANGE_COUPON 200`]);
  });

  it('never replaces a newer balance by a late retry of an older one', async () => {
    app.sandbox.faults.set([
      { kind: 'delay', delayMs: 1500, interface: 'SYNC_USER_POINTS', times: 1 },
      { kind: 'reset', when: 'before', interface: 'SYNC_USER_POINTS', times: 1 },
    ]);
    const older = app.ask(points, { input: ofUserCard({ ...member, pointBalance: 1 }) });
    while (app.sandbox.faults.list().some(({ kind }) => kind === 'delay'))
      await new Promise((resolve) => setImmediate(resolve));
    await perform(points, { ...member, pointBalance: 2 });
    expect((await older).errors[0]?.extensions.code).toBe('OUTCOME_UNKNOWN');
    expect(app.sandbox.state().points.get(`${brandId}\n${member.userCardCode}`)).toBe(2);
  });
});

describe.each(routes)('the documented refusals on the %s route', (_route, member) => {
  const { brandId, cardId } = member;
  let app: TestApp;
  // None of them changes anything, so they may share one.
  beforeAll(async () => {
    app = await testApp();
    const state = app.sandbox.state();
    const template = state.template(brandId, `p${brandId}Seed-Template-2`);
    if (template === undefined) throw new Error('no template');
    state.putTemplate({
      ...template,
      card_id: 'p-ended',
      valid_date_information: { type: 'FIX_TIME_RANGE', available_end_time: '2020-01-01T00:00:00+08:00' },
    });
    state.putTemplate({ ...template, card_id: 'p-invalid', state: 'CARD_INVALID' });
  });
  afterAll(() => app.close());

  const guest = { cardId, openid: 'o-guest' };
  const cell = '15_1200_1';
  const allowed = { ...member, ...wish, result: 'ALLOW' };

  it.each<[string, string, object, string]>([
    [
      'a feature that is closed',
      token,
      { ...guest, openid: 'closed-1' },
      'cardTemplate.key.brandId FEATURE_NOT_OPEN',
    ],
    [
      'a template that has been ended',
      token,
      { ...guest, cardId: 'p-invalid' },
      'cardTemplate.key.cardId TEMPLATE_NOT_USABLE',
    ],
    [
      'a template that has run out',
      token,
      { ...guest, cardId: 'p-ended' },
      'cardTemplate.key.cardId TEMPLATE_ENDED',
    ],
    ['an openid of another appid', token, { ...guest, openid: 'foreign-1' }, 'openid OPENID_NOT_OF_BRAND'],
    ['an openid that is not one', token, { ...guest, openid: 'invalid-1' }, 'openid INVALID'],
    ['a user who holds the card', token, { cardId, openid: member.openid }, ' CARD_ALREADY_EFFECTIVE'],
    [
      'a feed template that is not open',
      feed,
      { ...member, cell: '99_1' },
      'cell FEED_TEMPLATE_NOT_PERMITTED',
    ],
    [
      'a feed for who is no member',
      feed,
      { ...member, cell, openid: 'o-guest' },
      'userCard.key.userCardCode NOT_A_MEMBER',
    ],
    [
      'a feed on an ended template',
      feed,
      { ...member, cell, cardId: 'p-invalid' },
      'userCard.key.cardId TEMPLATE_NOT_USABLE',
    ],
    [
      'a feed for an openid that is not one',
      feed,
      { ...member, cell, openid: 'invalid-1' },
      'userCard.key.openid INVALID',
    ],
    [
      'points of who is no member',
      points,
      { ...member, pointBalance: 1, openid: 'o-guest' },
      'userCard.key.userCardCode NOT_FOUND',
    ],
    [
      'points of an openid of another appid',
      points,
      { ...member, pointBalance: 1, openid: 'foreign-1' },
      'userCard.key.openid OPENID_NOT_OF_BRAND',
    ],
    [
      'points of an openid that is not one',
      points,
      { ...member, pointBalance: 1, openid: 'invalid-1' },
      'userCard.key.openid INVALID',
    ],
    ['a wish that is not there', exchange, { ...allowed, recordId: 'exchange-9' }, 'recordId NOT_FOUND'],
    [
      'a wish of who is no member',
      exchange,
      { ...allowed, userCardCode: 'none' },
      'userCard.key.userCardCode NOT_FOUND',
    ],
    [
      'a wish of an openid that is not one',
      exchange,
      { ...allowed, openid: 'invalid-1' },
      'userCard.key.openid INVALID',
    ],
  ])('%s', async (_, operation, input, expected) => {
    const { data, errors } = await app.ask<{ payload: Payload }>(operation, {
      input: inputOf(operation, { brandId, ...input }),
    });
    expect(errors).toEqual([]);
    expect(data?.payload.done).toBeNull();
    expect(
      data?.payload.userErrors.map(({ field, code }) => `${(field ?? []).slice(1).join('.')} ${code}`),
    ).toEqual([expected]);
  });

  it('returns all broken rules at once and sends nothing', async () => {
    const before = app.arrived();
    const broken = async (operation: string, input: object) => {
      const { data } = await app.ask<{ payload: Payload }>(operation, {
        input: inputOf(operation, { brandId, ...input }),
      });
      return data?.payload.userErrors.map(({ field, code }) => `${(field ?? []).slice(1).join('.')} ${code}`);
    };
    expect(await broken(feed, { ...member, cell: 'latte', outRequestNo: 'x'.repeat(65) })).toEqual([
      'outRequestNo TOO_LONG',
      'cell INVALID',
    ]);
    expect(await broken(exchange, { ...allowed, result: 'REJECT' })).toEqual(['rejectReason REQUIRED']);
    expect(await broken(token, { cardId: 'p/1', openid: 'o 1' })).toEqual([
      'cardTemplate.key.cardId INVALID',
      'openid INVALID',
    ]);
    expect(app.arrived()).toBe(before);
  });
});
