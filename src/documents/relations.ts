import type { RuledInterface } from './interface-rules';
import type { SourceName } from './sources';

/** A documented rule about several fields, or about an object that WeChat Pay stores. */
export interface Relation {
  /** Under WeChat Pay's names, as in the table of fields. */
  readonly field: string;
  /** In English, after the field's name. */
  readonly rule: string;
  readonly source: SourceName;
  /** `wechatPay`: only WeChat Pay checks it. This server does not know the object, or another document is more lenient. */
  readonly checkedBy: 'server' | 'wechatPay';
}

type Row = readonly [field: string, rule: string, checkedBy?: Relation['checkedBy']];

const relations = (source: SourceName, rows: readonly Row[]): readonly Relation[] =>
  rows.map(([field, rule, checkedBy = 'server']) => ({ field, rule, source, checkedBy }));

const begin = 'valid_date_information.available_begin_time';
const end = 'valid_date_information.available_end_time';
const days = 'valid_date_information.available_day_after_receive';

const validity: readonly Row[] = [
  [begin, 'is needed for FIX_TIME_RANGE, and refused for other types'],
  [end, 'is needed for FIX_TIME_RANGE, and refused for other types'],
  [end, 'must not be before available_begin_time'],
  [days, 'is needed for FIX_TERM, and refused for other types'],
];

const form: readonly Row[] = [
  ['user_information.common_field_list', 'must not have an entry twice'],
  ['user_information.custom_field_list', 'must not have an entry twice', 'wechatPay'],
];

const answers: readonly Row[] = [
  ...form,
  ['user_information.common_field_list', "has fields of the template's form only", 'wechatPay'],
  ['user_information.custom_field_list', "has fields of the template's form only", 'wechatPay'],
  ['valid_date_information.type', "is the template's", 'wechatPay'],
];

const template: readonly Row[] = [
  ...validity,
  ...form,
  ['code_jump_information', 'is refused unless code_type is JUMP_MINI_PROGRAM', 'wechatPay'],
  ['balance_information', 'is refused unless card_type is BALANCE', 'wechatPay'],
  ['purchase_information', 'is refused unless card_type is PURCHASE', 'wechatPay'],
];

const pickup: readonly Row[] = [
  ['pickup_time', 'is needed for FIX_TERM'],
  ['pickup_time', 'must be in the past'],
  ['pickup_time', 'must not be so long ago that the card has expired; days are calendar days in Beijing'],
  ['valid_date_information', 'must not be over: an expired card cannot be imported'],
];

/** By interface. Each rule that the server checks is declared beside its field in the `.input.ts` files. */
export const fieldRelations: Readonly<Partial<Record<RuledInterface, readonly Relation[]>>> = {
  CREATE_CARD_TEMPLATE: relations('createTemplate', [
    ['code_jump_information', 'is needed whole for JUMP_MINI_PROGRAM'],
    ['init_level', 'is needed if need_display_level is true'],
    ['init_level', 'is refused if need_display_level is false', 'wechatPay'],
    ['out_request_no', 'was not used before for other content', 'wechatPay'],
    ...template,
  ]),
  UPDATE_CARD_TEMPLATE: relations('updateTemplate', [
    ['code_jump_information', 'needs both of its fields'],
    ['member_information', 'needs both of its fields'],
    ['valid_date_information.type', 'is the one that the template has', 'wechatPay'],
    ...template,
  ]),
  IMPORT_USER_CARD_BY_PHONE: relations('importByPhone', [...validity, ...answers, ...pickup]),
  IMPORT_USER_CARD_BY_OPENID: relations('importByOpenid', [
    ...validity,
    ...answers,
    ...pickup,
    [
      'pickup_time',
      'is needed for FIX_TIME_RANGE (error table; the description says FIX_TERM only)',
      'wechatPay',
    ],
  ]),
  UPDATE_USER_CARD: relations('updateCard', [...validity, ...answers]),
  CONFIRM_USER_CARD: relations('confirmCard', [
    ...validity,
    ...answers,
    ['user_card_code', 'is the one that waits, unless the template says MERCHANT_ALLOCATE', 'wechatPay'],
  ]),
  CREATE_USER_FEED: relations('feed', [
    ['out_request_no', 'was not used before for other content', 'wechatPay'],
  ]),
  CONFIRM_POINT_EXCHANGE_COUPON: relations('exchange', [
    ['reject_reason', 'is needed for POINT_EXCHANGE_COUPON_REJECT'],
  ]),
  CREATE_MEMBERSHIP_ACTIVITY: relations('createActivity', [
    ['end_time', 'must be after begin_time'],
    ['apply_total', 'is less than the smallest stock of its coupons', 'wechatPay'],
    ['card_id', 'has no other activity under way', 'wechatPay'],
  ]),
  UPDATE_MEMBERSHIP_ACTIVITY: relations('updateActivity', [['end_time', 'must be after begin_time']]),
};
