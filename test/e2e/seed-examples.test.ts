import { testApp, type TestApp } from '../support/test-app';
import { inputOf } from '../support/by-key';

/**
 * The validity of all three request examples is PERMANENT with times and days, which the error tables forbid. A client cannot write
 * those members.
 */
const validDateInformation = { permanent: 'PERMANENT' };
const jump = { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/points/points' };
const key = { brandId: '1004', cardId: 'pbLatjvWOibDc5-TBnbUk1pD12o0', userCardCode: '478515832665' };
const cardPictureUrl =
  'https://wxpaylogo.qpic.cn/wxpaylogo/PiajxSqBRaEIPAeia7Imvtsn7sYGNcEj33YzVvJF88ECQ19LXId8ZL2Q/0';
const card = {
  ...key,
  cardColor: '#FFFF00',
  cardPictureUrl,
  phoneNumber: '13812345678',
  level: '钻石会员',
  validDateInformation,
  userInformation: {
    commonFieldList: [{ name: 'BIRTHDAY', value: '1990-05-20' }],
    customFieldList: [{ name: '喜欢的运动', userChosenValues: ['篮球'] }],
  },
};

/** The request examples of the founding documents, by the names of the schema. */
const examples = {
  createCardTemplate: {
    outRequestNo: '100002322019090134234sfdf',
    brandId: '1004',
    appid: 'wxea9c30890f48d5ae',
    cardType: 'NORMAL',
    cardTitle: '测试卡',
    cardColor: '#FFFF00',
    cardPictureUrl: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
    codeMode: 'SYSTEM_ALLOCATE',
    codeType: 'BAR_CODE',
    codeJumpInformation: jump,
    benefits: '会员折扣、专属价',
    notifyUrl: 'https://www.weixin.qq.com/wxpay/notify.php',
    needPinned: true,
    needDisplayLevel: true,
    initLevel: '白银会员',
    servicePhone: '010-8877xxxx',
    legalAgreement: '商家需在 48 小时内发货,若商品存在质量问题,用户可在 7 天内申请退货。',
    validDateInformation,
    memberInformation: jump,
    pointsInformation: jump,
    balanceInformation: jump,
    purchaseInformation: { price: 100, ...jump },
    userInformation: {
      commonFieldList: ['SEX'],
      customFieldList: [{ type: 'CHECK_BOX', name: '喜欢的运动', values: ['足球', '篮球'] }],
    },
  },
  importUserCardByPhone: {
    ...card,
    userCardCode: '478515832666',
    phoneNumber: '13812345699',
    pickupTime: '2020-05-20T13:29:35.120+08:00',
  },
  updateUserCard: { ...card, openid: 'obLatjnx9gnqzS4myYGmLZ7LgLBA', attach: '自定义数据说明' },
} as const;

describe("the founding documents' request examples, through the whole server", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ sandbox: { documents: '2025' } });
  });
  afterAll(() => app.close());

  it.each(Object.entries(examples))('%s takes its example', async (name, input) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const field = name === 'createCardTemplate' ? 'cardTemplate' : 'userCard';
    const { data, errors } = await app.ask(
      `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code field } ${field} { cardId validDateInformation { __typename type } } } }`,
      { input: inputOf(name, input) },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      [name]: {
        userErrors: [],
        [field]: { validDateInformation: { __typename: 'PermanentValidity', type: 'PERMANENT' } },
      },
    });
  });

  it('a time may be as long as its page allows', async () => {
    const { data } = await app.ask(
      `mutation ($template: CreateCardTemplateInput!, $card: ImportUserCardByPhoneInput!) {
        createCardTemplate(input: $template) {
          userErrors { code field }
          cardTemplate { stale validDateInformation { ... on FixTimeRangeValidity { begin end } } }
        }
        importUserCardByPhone(input: $card) { userErrors { code field } }
      }`,
      {
        template: {
          ...examples.createCardTemplate,
          outRequestNo: 'long-times',
          brandId: '1002',
          appid: 'wx3b8d70e5a1c94f62',
          validDateInformation: {
            fixTimeRange: {
              availableBeginTime: `2026-01-01T00:00:00.${'1'.repeat(20)}+08:00`,
              availableEndTime: `2036-01-01T00:00:00.${'1'.repeat(20)}+08:00`,
            },
          },
        },
        // Only this page says string(32).
        card: inputOf('importUserCardByPhone', {
          ...examples.importUserCardByPhone,
          pickupTime: `2020-05-20T13:29:35.${'1'.repeat(20)}+08:00`,
        }),
      },
    );
    expect(data).toEqual({
      createCardTemplate: {
        userErrors: [],
        cardTemplate: {
          stale: false,
          validDateInformation: {
            begin: `2026-01-01T00:00:00.${'1'.repeat(9)}+08:00`,
            end: `2036-01-01T00:00:00.${'1'.repeat(9)}+08:00`,
          },
        },
      },
      importUserCardByPhone: { userErrors: [{ code: 'TOO_LONG', field: ['input', 'pickupTime'] }] },
    });
  });
});
