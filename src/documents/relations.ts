import type { RuledInterface } from './interface-rules';
import type { SourceName } from './sources';

/** A documented rule about several fields, or about an object that WeChat Pay stores. */
export interface Relation {
  /** Under WeChat Pay's names, as in the table of fields. */
  readonly field: string;
  /** In English, after the field's name. */
  readonly rule: string;
  readonly source: SourceName;
  /**
   * `schema`: a client cannot write what breaks it. `wechatPay`: only WeChat Pay checks it. This server does not know the object, or
   * another document is more lenient.
   */
  readonly checkedBy: 'server' | 'schema' | 'wechatPay';
}

type Row = readonly [field: string, rule: string, checkedBy?: Relation['checkedBy']];

const relations = (source: SourceName, rows: readonly Row[]): readonly Relation[] =>
  rows.map(([field, rule, checkedBy = 'server']) => ({ field, rule, source, checkedBy }));

const begin = 'valid_date_information.available_begin_time';
const end = 'valid_date_information.available_end_time';
const days = 'valid_date_information.available_day_after_receive';

/** Interfaces whose error tables refuse a range that ends before it begins. */
export const refusesReversedRange: ReadonlySet<RuledInterface> = new Set([
  'UPDATE_CARD_TEMPLATE',
  'UPDATE_USER_CARD',
  'CONFIRM_USER_CARD',
]);
/** Interfaces whose error tables refuse a common field that occurs twice. */
export const refusesRepeatedFields: ReadonlySet<RuledInterface> = new Set([
  'CREATE_CARD_TEMPLATE',
  'UPDATE_CARD_TEMPLATE',
  'UPDATE_USER_CARD',
  'CONFIRM_USER_CARD',
]);

const checkedIn = (stating: ReadonlySet<RuledInterface>, name: RuledInterface): Relation['checkedBy'] =>
  stating.has(name) ? 'server' : 'wechatPay';

const validity = (name: RuledInterface): readonly Row[] => [
  ...[begin, end].flatMap((field): readonly Row[] => [
    [field, 'is needed for FIX_TIME_RANGE', 'schema'],
    [field, 'is refused for types other than FIX_TIME_RANGE', 'schema'],
  ]),
  [days, 'is needed for FIX_TERM', 'schema'],
  [days, 'is refused for types other than FIX_TERM', 'schema'],
  [end, 'must not be before available_begin_time', checkedIn(refusesReversedRange, name)],
];

const form = (name: RuledInterface): readonly Row[] => [
  [
    'user_information.common_field_list',
    'must not have an entry twice',
    checkedIn(refusesRepeatedFields, name),
  ],
  ['user_information.custom_field_list', 'must not have an entry twice', 'wechatPay'],
];

const answers = (name: RuledInterface): readonly Row[] => [
  ...validity(name),
  ...form(name),
  ['user_information.common_field_list', "has fields of the template's form only", 'wechatPay'],
  ['user_information.custom_field_list', "has fields of the template's form only", 'wechatPay'],
  ['valid_date_information.type', "is the template's", 'wechatPay'],
];

const template = (name: RuledInterface): readonly Row[] => [
  ...validity(name),
  ...form(name),
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
    ...template('CREATE_CARD_TEMPLATE'),
  ]),
  UPDATE_CARD_TEMPLATE: relations('updateTemplate', [
    ['code_jump_information', 'needs both of its fields'],
    ['member_information', 'needs both of its fields'],
    ['valid_date_information.type', 'is the one that the template has', 'wechatPay'],
    ...template('UPDATE_CARD_TEMPLATE'),
  ]),
  IMPORT_USER_CARD_BY_PHONE: relations('importByPhone', [...answers('IMPORT_USER_CARD_BY_PHONE'), ...pickup]),
  IMPORT_USER_CARD_BY_OPENID: relations('importByOpenid', [
    ...answers('IMPORT_USER_CARD_BY_OPENID'),
    ...pickup,
    [
      'pickup_time',
      'is needed for FIX_TIME_RANGE (error table; the description says FIX_TERM only)',
      'wechatPay',
    ],
  ]),
  UPDATE_USER_CARD: relations('updateCard', answers('UPDATE_USER_CARD')),
  CONFIRM_USER_CARD: relations('confirmCard', [
    ...answers('CONFIRM_USER_CARD'),
    ['user_card_code', 'is the one that waits, unless the template says MERCHANT_ALLOCATE', 'wechatPay'],
  ]),
  CREATE_USER_FEED: relations('feed', [
    ['out_request_no', 'was not used before for other content', 'wechatPay'],
  ]),
  CONFIRM_POINT_EXCHANGE_COUPON: relations('exchange', [
    ['reject_reason', 'is needed for POINT_EXCHANGE_COUPON_REJECT'],
  ]),
  CREATE_MEMBERSHIP_ACTIVITY: relations('createActivity', [
    ['apply_total', 'is less than the smallest stock of its coupons', 'wechatPay'],
    ['card_id', 'has no other activity under way', 'wechatPay'],
  ]),
};
