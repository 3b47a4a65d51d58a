import {
  color,
  digits,
  fields,
  flag,
  integer,
  listOf,
  may,
  must,
  oneOf,
  saying,
  text,
  time,
  url,
} from './rules';

/** The documented request fields as rules. Lengths are characters. */
const id = text(32, /^[\w-]+$/);
const openid = text(128, /^[\w-]+$/);
/** 只能填写数字/英文/半角标点 */
export const userCardCode = saying(
  '用户卡code 无效，只能包含数字、英文、半角标点',
  text(32, /^[\x21-\x7e]+$/),
);
/** RSA ciphertext in base64; its content is validated after decryption. */
const sealed = text(512, /^[A-Za-z0-9+/]+={0,2}$/);

const jump = fields({ jump_appid: may(text(32)), jump_path: may(text(128)) });
const validDate = fields({
  type: may(oneOf('FIX_TIME_RANGE', 'FIX_TERM', 'PERMANENT')),
  available_begin_time: may(time),
  available_end_time: may(time),
  available_day_after_receive: may((value, path) => {
    integer(-Infinity, Infinity)(value, path);
    saying('领取后有效天数必须大于0', integer(1, Infinity))(value, path);
    saying('领取后有效天数不能大于30年（10958 天）', integer(1, 10_958))(value, path);
  }),
});
const commonField = oneOf(
  'USER_FORM_FLAG_SEX',
  'USER_FORM_FLAG_NAME',
  'USER_FORM_FLAG_BIRTHDAY',
  'USER_FORM_FLAG_ADDRESS',
  'USER_FORM_FLAG_EMAIL',
  'USER_FORM_FLAG_CITY',
);
const customFieldRules = '商户自定义信息最多一项，字段值列表最少1个，最多10个，单个列表限制8个字符';
const form = fields({
  common_field_list: may(listOf(commonField, { max: 6 })),
  custom_field_list: may(
    saying(
      customFieldRules,
      listOf(
        fields({
          type: must(oneOf('CHECK_BOX', 'RADIO')),
          name: must(text(32)),
          values: must(listOf(text(8), { min: 1, max: 10 })),
        }),
        { max: 1 },
      ),
    ),
  ),
});
const answers = fields({
  common_field_list: may(listOf(fields({ name: must(commonField), value: must(sealed) }), { max: 6 })),
  custom_field_list: may(
    listOf(fields({ name: must(text(32)), user_chosen_values: must(listOf(sealed, { max: 10 })) }), {
      max: 1,
    }),
  ),
});

export const cardId = id;
export const brandId = id;
export const openidRule = openid;

const title = (value: unknown, path: string): void => {
  text(1000)(value, path);
  saying('卡名称太长，支持最长10个中文字、英文字符、标点', text(10))(value, path);
  saying('卡名称仅支持中英文字符、数字和标点', text(10, /^[\p{L}\p{N}\p{P}\p{Zs}]+$/u))(value, path);
};
const notifyUrl = text(256, /^https?:\/\/[^\s/?]+\/[^\s?]*$/);

/** Fields that a template may have from the start or be given later. */
const templateExtras = {
  code_jump_information: may(jump),
  need_pinned: may(flag),
  need_display_level: may(flag),
  service_phone: may(text(32)),
  points_information: may(jump),
  balance_information: may(jump),
  purchase_information: may(
    fields({
      price: may((value, path) => {
        integer(-Infinity, Infinity)(value, path);
        saying('付费会员价格必须大于 0', integer(1, Infinity))(value, path);
      }),
      jump_appid: may(text(32)),
      jump_path: may(text(128)),
    }),
  ),
  user_information: may(form),
};

export const createCardTemplate = {
  ...templateExtras,
  out_request_no: must(text(128, /^[0-9A-Za-z_-]+$/)),
  appid: must(text(32)),
  card_type: must(oneOf('PURCHASE', 'NORMAL', 'BALANCE')),
  card_title: must(title),
  card_color: must(color),
  card_picture_url: must(url),
  code_mode: must(oneOf('SYSTEM_ALLOCATE', 'MERCHANT_ALLOCATE')),
  code_type: must(oneOf('NONE_CODE', 'BAR_CODE', 'QR_CODE', 'BAR_CODE_AND_QR_CODE', 'JUMP_MINI_PROGRAM')),
  benefits: must(text(32)),
  notify_url: must(notifyUrl),
  init_level: may(text(10)),
  legal_agreement: may(text(2048)),
  valid_date_information: must(validDate),
  member_information: must(jump),
};

export const updateCardTemplate = {
  ...templateExtras,
  card_title: may(title),
  card_color: may(color),
  card_picture_url: may(url),
  benefits: may(text(32)),
  notify_url: may(notifyUrl),
  valid_date_information: may(validDate),
  member_information: may(jump),
};

const cardChanges = {
  card_color: may(color),
  card_picture_url: may(url),
  level: may(text(10)),
  user_information: may(answers),
  valid_date_information: may(validDate),
};

export const importUserCardByPhone = {
  ...cardChanges,
  card_id: must(cardId),
  phone_number: must(sealed),
  user_card_code: must(userCardCode),
  pickup_time: may(time),
};

export const updateUserCard = {
  ...cardChanges,
  card_id: must(cardId),
  openid: must(openid),
  phone_number: may(sealed),
  attach: may(text(256)),
};

export const importUserCardByOpenid = {
  ...cardChanges,
  card_id: must(cardId),
  openid: must(openid),
  user_card_code: must(userCardCode),
  phone_number: may(sealed),
  pickup_time: may(time),
};

export const confirmUserCard = {
  ...updateUserCard,
  user_card_confirm_state: must(
    oneOf('CREATE_CARD_SUCCESS', 'CREATE_CARD_FAIL', 'CREATE_CARD_ALREADY_EXISTS'),
  ),
};

export const invalidateUserCard = {
  card_id: must(cardId),
  openid: must(openid),
  invalid_reason: may(text(32)),
};

const requestNo = (max: number) => text(max, /^[0-9A-Za-z_-]+$/);
const cardKey = { card_id: must(cardId), openid: must(openid), user_card_code: must(userCardCode) };

export const createPreAuthToken = { card_id: must(cardId), openid: must(openid) };

export const createFeed = { ...cardKey, out_request_no: must(requestNo(64)), cell: must(text(128)) };

export const syncPoints = {
  ...cardKey,
  out_request_no: must(requestNo(128)),
  point_balance: must(integer(0, Number.MAX_SAFE_INTEGER)),
};

export const confirmExchange = {
  ...cardKey,
  record_id: must(text(64)),
  exchange_coupon_template_id: must(text(32)),
  result: must(oneOf('POINT_EXCHANGE_COUPON_ALLOW', 'POINT_EXCHANGE_COUPON_REJECT')),
  reject_reason: may(text(32)),
};

export const activityId = digits(1, 999_999_999);
export const activityState = oneOf(
  'MEMBERSHIP_ACTIVITY_CREATED',
  'MEMBERSHIP_ACTIVITY_EFFECTIVE',
  'MEMBERSHIP_ACTIVITY_TERMINATED',
  'MEMBERSHIP_ACTIVITY_EXPIRED',
);

export const updateActivity = {
  title: must(text(128)),
  sub_title: must(text(128)),
  begin_time: must(time),
  end_time: must(time),
};

export const createActivity = {
  ...updateActivity,
  out_request_no: must(requestNo(128)),
  card_id: must(cardId),
  activity_channel: must(oneOf('MECHANT_APP_COMPONENT')),
  apply_total: must(integer(1, Number.MAX_SAFE_INTEGER)),
  product_coupon_stock_list: must(
    listOf(fields({ product_coupon_id: must(text(128)), stock_id: must(text(128)) }), {
      min: 1,
      max: 200,
    }),
  ),
};
