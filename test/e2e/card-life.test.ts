import { firstExample } from '../../src/sandbox/seed';
import { testApp, type TestApp } from '../support/test-app';
import { inputOf, ofUserCard } from '../support/by-key';

interface Payload {
  readonly card: Record<string, unknown> | null;
  readonly userErrors: readonly { readonly field: string[] | null; readonly code: string }[];
}

const faults = 'userErrors { field code message wechatCode requestId }';
const ofCard = (name: string, type: string): string =>
  `mutation ($input: ${type}Input!) { payload: ${name}(input: $input) {
    card: userCard { userCardCode openid level phoneNumber userCardState invalidReason invalidTime } ${faults} } }`;
const ofTemplate = (name: string, type: string): string =>
  `mutation ($input: ${type}Input!) { payload: ${name}(input: $input) {
    card: cardTemplate { cardId cardTitle benefits state } ${faults} } }`;
const importByOpenid = ofCard('importUserCardByOpenid', 'ImportUserCardByOpenid');
const confirm = ofCard('confirmUserCard', 'ConfirmUserCard');
const invalidate = ofCard('invalidateUserCard', 'InvalidateUserCard');
const updateTemplate = ofTemplate('updateCardTemplate', 'UpdateCardTemplate');
const invalidateTemplate = ofTemplate('invalidateCardTemplate', 'InvalidateCardTemplate');
const readCard = `query ($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!) {
  userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode } }) { level userCardState } }`;

/** The demo's first brand uses the partner route, the second the brand route. */
const routes = [
  ['partner', '1004', firstExample.cardId],
  ['brand', '1001622624', 'p1001622624Seed-Template-0'],
] as const;

/** The 29th member waits for a confirmation. */
const waitingIn = (brandId: string) => ({
  cardId: `p${brandId}Seed-Template-1`,
  openid: `o${brandId}-member-00028`,
  userCardCode: 'M-28',
});
const newcomerTo = (cardId: string) => ({ cardId, openid: 'o-newcomer', userCardCode: 'N-1' });

const payloadOf = async (app: TestApp, mutation: string, input: object): Promise<Payload> => {
  const { data, errors } = await app.ask<{ payload: Payload }>(mutation, { input: inputOf(mutation, input) });
  expect(errors).toEqual([]);
  if (data === null) throw new Error('no data');
  return data.payload;
};
/** `path.of.field CODE` of a mutation that was refused. */
const refusalOf = async (app: TestApp, mutation: string, input: object): Promise<string> => {
  const { card, userErrors } = await payloadOf(app, mutation, input);
  expect(card).toBeNull();
  return userErrors.map(({ field, code }) => `${(field ?? []).slice(1).join('.')} ${code}`).join();
};

describe.each(routes)('on the %s route', (route, brandId, cardId) => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
  });
  afterEach(() => app.close());

  const perform = (mutation: string, input: object): Promise<Payload> =>
    payloadOf(app, mutation, { brandId, ...input });
  const refused = (mutation: string, input: object): Promise<string> =>
    refusalOf(app, mutation, { brandId, ...input });
  const went = (): readonly string[] =>
    app.sandbox.ledger.entries().map((entry) => `${entry.route} ${entry.interface} ${entry.status}`);
  const waiting = waitingIn(brandId);
  const newcomer = newcomerTo(cardId);

  it('imports a user by openid, and then reads the current card and list', async () => {
    const list = `query ($brandId: ID!, $openid: ID!) { brand(brandId: $brandId) { userCards(openid: $openid) { totalCount } } }`;
    const count = async () => (await app.ask(list, { brandId, openid: newcomer.openid })).data;
    expect(await count()).toEqual({ brand: { userCards: { totalCount: 0 } } });
    const { card, userErrors } = await perform(importByOpenid, { ...newcomer, phoneNumber: '13812345678' });
    expect(userErrors).toEqual([]);
    expect(card).toMatchObject({
      ...{ userCardState: 'EFFECTIVE', phoneNumber: '13812345678' },
      openid: newcomer.openid,
    });
    const { data } = await app.ask(readCard, { brandId, ...newcomer });
    expect(data).toEqual({ userCard: { level: '普通会员', userCardState: 'EFFECTIVE' } });
    expect(await count()).toEqual({ brand: { userCards: { totalCount: 1 } } });
    expect(went()).toEqual([
      `${route} LIST_USER_CARDS 200`,
      `${route} IMPORT_USER_CARD_BY_OPENID 200`,
      `${route} LIST_USER_CARDS 200`,
    ]);
  });

  it.each([
    ['SUCCESS', 'EFFECTIVE'],
    ['ALREADY_EXISTS', 'EFFECTIVE'],
    ['FAIL', 'INVALID'],
  ])("confirms an opening with %s, with the merchant's code", async (userCardConfirmState, state) => {
    const input = { ...waiting, userCardConfirmState, level: '黄金会员' };
    const { card, userErrors } = await perform(confirm, input);
    expect(userErrors).toEqual([]);
    expect(card).toMatchObject({ userCardCode: 'M-28', userCardState: state, level: '黄金会员' });
    expect((await app.ask(readCard, { brandId, ...waiting })).data).toEqual({
      userCard: { level: '黄金会员', userCardState: state },
    });
    expect(went()).toEqual([`${route} CONFIRM_USER_CARD 200`]);
    // As after a process that died before the response: the existing object is not a refusal.
    expect(await perform(confirm, input)).toMatchObject({ card: { userCardState: state }, userErrors: [] });
    expect(await refused(confirm, { ...input, level: '铂金会员' })).toBe(
      'userCard.key.userCardCode CARD_NOT_WAITING',
    );
  });

  it('invalidates a card, once', async () => {
    await perform(importByOpenid, newcomer);
    const { card, userErrors } = await perform(invalidate, { ...newcomer, invalidReason: '会员要求' });
    expect(userErrors).toEqual([]);
    expect(card).toMatchObject({ userCardState: 'INVALID', invalidReason: '会员要求' });
    expect((await app.ask(readCard, { brandId, ...newcomer })).data).toMatchObject({
      userCard: { userCardState: 'INVALID' },
    });
    expect(await refused(invalidate, newcomer)).toBe('userCard.key.userCardCode CARD_ENDED');
  });

  it('changes a template, and invalidates it and its list in the cache', async () => {
    const read = `query ($brandId: ID!, $cardId: ID!) { cardTemplate(by: { key: { brandId: $brandId, cardId: $cardId } }) { benefits cardTitle state } }`;
    const list = `query ($brandId: ID!) { brand(brandId: $brandId) { cardTemplates(state: EFFECTIVE) { totalCount } } }`;
    const before = await app.ask<{ cardTemplate: { cardTitle: string } }>(read, { brandId, cardId });
    expect((await app.ask(list, { brandId })).data).toEqual({ brand: { cardTemplates: { totalCount: 3 } } });
    const { card } = await perform(updateTemplate, { cardId, benefits: '生日双倍积分' });
    expect(card).toMatchObject({ benefits: '生日双倍积分', cardTitle: before.data?.cardTemplate.cardTitle });
    expect((await app.ask(read, { brandId, cardId })).data).toMatchObject({
      cardTemplate: { benefits: '生日双倍积分' },
    });
    const { card: ended } = await perform(invalidateTemplate, { cardId });
    expect(ended).toMatchObject({ state: 'INVALID', benefits: '生日双倍积分' });
    expect((await app.ask(list, { brandId })).data).toEqual({ brand: { cardTemplates: { totalCount: 2 } } });
    expect(app.arrived('GET_CARD_TEMPLATE')).toBe(1);
    expect(new Set(went().map((line) => line.split(' ')[0]))).toEqual(new Set([route]));
  });

  describe('refusals that depend on the state', () => {
    it('a user who has the card, a code in use, an expired template', async () => {
      await perform(importByOpenid, newcomer);
      expect(await refused(importByOpenid, { ...newcomer, userCardCode: 'N-2' })).toBe(
        ' CARD_ALREADY_EFFECTIVE',
      );
      expect(await refused(importByOpenid, { ...newcomer, openid: 'o-other' })).toBe(
        'userCardCode CARD_ALREADY_EXISTS',
      );
      const input = { ...waiting, userCardConfirmState: 'SUCCESS' };
      // A code is unique within a template, so the new user's code is free in another one.
      const [other] = app.sandbox.state().userCardsOf(brandId, `o${brandId}-member-00001`);
      expect(await refused(confirm, { ...input, userCardCode: other?.user_card_code })).toBe(
        'userCard.key.userCardCode CARD_ALREADY_EXISTS',
      );
      expect(await refused(invalidate, { ...newcomer, openid: 'o-other' })).toBe(
        'userCard.key.openid INVALID',
      );
      await perform(invalidateTemplate, { cardId });
      expect(await refused(importByOpenid, { ...newcomer, openid: 'o-third', userCardCode: 'N-3' })).toBe(
        'cardTemplate.key.cardId TEMPLATE_NOT_USABLE',
      );
    });
  });

  describe('a lost response', () => {
    const lose = (name: string): void => {
      app.sandbox.faults.set([{ kind: 'reset', when: 'after', interface: name, times: 1 }]);
    };
    it.each<[string, string, object, object]>([
      ['IMPORT_USER_CARD_BY_OPENID', importByOpenid, newcomer, { userCardState: 'EFFECTIVE' }],
      [
        'CONFIRM_USER_CARD',
        confirm,
        { ...waiting, userCardConfirmState: 'SUCCESS' },
        { userCardState: 'EFFECTIVE' },
      ],
      [
        'CONFIRM_USER_CARD',
        confirm,
        { ...waiting, userCardConfirmState: 'FAIL' },
        { userCardState: 'INVALID' },
      ],
      ['INVALIDATE_CARD_TEMPLATE', invalidateTemplate, { cardId }, { state: 'INVALID' }],
    ])('of %s is looked up rather than written twice', async (name, mutation, input, expected) => {
      lose(name);
      const { card, userErrors } = await perform(mutation, input);
      expect(userErrors).toEqual([]);
      expect(card).toMatchObject(expected);
    });

    it('of INVALIDATE_USER_CARD is looked up rather than reported as refused', async () => {
      await perform(importByOpenid, newcomer);
      lose('INVALIDATE_USER_CARD');
      expect(await perform(invalidate, newcomer)).toMatchObject({
        card: { userCardState: 'INVALID' },
        userErrors: [],
      });
    });

    it('of UPDATE_CARD_TEMPLATE is looked up, and invalidates what was cached before', async () => {
      const read = `query ($brandId: ID!, $cardId: ID!) { cardTemplate(by: { key: { brandId: $brandId, cardId: $cardId } }) { benefits } }`;
      await app.ask(read, { brandId, cardId });
      app.sandbox.faults.set([{ kind: 'reset', when: 'after', interface: 'UPDATE_CARD_TEMPLATE' }]);
      const { card } = await perform(updateTemplate, { cardId, benefits: '新权益' });
      expect(card).toMatchObject({ benefits: '新权益' });
      expect((await app.ask(read, { brandId, cardId })).data).toEqual({
        cardTemplate: { benefits: '新权益' },
      });
    });

    it('stays unknown if the look-up finds nothing', async () => {
      app.sandbox.faults.set([{ kind: 'reset', when: 'before', interface: 'IMPORT_USER_CARD_BY_OPENID' }]);
      const { errors } = await app.ask(importByOpenid, {
        input: inputOf(importByOpenid, { brandId, ...newcomer }),
      });
      expect(errors[0]?.extensions.code).toBe('OUTCOME_UNKNOWN');
      app.sandbox.faults.set([
        { kind: 'reset', when: 'after', interface: 'IMPORT_USER_CARD_BY_OPENID' },
        { kind: 'reset', when: 'before', interface: 'GET_USER_CARD' },
      ]);
      const second = await app.ask(importByOpenid, {
        input: inputOf(importByOpenid, { brandId, ...newcomer }),
      });
      expect(second.errors[0]?.extensions.code).toBe('OUTCOME_UNKNOWN');
    });
  });
});

describe.each(routes)('the documented refusals on the %s route', (_, brandId, cardId) => {
  let app: TestApp;
  // None of them changes anything, so they may share one application.
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());
  const waiting = waitingIn(brandId);
  const newcomer = newcomerTo(cardId);

  it.each<[string, string, object, string]>([
    [
      'a template that is not there',
      importByOpenid,
      { ...newcomer, cardId: 'p-none' },
      'cardTemplate.key.cardId TEMPLATE_NOT_USABLE',
    ],
    [
      'an openid of another appid',
      importByOpenid,
      { ...newcomer, openid: 'foreign-1' },
      'openid OPENID_NOT_OF_BRAND',
    ],
    ['an openid that is not one', importByOpenid, { ...newcomer, openid: 'invalid-1' }, 'openid INVALID'],
    [
      'a user who deleted the card',
      importByOpenid,
      { ...newcomer, openid: 'deleted-1' },
      ' CARD_DELETED_BY_USER',
    ],
    [
      'a user whose card waits',
      importByOpenid,
      { ...newcomer, cardId: waiting.cardId, openid: waiting.openid },
      ' CARD_WAITS_FOR_CONFIRMATION',
    ],
    ['content that is not compliant', importByOpenid, { ...newcomer, level: '违规' }, ' CONTENT_REJECTED'],
    [
      'a range without the time of pickup',
      importByOpenid,
      {
        ...newcomer,
        cardId: `p${brandId}Seed-Template-2`,
        validDateInformation: {
          fixTimeRange: {
            availableBeginTime: '2026-01-01T00:00:00+08:00',
            availableEndTime: '2099-01-01T00:00:00+08:00',
          },
        },
      },
      'pickupTime REQUIRED',
    ],
    [
      'a validity of another type than the template’s',
      importByOpenid,
      {
        ...newcomer,
        pickupTime: '2026-01-01T00:00:00+08:00',
        validDateInformation: { fixTerm: { availableDayAfterReceive: 10_000 } },
      },
      'validDateInformation INVALID',
    ],
    [
      'no opening of the user',
      confirm,
      { ...newcomer, userCardConfirmState: 'SUCCESS' },
      'userCard.key.userCardCode CARD_NOT_WAITING',
    ],
    [
      'a template that is not there',
      confirm,
      { ...waiting, cardId: 'p-none', userCardConfirmState: 'SUCCESS' },
      'userCard.key.cardId NOT_FOUND',
    ],
    ['a card that is not there', invalidate, newcomer, 'userCard.key.userCardCode NOT_FOUND'],
    [
      'a template that is not there',
      updateTemplate,
      { cardId: 'p-none', benefits: 'x' },
      'cardTemplate.key.cardId NOT_FOUND',
    ],
    [
      'a template that is not there',
      invalidateTemplate,
      { cardId: 'p-none' },
      'cardTemplate.key.cardId NOT_FOUND',
    ],
    [
      'a code jump of a template whose code does not jump',
      updateTemplate,
      { cardId, codeJumpInformation: { jumpAppid: 'wx1', jumpPath: '/a' } },
      'codeJumpInformation NOT_ALLOWED',
    ],
    [
      'balance on a card without',
      updateTemplate,
      { cardId, balanceInformation: { jumpAppid: 'wx1', jumpPath: '/a' } },
      'balanceInformation NOT_ALLOWED',
    ],
    [
      'a price on a card without',
      updateTemplate,
      { cardId, purchaseInformation: { price: 1, jumpAppid: 'wx1', jumpPath: '/a' } },
      'purchaseInformation NOT_ALLOWED',
    ],
    [
      'a mini program of somebody else',
      updateTemplate,
      { cardId, memberInformation: { jumpAppid: 'wxunbound1', jumpPath: '/a' } },
      'memberInformation.jumpAppid BRAND_APPID_NOT_BOUND',
    ],
    [
      'half a jump',
      updateTemplate,
      { cardId, pointsInformation: { jumpAppid: 'wx1' } },
      'pointsInformation REQUIRED',
    ],
    [
      'another type of validity',
      updateTemplate,
      { cardId, validDateInformation: { fixTerm: { availableDayAfterReceive: 3 } } },
      'validDateInformation INVALID',
    ],
    ['content that is not compliant', updateTemplate, { cardId, benefits: '违规' }, ' CONTENT_REJECTED'],
  ])('%s', async (_name, mutation, input, expected) => {
    expect(await refusalOf(app, mutation, { brandId, ...input })).toBe(expected);
  });
});

describe('a template whose codes WeChat Pay allocates', () => {
  it("refuses a merchant's code in a confirmation", async () => {
    const app = await testApp();
    const { cardId, openid } = firstExample;
    const template = app.sandbox.state().template('1004', cardId);
    const card = app.sandbox.state().userCard('1004', firstExample.userCardCode);
    if (template === undefined || card === undefined) throw new Error('no example');
    app.sandbox.state().putTemplate({ ...template, code_mode: 'SYSTEM_ALLOCATE' });
    app.sandbox.state().putUserCard({ ...card, user_card_state: 'UNACTIVATED' });
    const input = { brandId: '1004', cardId, openid, userCardConfirmState: 'SUCCESS' };
    const own = await app.ask(confirm, { input: ofUserCard({ ...input, userCardCode: 'M-1' }) });
    expect(own.data).toMatchObject({
      payload: {
        userErrors: [
          { code: 'CARD_CODE_ALLOCATED_BY_WECHAT', field: ['input', 'userCard', 'key', 'userCardCode'] },
        ],
      },
    });
    const theirs = await app.ask(confirm, {
      input: ofUserCard({ ...input, userCardCode: firstExample.userCardCode }),
    });
    expect(theirs.data).toMatchObject({ payload: { card: { userCardState: 'EFFECTIVE' }, userErrors: [] } });
    await app.close();
  });
});
