import { graphql } from 'graphql';
import { Arg, Field, Mutation, ObjectType, Query, Resolver, buildSchemaSync } from 'type-graphql';
import {
  CreateCardTemplateInput,
  UpdateCardTemplateInput,
} from '../../src/graphql/types/card-template/card-template.input';
import { userErrorCodes, type UserErrorCode } from '../../src/graphql/inputs/user-error-code';
import { userErrorTypeOf, type UserError } from '../../src/graphql/inputs/user-error.type';
import { applyOneOf } from '../../src/graphql/schema/one-of';
import { documentedRules } from '../../src/graphql/inputs/rules/effective-rules';
import { brokenRules } from '../../src/graphql/inputs/validate-input';
import type { Language } from '../../src/shared/language';
import {
  ImportUserCardByOpenidInput,
  ImportUserCardByPhoneInput,
} from '../../src/graphql/types/user-card/import-user-card.input';
import {
  ConfirmUserCardInput,
  InvalidateUserCardInput,
  UpdateUserCardInput,
} from '../../src/graphql/types/user-card/user-card.input';
import { inputOf } from './by-key';

/** The moment at which every input of these tests is checked. */
export const checkTime = Date.parse('2026-11-21T12:00:00+08:00');

let language: Language = 'en';
const check = async (input: object) => ({
  userErrors: await brokenRules(input, { language, now: checkTime, rules: documentedRules }),
});

const CheckUserError = userErrorTypeOf('Check', Object.keys(userErrorCodes) as UserErrorCode[]);

@ObjectType()
class Checked {
  @Field(() => [CheckUserError])
  readonly userErrors!: readonly UserError[];
}

/** Checks inputs without sending them. They reach the rules as a client's do, through the schema and its instances. */
@Resolver()
class Checks {
  @Query(() => Boolean)
  ready(): boolean {
    return true;
  }
  @Mutation(() => Checked)
  createCardTemplate(@Arg('input', () => CreateCardTemplateInput) input: CreateCardTemplateInput) {
    return check(input);
  }
  @Mutation(() => Checked)
  importUserCardByPhone(@Arg('input', () => ImportUserCardByPhoneInput) input: ImportUserCardByPhoneInput) {
    return check(input);
  }
  @Mutation(() => Checked)
  updateUserCard(@Arg('input', () => UpdateUserCardInput) input: UpdateUserCardInput) {
    return check(input);
  }
  @Mutation(() => Checked)
  updateCardTemplate(@Arg('input', () => UpdateCardTemplateInput) input: UpdateCardTemplateInput) {
    return check(input);
  }
  @Mutation(() => Checked)
  importUserCardByOpenid(
    @Arg('input', () => ImportUserCardByOpenidInput) input: ImportUserCardByOpenidInput,
  ) {
    return check(input);
  }
  @Mutation(() => Checked)
  confirmUserCard(@Arg('input', () => ConfirmUserCardInput) input: ConfirmUserCardInput) {
    return check(input);
  }
  @Mutation(() => Checked)
  invalidateUserCard(@Arg('input', () => InvalidateUserCardInput) input: InvalidateUserCardInput) {
    return check(input);
  }
}

export const checksSchema = applyOneOf(buildSchemaSync({ resolvers: [Checks], validate: false }));

export interface Found {
  readonly field: readonly string[];
  readonly code: string;
  readonly message: string;
}

const inputs = {
  createCardTemplate: 'CreateCardTemplateInput',
  importUserCardByPhone: 'ImportUserCardByPhoneInput',
  updateUserCard: 'UpdateUserCardInput',
  updateCardTemplate: 'UpdateCardTemplateInput',
  importUserCardByOpenid: 'ImportUserCardByOpenidInput',
  confirmUserCard: 'ConfirmUserCardInput',
  invalidateUserCard: 'InvalidateUserCardInput',
} as const;

/** The user errors of one input, in order. */
export const checkInput = async (
  mutation: keyof typeof inputs,
  input: object,
  asked: Language = 'en',
): Promise<readonly Found[]> => {
  language = asked;
  const { data, errors } = await graphql({
    schema: checksSchema,
    source: `mutation ($input: ${inputs[mutation]}!) {
      result: ${mutation}(input: $input) { userErrors { field code message } }
    }`,
    variableValues: { input: inputOf(mutation, input) },
  });
  if (errors !== undefined) throw new AggregateError(errors, errors.map(({ message }) => message).join('; '));
  const { userErrors } = data?.result as { userErrors: readonly Found[] };
  // graphql-js returns objects without a prototype.
  return userErrors.map((found) => ({ ...found }));
};

/** `path.of.field CODE`, for short tables. */
export const brief = (found: readonly Found[]): readonly string[] =>
  found.map(({ field, code }) => `${field.slice(1).join('.')} ${code}`);

export const template = {
  brandId: '1004',
  outRequestNo: '100002322019090134234sfdf',
  appid: 'wxea9c30890f48d5ae',
  cardType: 'NORMAL',
  cardTitle: '测试卡',
  cardColor: '#FFFF00',
  cardPictureUrl: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
  codeMode: 'SYSTEM_ALLOCATE',
  codeType: 'BAR_CODE',
  codeJumpInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/code/code' },
  benefits: '会员折扣、专属价',
  notifyUrl: 'https://www.weixin.qq.com/wxpay/notify.php',
  needPinned: true,
  needDisplayLevel: true,
  initLevel: '白银会员',
  servicePhone: '010-8877xxxx',
  legalAgreement: '商家需在 48 小时内发货,若商品存在质量问题,用户可在 7 天内申请退货。',
  validDateInformation: { permanent: 'PERMANENT' },
  memberInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/points/points' },
  pointsInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/points/points' },
  balanceInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/balance/balance' },
  purchaseInformation: {
    price: 100,
    jumpAppid: 'wxea9c30a90fs8d3fe',
    jumpPath: '/pages/purchase/purchase',
  },
  userInformation: {
    commonFieldList: ['SEX', 'BIRTHDAY'],
    customFieldList: [{ type: 'CHECK_BOX', name: '喜欢的运动', values: ['足球', '篮球'] }],
  },
};

export const card = {
  brandId: '1004',
  cardId: 'pbLatjvWOibDc5-TBnbUk1pD12o0',
  userCardCode: '478515832665',
  cardColor: '#FFFF00',
  cardPictureUrl:
    'https://wxpaylogo.qpic.cn/wxpaylogo/PiajxSqBRaEIPAeia7Imvtsn7sYGNcEj33YzVvJF88ECQ19LXId8ZL2Q/0',
  phoneNumber: '13812345678',
  level: '钻石会员',
  userInformation: {
    commonFieldList: [{ name: 'BIRTHDAY', value: '1990-02-28' }],
    customFieldList: [{ name: '喜欢的运动', userChosenValues: ['足球', '篮球'] }],
  },
};
export const importedCard = {
  ...card,
  validDateInformation: { fixTerm: { availableDayAfterReceive: 365 } },
  pickupTime: '2026-05-20T13:29:35.120+08:00',
};
export const updatedCard = {
  ...card,
  openid: 'obLatjnx9gnqzS4myYGmLZ7LgLBA',
  validDateInformation: { permanent: 'PERMANENT' },
  attach: '自定义数据说明',
};
