import { isRecord } from '../../src/shared/is-record';

/**
 * What WeChat Pay's documents (partner 4015336970, 4015336980, 4016464918; brand 4015582711, 4015582716) say about the members
 * of a response. Taken from the documents, not from the records, which are tested with it. `.0` is the first element of a list.
 */
export interface DocumentedMember {
  readonly path: string;
  readonly kind: 'text' | 'number' | 'flag' | 'object' | 'list' | 'time' | 'enum' | 'personal' | 'personals';
  /** 选填, or a member that a client does not need. */
  readonly optional: boolean;
}

const members = (
  kind: DocumentedMember['kind'],
  paths: string,
  { optional = true }: { readonly optional?: boolean } = {},
): readonly DocumentedMember[] => paths.split(/\s+/).map((path) => ({ path, kind, optional }));

const validity = [
  ...members('object', 'valid_date_information'),
  ...members('enum', 'valid_date_information.type'),
  ...members(
    'time',
    'valid_date_information.available_begin_time valid_date_information.available_end_time create_time modify_time',
  ),
  ...members('number', 'valid_date_information.available_day_after_receive'),
];

export const cardTemplateMembers: readonly DocumentedMember[] = [
  ...validity,
  ...members('enum', 'card_type state', { optional: false }),
  ...members('enum', 'code_mode code_type user_information.custom_field_list.0.type'),
  ...members('text', 'out_request_no appid card_color card_picture_url benefits notify_url init_level'),
  ...members('text', 'service_phone legal_agreement user_information.custom_field_list.0.name'),
  ...members('text', 'code_jump_information.jump_appid member_information.jump_path'),
  ...members('text', 'purchase_information.jump_appid'),
  ...members('flag', 'need_pinned need_display_level'),
  ...members('number', 'purchase_information.price'),
  ...members('object', 'code_jump_information member_information points_information balance_information'),
  ...members('object', 'purchase_information user_information'),
  ...members('list', 'user_information.common_field_list user_information.custom_field_list'),
  ...members('list', 'user_information.custom_field_list.0.values'),
];

export const userCardMembers: readonly DocumentedMember[] = [
  ...validity,
  ...members('enum', 'user_card_state', { optional: false }),
  ...members('enum', 'card_type user_information.common_field_list.0.name'),
  ...members('text', 'card_color card_picture_url level attach invalid_reason'),
  ...members('text', 'user_information.custom_field_list.0.name'),
  ...members('time', 'pickup_time invalid_time'),
  ...members('object', 'user_information'),
  ...members('list', 'user_information.common_field_list user_information.custom_field_list'),
  ...members('personals', 'user_information.custom_field_list.0.user_chosen_values'),
  ...members('personal', 'phone_number user_information.common_field_list.0.value'),
];

export const membershipActivityMembers: readonly DocumentedMember[] = [
  ...members('enum', 'activity_state', { optional: false }),
  ...members('enum', 'activity_channel'),
  ...members('time', 'begin_time end_time create_time modify_time'),
  ...members('list', 'product_coupon_stock_list'),
];

export interface Variant {
  readonly label: string;
  readonly member: DocumentedMember;
  /** `undefined`: the member is missing. */
  readonly value: unknown;
}

const oddTimes = [
  '2020-05-20T13:29:35',
  '2020-05-20 13:29:35',
  '2020-05-20',
  '1589952575',
  1_589_952_575,
  'soon',
  `2020-05-20T13:29:35.${'1'.repeat(90)}+08:00`,
];

/** Replacements of each member in a response: missing, null, "", an unknown value, another type. */
export const variantsOf = (documented: readonly DocumentedMember[]): readonly Variant[] =>
  documented.flatMap((member) => {
    const absent = member.optional ? [undefined, null, ''] : [];
    const odd = [{ odd: true }, ['odd'], 'OF_TOMORROW', 7, 2 ** 40, 2 ** 70, true];
    const values = {
      text: odd,
      flag: odd,
      number: [...odd, 2 ** 31, '12'],
      object: ['odd', 7, [], {}],
      list: ['odd', {}, [], [null], [{}], ['OF_TOMORROW', 7]],
      time: [...odd, ...oddTimes],
      enum: member.optional ? odd : ['OF_TOMORROW', 7, ''],
      personal: [{ odd: true }, 13_812_345_678, ''],
      personals: ['13812345678', {}, [], [null, 13_812_345_678, {}]],
    }[member.kind];
    return [...absent, ...values].map((value) => ({
      label: `${member.path} = ${value === undefined ? 'missing' : JSON.stringify(value)}`,
      member,
      value,
    }));
  });

/** The object with the member changed, or without it. */
export const withMember = (
  object: unknown,
  [step = '', ...rest]: readonly string[],
  value: unknown,
): unknown => {
  if (Array.isArray(object))
    return object.map((element: unknown, index) =>
      String(index) === step ? (rest.length === 0 ? value : withMember(element, rest, value)) : element,
    );
  const { [step]: inner, ...others } = isRecord(object) ? object : {};
  const next = rest.length === 0 ? value : withMember(inner, rest, value);
  return next === undefined ? others : { ...others, [step]: next };
};
