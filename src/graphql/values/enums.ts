import { registerEnumType } from 'type-graphql';
import type * as memberRecords from '../../wechatpay/records/member-records';
import { unknownValue, type OrUnknown } from '../../wechatpay/records/open-enum';
import type * as records from '../../wechatpay/records/records';
import * as words from './enum-words';
import type { Words } from './enum-words';

/**
 * GraphQL's enums. A client sees the names of enum-words.ts; resolvers and inputs have WeChat Pay's own values, which graphql-js
 * converts. A closed enum is for inputs: a caller can send only documented values. An open enum is for results, because WeChat Pay
 * may add values at any time.
 */
export type EnumMembers<Value extends string> = Readonly<Record<string, Value>>;

const membersOf = <Value extends string>(rows: Words<Value>): EnumMembers<Value> =>
  Object.fromEntries(
    Object.entries<Words<Value>[Value]>(rows).map(([wire, [name]]) => [name, wire as Value]),
  );

const descriptionsOf = <Value extends string>(
  rows: Words<Value>,
): Readonly<Record<string, { readonly description: string }>> =>
  Object.fromEntries(
    Object.entries<Words<Value>[Value]>(rows).map(([wire, [name, en, zh]]) => [
      name,
      { description: `${en} ${zh}。${wire === name ? '' : ` WeChat Pay's ${wire}.`}` },
    ]),
  );

const closedEnum = <Value extends string>(
  name: string,
  rows: Words<Value>,
  description: string,
): EnumMembers<Value> => {
  const members = membersOf(rows);
  registerEnumType(members, { name, description, valuesConfig: descriptionsOf(rows) });
  return members;
};

const openEnum = <Value extends string>(
  name: string,
  rows: Words<Value>,
  description: string,
): EnumMembers<OrUnknown<Value>> => {
  const members: EnumMembers<OrUnknown<Value>> = { ...membersOf(rows), UNKNOWN: unknownValue };
  registerEnumType(members, {
    name,
    description: `${description} WeChat Pay may add values. A value that this version does not know is UNKNOWN; the field whose name ends in Raw has its text.`,
    valuesConfig: {
      ...descriptionsOf(rows),
      [unknownValue]: {
        description: 'A value that this version does not know; its text is in the Raw field.',
      },
    },
  });
  return members;
};

const cardType = 'The type of a template. 会员卡类型。';
const cardState = 'The state of a template. 会员卡模板状态。';
const userCardState = "The state of a user's card. 用户会员卡状态。";
const codeMode = 'Who allocates the codes of the cards. 会员卡号分配方式。';
const codeType = 'How a card shows its code. 会员码型。';
const commonField = 'A question that WeChat Pay defines for the form of new members. 通用开卡信息字段。';
const customFieldType = 'How a member answers a question of the merchant. 自定义开卡信息类型。';
const activityChannel = 'Where new members get the coupons of an activity. 活动渠道。';
const activityState = 'The state of an activity. 活动状态。';

export const CardType = closedEnum('CardType', words.cardTypeWords, cardType);
export const CardState = closedEnum('CardState', words.cardStateWords, cardState);
export const UserCardState = closedEnum('UserCardState', words.userCardStateWords, userCardState);
export const UserCardConfirmState = closedEnum(
  'UserCardConfirmState',
  words.userCardConfirmStateWords,
  "The merchant's decision about a card that a user opened. 开卡结果。",
);
export const CodeMode = closedEnum('CodeMode', words.codeModeWords, codeMode);
export const CodeType = closedEnum('CodeType', words.codeTypeWords, codeType);
export const CommonFieldFlag = closedEnum('CommonFieldFlag', words.commonFieldWords, commonField);
export const CustomFieldType = closedEnum('CustomFieldType', words.customFieldTypeWords, customFieldType);
export const PointExchangeCouponResult = closedEnum(
  'PointExchangeCouponResult',
  words.exchangeResultWords,
  "The merchant's decision about a member's request to exchange points for a coupon. 积分兑券结果。",
);
export const MembershipActivityChannel = closedEnum(
  'MembershipActivityChannel',
  words.activityChannelWords,
  activityChannel,
);
export const MembershipActivityState = closedEnum(
  'MembershipActivityState',
  words.activityStateWords,
  activityState,
);

export type CardType = (typeof records.cardTypes)[number];
export type CardState = (typeof records.cardStates)[number];
export type UserCardState = (typeof records.userCardStates)[number];
export type UserCardConfirmState = (typeof records.userCardConfirmStates)[number];
export type CodeMode = (typeof records.codeModes)[number];
export type CodeType = (typeof records.codeTypes)[number];
export type DateType = (typeof records.dateTypes)[number];
export type CommonFieldFlag = (typeof records.commonFieldFlags)[number];
export type CustomFieldType = (typeof records.customFieldTypes)[number];
export type PointExchangeCouponResult = (typeof memberRecords.exchangeResults)[number];
export type MembershipActivityChannel = (typeof memberRecords.activityChannels)[number];
export type MembershipActivityState = (typeof memberRecords.activityStates)[number];

export const CardTypeOrUnknown = openEnum('CardTypeOrUnknown', words.cardTypeWords, cardType);
export const CardStateOrUnknown = openEnum('CardStateOrUnknown', words.cardStateWords, cardState);
export const UserCardStateOrUnknown = openEnum(
  'UserCardStateOrUnknown',
  words.userCardStateWords,
  userCardState,
);
export const CodeModeOrUnknown = openEnum('CodeModeOrUnknown', words.codeModeWords, codeMode);
export const CodeTypeOrUnknown = openEnum('CodeTypeOrUnknown', words.codeTypeWords, codeType);
export const DateTypeOrUnknown = openEnum(
  'DateTypeOrUnknown',
  words.dateTypeWords,
  'The type of a validity. 有效期类型。',
);
export const CommonFieldFlagOrUnknown = openEnum(
  'CommonFieldFlagOrUnknown',
  words.commonFieldWords,
  commonField,
);
export const CustomFieldTypeOrUnknown = openEnum(
  'CustomFieldTypeOrUnknown',
  words.customFieldTypeWords,
  customFieldType,
);
export const MembershipActivityChannelOrUnknown = openEnum(
  'MembershipActivityChannelOrUnknown',
  words.activityChannelWords,
  activityChannel,
);
export const MembershipActivityStateOrUnknown = openEnum(
  'MembershipActivityStateOrUnknown',
  words.activityStateWords,
  activityState,
);
// No input uses these two.
export const PointExchangeCouponState = openEnum(
  'PointExchangeCouponState',
  words.exchangeStateWords,
  'What became of a request to exchange points for a coupon. 积分兑券状态。',
);
export const ProductCouponStockType = openEnum(
  'ProductCouponStockType',
  words.stockTypeWords,
  'The type of a coupon stock. 商品券批次类型。',
);

export type CardTypeOrUnknown = OrUnknown<CardType>;
export type CardStateOrUnknown = OrUnknown<CardState>;
export type UserCardStateOrUnknown = OrUnknown<UserCardState>;
export type CodeModeOrUnknown = OrUnknown<CodeMode>;
export type CodeTypeOrUnknown = OrUnknown<CodeType>;
export type DateTypeOrUnknown = OrUnknown<DateType>;
export type CommonFieldFlagOrUnknown = OrUnknown<CommonFieldFlag>;
export type CustomFieldTypeOrUnknown = OrUnknown<CustomFieldType>;
export type MembershipActivityChannelOrUnknown = OrUnknown<MembershipActivityChannel>;
export type MembershipActivityStateOrUnknown = OrUnknown<MembershipActivityState>;
export type PointExchangeCouponState = OrUnknown<(typeof memberRecords.exchangeStates)[number]>;
export type ProductCouponStockType = OrUnknown<(typeof memberRecords.stockTypes)[number]>;

/** The value that an open enum shows for WeChat Pay's text; `undefined` if there is no text. */
export const shownValue = <Value extends string>(
  members: EnumMembers<Value | typeof unknownValue>,
  raw: string | undefined,
): Value | typeof unknownValue | undefined =>
  raw === undefined || raw === ''
    ? undefined
    : (Object.values(members).find((value) => value === raw) ?? unknownValue);
