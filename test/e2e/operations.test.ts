import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, parse, print, type DocumentNode } from 'graphql';
import { firstExample } from '../../src/sandbox/seed';
import {
  BrandOverviewDocument,
  BrandsDocument,
  CardTemplateDocument,
  ConfirmUserCardDocument,
  CreateCardTemplateDocument,
  ImportUserCardByOpenidDocument,
  ImportUserCardByPhoneDocument,
  InvalidateCardTemplateDocument,
  InvalidateUserCardDocument,
  CreateMembershipActivityDocument,
  CreatePreAuthTokenDocument,
  CreateUserFeedDocument,
  ConfirmPointExchangeCouponDocument,
  MembershipActivityDocument,
  MembershipActivitiesDocument,
  SyncUserPointsDocument,
  TerminateMembershipActivityDocument,
  UpdateMembershipActivityDocument,
  MemberCardDocument,
  MemberCardsDocument,
  NodesDocument,
  OneNodeDocument,
  UpdateCardTemplateDocument,
  UpdateUserCardDocument,
  type CreateCardTemplateInput,
} from '../support/operations';
import { testApp, type TestApp } from '../support/test-app';

const template: CreateCardTemplateInput = {
  brandId: '1004',
  appid: 'wxea9c30890f48d5ae',
  cardType: 'NORMAL',
  cardTitle: '测试卡',
  cardColor: '#FFFF00',
  cardPictureUrl: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
  codeMode: 'SYSTEM_ALLOCATE',
  codeType: 'BAR_CODE',
  benefits: '会员折扣、专属价',
  notifyUrl: 'https://www.weixin.qq.com/wxpay/notify.php',
  validDateInformation: { type: 'FIX_TERM', availableDayAfterReceive: 30 },
  memberInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/points/points' },
};
const { brandId, cardId, openid } = firstExample;

const soon = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
/** The first that the stand-in makes. */
const activityId = '10001';
const activityText = {
  brandId,
  title: '入会礼',
  subTitle: '满 30 减 5',
  beginTime: soon(1),
  endTime: soon(30),
};

/** Each reviewed operation with variables that make it succeed. */
const operations: readonly (readonly [
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
])[] = [
  [MemberCardDocument, { ...firstExample }],
  [MemberCardsDocument, { keys: [{ ...firstExample }] }],
  [BrandsDocument, {}],
  [BrandOverviewDocument, { brandId, openid }],
  [CardTemplateDocument, { brandId, cardId }],
  [CreateCardTemplateDocument, { input: template }],
  [NodesDocument, { ids: [] }],
  [OneNodeDocument, { id: 'x' }],
  [
    ImportUserCardByPhoneDocument,
    { input: { brandId, cardId, phoneNumber: '13912345678', userCardCode: '1' } },
  ],
  [
    ImportUserCardByOpenidDocument,
    { input: { brandId, cardId, openid: 'o-imported', userCardCode: '2', level: '黄金会员' } },
  ],
  [
    ConfirmUserCardDocument,
    {
      input: {
        brandId,
        cardId: 'p1004Seed-Template-1',
        openid: 'o1004-member-00028',
        userCardCode: 'M-28',
        userCardConfirmState: 'CREATE_CARD_SUCCESS',
      },
    },
  ],
  [
    InvalidateUserCardDocument,
    {
      input: {
        brandId,
        cardId: 'p1004Seed-Template-1',
        openid: 'o1004-member-00001',
        userCardCode: '470100007919',
      },
    },
  ],
  [UpdateCardTemplateDocument, { input: { brandId, cardId, benefits: '生日双倍积分' } }],
  [InvalidateCardTemplateDocument, { input: { brandId, cardId: 'p1004Seed-Template-2' } }],
  [CreatePreAuthTokenDocument, { input: { brandId, cardId, openid: 'o-guest' } }],
  [CreateUserFeedDocument, { input: { ...firstExample, cell: '15_1200_1' } }],
  [SyncUserPointsDocument, { input: { ...firstExample, pointBalance: 1_200 } }],
  [
    ConfirmPointExchangeCouponDocument,
    {
      input: {
        ...firstExample,
        recordId: 'exchange-1',
        exchangeCouponTemplateId: 'coupon-1',
        result: 'POINT_EXCHANGE_COUPON_ALLOW',
      },
    },
  ],
  [MembershipActivitiesDocument, { brandId }],
  [MembershipActivityDocument, { brandId, activityId }],
  [
    CreateMembershipActivityDocument,
    {
      input: {
        ...activityText,
        cardId: 'p1004Seed-Template-1',
        activityChannel: 'MECHANT_APP_COMPONENT',
        applyTotal: 500,
        productCouponStockList: [{ productCouponId: '1000', stockId: '2000' }],
      },
    },
  ],
  [UpdateMembershipActivityDocument, { input: { ...activityText, activityId } }],
  [TerminateMembershipActivityDocument, { input: { brandId, activityId } }],
  [UpdateUserCardDocument, { input: { ...firstExample, level: '黄金会员' } }],
];

const nameOf = (document: DocumentNode): string =>
  document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? (one.name?.value ?? '') : [],
  )[0] ?? '';

describe('the reviewed operations', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  it('are all run here', () => {
    const directory = join(__dirname, '..', '..', 'schema', 'operations');
    const names = readdirSync(directory).flatMap((file) =>
      parse(readFileSync(join(directory, file), 'utf8')).definitions.flatMap((one) =>
        one.kind === Kind.OPERATION_DEFINITION ? (one.name?.value ?? '') : [],
      ),
    );
    expect(operations.map(([document]) => nameOf(document)).sort()).toEqual(names.sort());
  });

  it.each(operations.map(([document, variables]) => [nameOf(document), document, variables] as const))(
    '%s succeeds',
    async (_, document, variables) => {
      const { data, errors } = await app.ask(print(document), variables);
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).not.toMatch(/"userErrors":\[\{/);
    },
  );
});
