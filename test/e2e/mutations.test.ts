import { firstExample } from '../../src/sandbox/seed';
import { testApp, type TestApp } from '../support/test-app';
import { inputOf, ofTemplate, ofUserCard } from '../support/by-key';

interface UserError {
  readonly field: string[] | null;
  readonly code: string;
  readonly message: string;
  readonly wechatCode: string | null;
  readonly requestId: string | null;
}
interface Payload {
  readonly card: Record<string, unknown> | null;
  readonly userErrors: UserError[];
}

const faults = 'userErrors { field code message wechatCode requestId }';
const create = `mutation ($input: CreateCardTemplateInput!) { payload: createCardTemplate(input: $input) {
  card: cardTemplate { cardId outRequestNo cardTitle state brand { name } } ${faults} } }`;
const importByPhone = `mutation ($input: ImportUserCardByPhoneInput!) { payload: importUserCardByPhone(input: $input) {
  card: userCard { id openid userCardCode level phoneNumber userCardState userInformation { commonFieldList { name value } } } ${faults} } }`;
const update = `mutation ($input: UpdateUserCardInput!) { payload: updateUserCard(input: $input) {
  card: userCard { userCardCode level attach phoneNumber } ${faults} } }`;

const template = {
  brandId: '1004',
  outRequestNo: '100002322019090134234sfdf',
  appid: 'wxea9c30890f48d5ae',
  cardType: 'NORMAL',
  cardTitle: '测试卡',
  cardColor: '#FFFF00',
  cardPictureUrl: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
  codeMode: 'SYSTEM_ALLOCATE',
  codeType: 'BAR_CODE',
  benefits: '会员折扣、专属价',
  notifyUrl: 'https://www.weixin.qq.com/wxpay/notify.php',
  needDisplayLevel: true,
  initLevel: '白银会员',
  validDateInformation: { permanent: 'PERMANENT' },
  memberInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/points/points' },
};
const member = {
  brandId: '1004',
  cardId: firstExample.cardId,
  phoneNumber: '13912345678',
  userCardCode: '478515832999',
  level: '钻石会员',
  userInformation: { commonFieldList: [{ name: 'BIRTHDAY', value: '1990-05-20' }] },
};
const change = { ...firstExample, level: '钻石会员', attach: '自定义数据说明' };

describe('mutations over real sockets', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
  });
  afterEach(() => app.close());

  const perform = async (mutation: string, input: object, headers = {}): Promise<Payload> => {
    const { data, errors } = await app.ask<{ payload: Payload }>(
      mutation,
      { input: inputOf(mutation, input) },
      headers,
    );
    expect(errors).toEqual([]);
    if (data === null) throw new Error('no data');
    return data.payload;
  };

  it('creates a template with a generated request number, and shows it in the next list', async () => {
    const { outRequestNo: _, ...unnumbered } = template;
    await app.ask('{ brand(brandId: "1004") { cardTemplates { totalCount } } }');
    const { card, userErrors } = await perform(create, unnumbered);
    expect(userErrors).toEqual([]);
    expect(card).toMatchObject({ cardTitle: '测试卡', state: 'EFFECTIVE', brand: { name: '山岚咖啡' } });
    expect(card?.outRequestNo).toMatch(/^1004-[0-9a-f]{24}$/);
    const { data } = await app.ask('{ brand(brandId: "1004") { cardTemplates { totalCount } } }');
    expect(data).toEqual({ brand: { cardTemplates: { totalCount: 4 } } });
  });

  it('imports a member by phone, and then reads the card without an upstream call', async () => {
    const { card, userErrors } = await perform(importByPhone, member);
    expect(userErrors).toEqual([]);
    expect(card).toMatchObject({
      userCardCode: member.userCardCode,
      phoneNumber: member.phoneNumber,
      userCardState: 'EFFECTIVE',
      userInformation: member.userInformation,
    });
    await app.ask('query ($id: ID!) { node(id: $id) { id } }', { id: card?.id });
    expect(app.arrived('GET_USER_CARD')).toBe(0);
  });

  it.each([
    ['the brand route', 1, 'brand'],
    ['the partner route', 0, 'partner'],
  ] as const)(
    'updates a card on %s and serves the next read from the response',
    async (_, brandIndex, route) => {
      const brandId = app.sandbox.provision.brands[brandIndex]?.brandId ?? '';
      const key =
        brandIndex === 0
          ? firstExample
          : {
              brandId,
              cardId: `p${brandId}Seed-Template-0`,
              openid: `o${brandId}-member-00000`,
              userCardCode: '471100000000',
            };
      const { card, userErrors } = await perform(update, { ...change, ...key, phoneNumber: '13800001111' });
      expect(userErrors).toEqual([]);
      expect(card).toMatchObject({ level: '钻石会员', attach: '自定义数据说明', phoneNumber: '13800001111' });
      expect(app.sandbox.ledger.entries()).toEqual([
        expect.objectContaining({ interface: 'UPDATE_USER_CARD', route, status: 200 }),
      ]);
      const { brandId: b, cardId, openid, userCardCode } = key;
      const { data } = await app.ask(
        `query ($b: ID!, $c: ID!, $o: ID!, $u: ID!) { userCard(by: { key: { brandId: $b, cardId: $c, openid: $o, userCardCode: $u } }) { level } }`,
        { b, c: cardId, o: openid, u: userCardCode },
      );
      expect(data).toEqual({ userCard: { level: '钻石会员' } });
      expect(app.arrived()).toBe(1);
    },
  );

  it('returns every broken rule at once, with paths and without values, and sends nothing', async () => {
    const { card, userErrors } = await perform(create, {
      ...template,
      cardTitle: '一个远远超过十个字的会员卡名称',
      cardColor: 'yellow-secret',
      codeType: 'JUMP_MINI_PROGRAM',
      initLevel: null,
      validDateInformation: {
        fixTimeRange: {
          availableBeginTime: '2015-02-30T00:00:00+08:00',
          availableEndTime: '2015-03-30T00:00:00+08:00',
        },
      },
    });
    expect(card).toBeNull();
    expect(userErrors.map(({ field, code }) => `${(field ?? []).join('.')} ${code}`).sort()).toEqual([
      'input.cardColor INVALID',
      'input.cardTitle TOO_LONG',
      'input.codeJumpInformation REQUIRED',
      'input.initLevel REQUIRED',
      'input.validDateInformation.fixTimeRange.availableBeginTime INVALID',
    ]);
    expect(JSON.stringify(userErrors)).not.toMatch(/yellow-secret|2015-02-30|远远超过/);
    expect(app.arrived()).toBe(0);
  });

  it('returns Chinese messages if the caller prefers them', async () => {
    const { userErrors } = await perform(
      create,
      { ...template, cardColor: 'x' },
      { 'accept-language': 'zh-CN,en;q=0.5' },
    );
    expect(userErrors[0]?.message).toMatch(/颜色/);
  });

  it('returns the existing template for the same request number with the same content, and refuses other content', async () => {
    const first = await perform(create, template);
    app.sandbox.ledger.clear();
    const again = await perform(create, template);
    expect(again.userErrors).toEqual([]);
    expect(again.card?.cardId).toBe(first.card?.cardId);
    const refusals = app.sandbox.ledger.entries({ interface: 'CREATE_CARD_TEMPLATE' });
    expect(refusals.map(({ status }) => status)).toEqual([400]);
    const other = await perform(create, { ...template, benefits: '会员日双倍积分' });
    expect(other).toMatchObject({
      card: null,
      userErrors: [{ code: 'DUPLICATE_REQUEST_NO', field: ['input', 'outRequestNo'] }],
    });
    expect(other.userErrors[0]?.message).toMatch(/was used before/);
    const { data } = await app.ask('{ brand(brandId: "1004") { cardTemplates { totalCount } } }');
    expect(data).toEqual({ brand: { cardTemplates: { totalCount: 4 } } });
  });

  it('sends no update that changes nothing', async () => {
    const { card, userErrors } = await perform(update, { ...firstExample });
    expect([card, userErrors.map(({ code }) => code)]).toEqual([null, ['NO_CHANGE']]);
    const cleared = await perform(update, { ...firstExample, level: null, attach: 'a' });
    expect(cleared.userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'level'] }]);
    expect(app.arrived('UPDATE_USER_CARD')).toBe(0);
  });

  it('makes one person one member, in whatever form the phone number is written', async () => {
    const spelt = await perform(importByPhone, { ...member, phoneNumber: '+86 139-1234-5678' });
    expect([spelt.userErrors, spelt.card?.phoneNumber]).toEqual([[], '13912345678']);
    const again = await perform(importByPhone, {
      ...member,
      phoneNumber: '１３９１２３４５６７８',
      userCardCode: '478515832998',
    });
    expect(again.userErrors.map(({ code }) => code)).toEqual(['PHONE_ALREADY_IMPORTED']);
  });

  it('sends an empty text, an attach of many lines and names with rare characters to WeChat Pay', async () => {
    const attach = '{\n\t"a": 1\n}';
    const changed = await perform(update, { ...firstExample, level: '', attach });
    expect([changed.userErrors, changed.card]).toMatchObject([[], { attach }]);
    const userInformation = {
      commonFieldList: [{ name: 'NAME', value: '李𬱖' }],
    };
    const named = await perform(importByPhone, { ...member, userInformation });
    expect([named.userErrors, named.card?.userInformation]).toEqual([[], userInformation]);
    for (const cardTitle of ['VIP+会员', 'C++', '★星钻']) {
      const titled = await perform(create, { ...template, outRequestNo: undefined, cardTitle });
      expect([titled.userErrors, titled.card?.cardTitle]).toEqual([[], cardTitle]);
    }
  });

  describe('business refusals of the documents', () => {
    it.each<[string, string, object, string, string[] | null]>([
      [
        'a used request number',
        create,
        { ...template, outRequestNo: '1004-seed-0' },
        'DUPLICATE_REQUEST_NO',
        ['input', 'outRequestNo'],
      ],
      [
        'an appid that is not bound',
        create,
        { ...template, appid: 'wx0000000000000000' },
        'BRAND_APPID_NOT_BOUND',
        ['input', 'appid'],
      ],
      [
        'a card type that is not open',
        create,
        { ...template, cardType: 'BALANCE' },
        'INVALID',
        ['input', 'cardType'],
      ],
      [
        "another brand's template",
        importByPhone,
        { ...member, cardId: 'p1002Seed-Template-0' },
        'TEMPLATE_NOT_OF_BRAND',
        ['input', 'cardTemplate', 'key', 'cardId'],
      ],
      [
        'a phone without WeChat',
        importByPhone,
        { ...member, phoneNumber: '13912340000' },
        'PHONE_NOT_BOUND_TO_WECHAT',
        ['input', 'phoneNumber'],
      ],
      [
        'a code that exists',
        importByPhone,
        { ...member, userCardCode: firstExample.userCardCode },
        'CARD_ALREADY_EXISTS',
        null,
      ],
      [
        'a card that does not exist',
        update,
        { ...change, userCardCode: 'nope' },
        'NOT_FOUND',
        ['input', 'userCard', 'key', 'userCardCode'],
      ],
      [
        'an invalid openid',
        update,
        { ...change, openid: 'invalid-1' },
        'INVALID',
        ['input', 'userCard', 'key', 'openid'],
      ],
    ])(
      '%s is returned as a user error with the code and Request-ID',
      async (_, mutation, input, code, field) => {
        const { card, userErrors } = await perform(mutation, input);
        expect(card).toBeNull();
        expect(userErrors).toHaveLength(1);
        expect(userErrors[0]).toMatchObject({
          code,
          field,
          requestId: expect.stringMatching(/^[0-9A-F]+-\d+$/) as string,
        });
        expect(userErrors[0]?.wechatCode).toMatch(/^(PARAM_ERROR|INVALID_REQUEST|NOT_FOUND)$/);
        expect(userErrors[0]?.message).not.toMatch(/139|nope|invalid-1/);
      },
    );

    it('a phone that was imported before', async () => {
      await perform(importByPhone, member);
      const { userErrors } = await perform(importByPhone, { ...member, userCardCode: '478515833000' });
      expect(userErrors[0]?.code).toBe('PHONE_ALREADY_IMPORTED');
    });
  });

  it('refuses a brand that is not configured, without revealing whether it exists', async () => {
    const { userErrors } = await perform(update, { ...change, brandId: '9' });
    expect(userErrors).toEqual([
      expect.objectContaining({ code: 'NOT_FOUND', field: ['input', 'userCard', 'key', 'brandId'] }),
    ]);
    expect(app.arrived()).toBe(0);
  });

  it('keeps the payload of a mutation if a later one of the same request fails', async () => {
    app.sandbox.faults.set([{ kind: 'reset', when: 'before', interface: 'CREATE_USER_FEED' }]);
    const { data, errors } = await app.ask(
      `mutation ($card: UpdateUserCardInput!, $feed: CreateUserFeedInput!) {
        updateUserCard(input: $card) { userErrors { code } userCard { level brandId } }
        createUserFeed(input: $feed) { userErrors { code } }
      }`,
      { card: ofUserCard(change), feed: ofUserCard({ ...firstExample, cell: '15_1200_1' }) },
    );
    expect(errors).toMatchObject([{ path: ['createUserFeed'], extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    expect(data).toEqual({
      updateUserCard: { userErrors: [], userCard: { level: '钻石会员', brandId: '1004' } },
      createUserFeed: null,
    });
  });

  it('reports an unverifiable response to a write as an unknown outcome, never as "not done"', async () => {
    app.sandbox.faults.set([{ kind: 'badSignature', interface: 'UPDATE_USER_CARD' }]);
    // The phone number in the response is encrypted, so the change cannot be verified.
    const { errors } = await app.ask(update, {
      input: ofUserCard({ ...change, phoneNumber: '13812345678' }),
    });
    expect(errors[0]?.extensions.code).toBe('OUTCOME_UNKNOWN');
    app.sandbox.faults.set([]);
    const { brandId, cardId, openid, userCardCode } = firstExample;
    const { data } = await app.ask(
      `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }) { level } }`,
    );
    expect(data).toEqual({ userCard: { level: '钻石会员' } });
  });

  it('recognises an update whose response cannot be verified by its values', async () => {
    app.sandbox.faults.set([{ kind: 'badSignature', interface: 'UPDATE_USER_CARD' }]);
    const { card, userErrors } = await perform(update, change);
    expect(userErrors).toEqual([]);
    expect(card).toMatchObject({ level: change.level, attach: change.attach });
    expect(app.arrived('GET_USER_CARD')).toBe(1);
  });

  it('finds a template by its request number if its creation had no response', async () => {
    app.sandbox.faults.set([{ kind: 'reset', when: 'after', interface: 'CREATE_CARD_TEMPLATE', times: 1 }]);
    const { card, userErrors } = await perform(create, template);
    expect(userErrors).toEqual([]);
    expect(card).toMatchObject({ outRequestNo: template.outRequestNo });
    expect(
      app.sandbox.ledger
        .entries({ interface: 'CREATE_CARD_TEMPLATE' })
        .filter(({ status }) => status === 200),
    ).toHaveLength(1);
  });
});

describe('a brand without the partner', () => {
  it('is refused with the reason that import by phone exists on the partner route only', async () => {
    const app = await testApp({
      change: ({ wechatPay: { partner: _, ...wechatPay }, ...config }) => ({
        ...config,
        wechatPay: {
          ...wechatPay,
          brands: wechatPay.brands.map((brand) => ({ ...brand, route: 'brand' as const })),
        },
      }),
    });
    const { errors } = await app.ask(importByPhone, { input: ofTemplate(member) });
    expect(errors[0]).toMatchObject({ extensions: { code: 'MISCONFIGURED' } });
    expect(errors[0]?.message).toMatch(/partner route/);
    await app.close();
  });
});
