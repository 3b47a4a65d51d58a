import { registerEnumType } from 'type-graphql';
import * as memberRecords from '../../wechatpay/records/member-records';
import * as records from '../../wechatpay/records/records';

/** GraphQL's enums are WeChat Pay's own words; their lists stand once, in wechatpay/records/records.ts. */
const enumOf = <const Value extends string>(name: string, values: readonly Value[]) => {
  const members = Object.fromEntries(values.map((value) => [value, value])) as { readonly [V in Value]: V };
  registerEnumType(members, { name });
  return members;
};

export const CardType = enumOf('CardType', records.cardTypes);
export const CardState = enumOf('CardState', records.cardStates);
export const UserCardState = enumOf('UserCardState', records.userCardStates);
export const UserCardConfirmState = enumOf('UserCardConfirmState', records.userCardConfirmStates);
export const CodeMode = enumOf('CodeMode', records.codeModes);
export const CodeType = enumOf('CodeType', records.codeTypes);
export const DateType = enumOf('DateType', records.dateTypes);
export const CommonFieldFlag = enumOf('CommonFieldFlag', records.commonFieldFlags);
export const CustomFieldType = enumOf('CustomFieldType', records.customFieldTypes);
export const PointExchangeCouponResult = enumOf('PointExchangeCouponResult', memberRecords.exchangeResults);
export const PointExchangeCouponState = enumOf('PointExchangeCouponState', memberRecords.exchangeStates);
export const ProductCouponStockType = enumOf('ProductCouponStockType', memberRecords.stockTypes);
export const MembershipActivityChannel = enumOf('MembershipActivityChannel', memberRecords.activityChannels);
export const MembershipActivityState = enumOf('MembershipActivityState', memberRecords.activityStates);

export type CardType = keyof typeof CardType;
export type CardState = keyof typeof CardState;
export type UserCardState = keyof typeof UserCardState;
export type UserCardConfirmState = keyof typeof UserCardConfirmState;
export type CodeMode = keyof typeof CodeMode;
export type CodeType = keyof typeof CodeType;
export type DateType = keyof typeof DateType;
export type CommonFieldFlag = keyof typeof CommonFieldFlag;
export type CustomFieldType = keyof typeof CustomFieldType;
export type PointExchangeCouponResult = keyof typeof PointExchangeCouponResult;
export type PointExchangeCouponState = keyof typeof PointExchangeCouponState;
export type ProductCouponStockType = keyof typeof ProductCouponStockType;
export type MembershipActivityChannel = keyof typeof MembershipActivityChannel;
export type MembershipActivityState = keyof typeof MembershipActivityState;
