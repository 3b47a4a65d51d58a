import { registerEnumType } from 'type-graphql';
import * as memberRecords from '../../wechatpay/records/member-records';
import { unknownValue, type OrUnknown } from '../../wechatpay/records/open-enum';
import * as records from '../../wechatpay/records/records';

/**
 * GraphQL's enums have WeChat Pay's own values, which are defined once, in wechatpay/records. A closed enum is for inputs: a
 * caller can send only documented values. An open enum is for results, because WeChat Pay may add values at any time.
 */
const closedEnum = <const Value extends string>(name: string, values: readonly Value[]) => {
  const members = Object.fromEntries(values.map((value) => [value, value])) as { readonly [V in Value]: V };
  registerEnumType(members, { name });
  return members;
};

const openEnum = <const Value extends string>(name: string, values: readonly Value[]) => {
  const all = [...values, unknownValue];
  const members = Object.fromEntries(all.map((value) => [value, value])) as {
    readonly [V in OrUnknown<Value>]: V;
  };
  registerEnumType(members, {
    name,
    description:
      'WeChat Pay may add values. A value that this version does not know is UNKNOWN; the field whose name ends in Raw has its text.',
    valuesConfig: {
      [unknownValue]: {
        description: 'A value that this version does not know; its text is in the Raw field.',
      },
    } as Partial<Record<OrUnknown<Value>, { readonly description: string }>>,
  });
  return members;
};

export const CardType = closedEnum('CardType', records.cardTypes);
export const CardState = closedEnum('CardState', records.cardStates);
export const UserCardState = closedEnum('UserCardState', records.userCardStates);
export const UserCardConfirmState = closedEnum('UserCardConfirmState', records.userCardConfirmStates);
export const CodeMode = closedEnum('CodeMode', records.codeModes);
export const CodeType = closedEnum('CodeType', records.codeTypes);
export const DateType = closedEnum('DateType', records.dateTypes);
export const CommonFieldFlag = closedEnum('CommonFieldFlag', records.commonFieldFlags);
export const CustomFieldType = closedEnum('CustomFieldType', records.customFieldTypes);
export const PointExchangeCouponResult = closedEnum(
  'PointExchangeCouponResult',
  memberRecords.exchangeResults,
);
export const MembershipActivityChannel = closedEnum(
  'MembershipActivityChannel',
  memberRecords.activityChannels,
);
export const MembershipActivityState = closedEnum('MembershipActivityState', memberRecords.activityStates);

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
export type MembershipActivityChannel = keyof typeof MembershipActivityChannel;
export type MembershipActivityState = keyof typeof MembershipActivityState;

export const CardTypeOrUnknown = openEnum('CardTypeOrUnknown', records.cardTypes);
export const CardStateOrUnknown = openEnum('CardStateOrUnknown', records.cardStates);
export const UserCardStateOrUnknown = openEnum('UserCardStateOrUnknown', records.userCardStates);
export const CodeModeOrUnknown = openEnum('CodeModeOrUnknown', records.codeModes);
export const CodeTypeOrUnknown = openEnum('CodeTypeOrUnknown', records.codeTypes);
export const DateTypeOrUnknown = openEnum('DateTypeOrUnknown', records.dateTypes);
export const CommonFieldFlagOrUnknown = openEnum('CommonFieldFlagOrUnknown', records.commonFieldFlags);
export const CustomFieldTypeOrUnknown = openEnum('CustomFieldTypeOrUnknown', records.customFieldTypes);
export const MembershipActivityChannelOrUnknown = openEnum(
  'MembershipActivityChannelOrUnknown',
  memberRecords.activityChannels,
);
export const MembershipActivityStateOrUnknown = openEnum(
  'MembershipActivityStateOrUnknown',
  memberRecords.activityStates,
);
// No input uses these two.
export const PointExchangeCouponState = openEnum('PointExchangeCouponState', memberRecords.exchangeStates);
export const ProductCouponStockType = openEnum('ProductCouponStockType', memberRecords.stockTypes);

export type CardTypeOrUnknown = keyof typeof CardTypeOrUnknown;
export type CardStateOrUnknown = keyof typeof CardStateOrUnknown;
export type UserCardStateOrUnknown = keyof typeof UserCardStateOrUnknown;
export type CodeModeOrUnknown = keyof typeof CodeModeOrUnknown;
export type CodeTypeOrUnknown = keyof typeof CodeTypeOrUnknown;
export type DateTypeOrUnknown = keyof typeof DateTypeOrUnknown;
export type CommonFieldFlagOrUnknown = keyof typeof CommonFieldFlagOrUnknown;
export type CustomFieldTypeOrUnknown = keyof typeof CustomFieldTypeOrUnknown;
export type MembershipActivityChannelOrUnknown = keyof typeof MembershipActivityChannelOrUnknown;
export type MembershipActivityStateOrUnknown = keyof typeof MembershipActivityStateOrUnknown;
export type PointExchangeCouponState = keyof typeof PointExchangeCouponState;
export type ProductCouponStockType = keyof typeof ProductCouponStockType;
