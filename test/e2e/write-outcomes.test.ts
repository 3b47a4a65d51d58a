import { firstExample } from '../../src/sandbox/seed';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { interfaceNames, interfaces, type InterfaceName } from '../../src/wechatpay/api/interfaces';
import type { UpstreamInterface } from '../../src/wechatpay/api/upstream-interface';
import { startFaultyUpstream, type Fault, type FaultyUpstream } from '../support/faulty-upstream';
import { testApp, type Answer, type TestApp } from '../support/test-app';
import { inputOf, ofTemplate } from '../support/by-key';

const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();
const brandId = '1004';
const waiting = {
  brandId,
  cardId: 'p1004Seed-Template-1',
  openid: 'o1004-member-00028',
  userCardCode: 'M-28',
};
const newcomer = { brandId, cardId: firstExample.cardId, openid: 'o-newcomer', userCardCode: 'N-1' };
const activity = { title: '周年庆', subTitle: '入会立减', beginTime: days(1), endTime: days(8) };

/** Every mutation that leaves something behind: name, upstream interface, the payload's field, input. */
const writes: readonly (readonly [string, InterfaceName, string, object])[] = [
  [
    'createCardTemplate',
    'CREATE_CARD_TEMPLATE',
    'cardTemplate { cardId }',
    {
      ...{
        brandId,
        appid: 'wxea9c30890f48d5ae',
        cardType: 'NORMAL',
        cardTitle: '测试卡',
        codeType: 'BAR_CODE',
      },
      ...{ cardColor: '#FFFF00', cardPictureUrl: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0' },
      ...{
        codeMode: 'SYSTEM_ALLOCATE',
        benefits: '会员折扣',
        validDateInformation: { permanent: 'PERMANENT' },
      },
      notifyUrl: 'https://www.weixin.qq.com/wxpay/notify.php',
      memberInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/points/points' },
    },
  ],
  [
    'updateCardTemplate',
    'UPDATE_CARD_TEMPLATE',
    'cardTemplate { cardId }',
    { brandId, cardId: firstExample.cardId, benefits: '生日双倍积分' },
  ],
  [
    'invalidateCardTemplate',
    'INVALIDATE_CARD_TEMPLATE',
    'cardTemplate { cardId }',
    { brandId, cardId: firstExample.cardId },
  ],
  [
    'importUserCardByPhone',
    'IMPORT_USER_CARD_BY_PHONE',
    'userCard { openid }',
    { brandId, cardId: firstExample.cardId, phoneNumber: '13912345678', userCardCode: '478515832999' },
  ],
  ['importUserCardByOpenid', 'IMPORT_USER_CARD_BY_OPENID', 'userCard { openid }', newcomer],
  ['updateUserCard', 'UPDATE_USER_CARD', 'userCard { openid }', { ...firstExample, level: '钻石会员' }],
  [
    'confirmUserCard',
    'CONFIRM_USER_CARD',
    'userCard { openid }',
    { ...waiting, userCardConfirmState: 'SUCCESS' },
  ],
  ['invalidateUserCard', 'INVALIDATE_USER_CARD', 'userCard { openid }', firstExample],
  ['createUserFeed', 'CREATE_USER_FEED', 'userFeed { cell }', { ...firstExample, cell: '15_1200_1' }],
  ['syncUserPoints', 'SYNC_USER_POINTS', 'userPoints { pointBalance }', { ...firstExample, pointBalance: 7 }],
  [
    'confirmPointExchangeCoupon',
    'CONFIRM_POINT_EXCHANGE_COUPON',
    'pointExchangeCoupon { state }',
    {
      ...{ ...firstExample, recordId: 'exchange-1', exchangeCouponTemplateId: 'coupon-1' },
      result: 'ALLOW',
    },
  ],
  [
    'createMembershipActivity',
    'CREATE_MEMBERSHIP_ACTIVITY',
    'membershipActivity { activityId }',
    {
      ...{ ...activity, brandId, cardId: 'p1004Seed-Template-1', activityChannel: 'MERCHANT_APP_COMPONENT' },
      ...{ applyTotal: 500, productCouponStockList: [{ productCouponId: '1000', stockId: '2000' }] },
    },
  ],
  [
    'updateMembershipActivity',
    'UPDATE_MEMBERSHIP_ACTIVITY',
    'membershipActivity { activityId }',
    { ...activity, brandId, activityId: '10001' },
  ],
  [
    'terminateMembershipActivity',
    'TERMINATE_MEMBERSHIP_ACTIVITY',
    'membershipActivity { activityId }',
    { brandId, activityId: '10001' },
  ],
];

/** After the write has taken effect, its response is … */
const signed: Readonly<Record<string, (body: string) => Fault>> = {
  'a signed 204': () => ({ status: 204, body: '' }),
  'a signed 200 without a body': () => ({ body: '' }),
  'signed null': () => ({ body: 'null' }),
  'a signed {}': () => ({ body: '{}' }),
  'signed text that is no JSON': () => ({ body: '<html>' }),
  'signed, with values that this server does not know yet': (body) => ({
    body: body.replace(/"(\w*state|card_type)":"\w+"/g, '"$1":"OF_TOMORROW"'),
  }),
  'signed, without the keys that it makes known': (body) => ({
    body: body.replace(/"(openid|card_id|activity_id)":("[^"]*"|\d+),?/g, ''),
  }),
};
const unclear: Readonly<Record<string, (body: string) => Fault>> = {
  'not signed': (body) => ({ body, signed: false }),
  'an error page of a proxy': () => ({ status: 502, body: '<html>', signed: false }),
  'a reset': () => 'reset',
  'of another card, member, template and activity': (body) => ({
    body: body.replace(
      /"(openid|card_id|activity_id|user_card_code|out_request_no)":("[^"]*"|\d+)/g,
      '"$1":"other"',
    ),
  }),
};

/** What was written can be read by the keys in the input. */
const readBack: ReadonlySet<string> = new Set([
  'updateUserCard',
  'invalidateUserCard',
  'importUserCardByOpenid',
]);

/** The client's result. */
const toldBy = ({ data, errors }: Answer<{ payload: { userErrors: readonly unknown[] } | null }>) => {
  const codes = errors.map(({ extensions }) => extensions.code);
  if (data?.payload?.userErrors.length === 0) return 'done';
  return codes.includes('OUTCOME_UNKNOWN') ? 'unknown' : 'failed';
};

describe.each(writes)('%s', (name, upstreamName, field, input) => {
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  const put = (path: string, method: string, body?: object) =>
    fetch(`${sandbox.url}/sandbox/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 30 });
    upstream = await startFaultyUpstream(sandbox);
    const fast = { brand: 1_000, partner: 1_000 };
    app = await testApp({
      upstream: sandbox,
      change: (config) => {
        const { wechatPay, ...rest } = upstream.configure(config);
        const limits = Object.fromEntries(interfaceNames.map((one) => [one, fast]));
        return { ...rest, wechatPay: { ...wechatPay, limits } };
      },
    });
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await sandbox.close();
  });
  beforeEach(async () => {
    await put('reset', 'POST');
    await put('limits', 'PUT', { limits: Object.fromEntries(interfaceNames.map((one) => [one, 1_000])) });
  });

  const perform = async () => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
    const mutation = `mutation ($input: ${type}) { payload: ${name}(input: $input) { ${field} userErrors { code } } }`;
    const answer = await app.ask<{ payload: { userErrors: readonly unknown[] } | null }>(mutation, {
      input: inputOf(name, input),
    });
    const tookEffect = sandbox.ledger
      .entries({ interface: upstreamName })
      .some(({ status }) => status === 200);
    return { answer, operationEvent: toldBy(answer), tookEffect };
  };
  const spoil = (faultOf: (body: string) => Fault, times: number): void => {
    let left = times;
    upstream.spoil(({ method, status, body }) => {
      if (method === 'GET' || status !== 200 || left <= 0) return 'none';
      left -= 1;
      return faultOf(body);
    });
  };

  it.each(Object.entries(signed))('is reported as done if the response is %s', async (_, faultOf) => {
    spoil(faultOf, Infinity);
    const { operationEvent, tookEffect, answer } = await perform();
    expect({ operationEvent, tookEffect }).toEqual({ operationEvent: 'done', tookEffect: true });
    expect(sandbox.ledger.entries({ interface: upstreamName })).toHaveLength(1);
    // An unreadable result is an error at the payload's field, with the known keys.
    for (const { path, extensions } of answer.errors) {
      expect(path).toEqual(['payload', field.split(' ')[0]]);
      expect(extensions).toMatchObject({ code: 'DONE_UNREADABLE', known: expect.any(Object) as object });
    }
    if (readBack.has(name)) expect(answer.errors).toEqual([]);
  });

  const { lookUp }: UpstreamInterface = interfaces[upstreamName];

  describe.each([
    ['always', Infinity],
    ['once', 1],
  ])('if the response is %s', (_, times) => {
    it.each(Object.entries(unclear))('%s, is not reported as failed', async (__, faultOf) => {
      spoil(faultOf, times);
      const { operationEvent, tookEffect } = await perform();
      expect(tookEffect).toBe(true);
      // The reference says so for each interface.
      if (lookUp === undefined) expect(operationEvent).not.toBe('failed');
      else expect(operationEvent).toBe('done');
      // An import by phone reads the card back if anything has shown it before, as here another test has.
      if (times === Infinity && name !== 'importUserCardByPhone')
        expect(sandbox.ledger.entries().map((entry) => entry.interface)).toEqual(
          lookUp === undefined
            ? expect.not.arrayContaining([expect.stringMatching(/^(GET|LIST)_/)])
            : expect.arrayContaining([lookUp]),
        );
    });
  });

  it('is not reported as done if the request is lost', async () => {
    upstream.spoil(() => 'none');
    upstream.lose((method) => method !== 'GET');
    const { operationEvent, tookEffect } = await perform();
    upstream.lose(() => false);
    expect(tookEffect).toBe(false);
    expect(operationEvent).not.toBe('done');
  });
});

describe('an import by phone whose response has no openid', () => {
  it('is reported and recorded as done, with the way to get the openid', async () => {
    const sandbox = await startSandbox({ membersPerBrand: 5 });
    const upstream = await startFaultyUpstream(sandbox);
    const app = await testApp({ upstream: sandbox, change: (config) => upstream.configure(config) });
    const mutation = `mutation ($input: ImportUserCardByPhoneInput!) { payload: importUserCardByPhone(input: $input) {
      userCard { openid } userErrors { code } } }`;
    const perform = (userCardCode: string, phoneNumber: string, language = 'en') =>
      app.ask(
        mutation,
        { input: ofTemplate({ brandId, cardId: firstExample.cardId, userCardCode, phoneNumber }) },
        { 'accept-language': language },
      );
    upstream.spoil(({ body }) => ({ body: body.replace(/"openid":"[^"]*",?/, '') }));
    const without = await perform('100', '13912345678');
    expect(without.data).toEqual({ payload: { userCard: null, userErrors: [] } });
    expect(without.errors[0]).toMatchObject({
      path: ['payload', 'userCard'],
      message: expect.stringMatching(/has imported the card.*Do not import it again.*mini program/) as string,
      extensions: {
        code: 'DONE_UNREADABLE',
        known: { cardId: firstExample.cardId, userCardCode: '100' },
        errorId: expect.any(String) as string,
      },
    });
    expect((await perform('101', '13912345679', 'zh-CN')).errors[0]?.message).toMatch(
      /^微信支付已导入该会员卡，/,
    );

    // Without a state, also where the card is read back: the openid is not lost with it.
    upstream.spoil(({ body }) => ({ body: body.replace(/"user_card_state":"\w+",?/, '') }));
    const { errors } = await perform('102', '13912345670');
    const openid = sandbox.state().userCard(brandId, '102')?.openid;
    expect(errors[0]?.extensions).toMatchObject({ code: 'DONE_UNREADABLE', known: { openid } });

    expect(app.audit.map(({ operation, outcome }) => [operation, outcome])).toEqual(
      Array(3).fill(['importUserCardByPhone', 'OK']),
    );
    await app.close();
    await upstream.close();
    await sandbox.close();
  });
});
