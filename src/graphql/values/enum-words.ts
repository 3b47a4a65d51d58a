import type * as memberRecords from '../../wechatpay/records/member-records';
import type * as records from '../../wechatpay/records/records';

/** A value's name in GraphQL and its meaning. The Chinese is WeChat Pay's own, for frontends in Chinese. */
export type Word = readonly [name: string, en: string, zh: string];

/** A row for each value, by WeChat Pay's spelling. */
export type Words<Value extends string> = Readonly<Record<Value, Word>>;

type WordsOf<Values extends readonly string[]> = Words<Values[number]>;

export const cardTypeWords: WordsOf<typeof records.cardTypes> = {
  PURCHASE: ['PURCHASE', 'Users pay for the membership.', '付费会员卡'],
  NORMAL: ['NORMAL', 'Membership without payment; the only type that WeChat Pay opens so far.', '普通会员卡'],
  BALANCE: ['BALANCE', 'A card with a stored balance.', '储值会员卡'],
};

export const cardStateWords: WordsOf<typeof records.cardStates> = {
  CARD_EFFECTIVE: ['EFFECTIVE', 'Users can get cards of the template.', '生效'],
  CARD_INVALID: ['INVALID', 'The template was invalidated or has expired.', '失效'],
};

export const userCardStateWords: WordsOf<typeof records.userCardStates> = {
  UNACTIVATED: ['UNACTIVATED', 'The user opened the card; the merchant has not confirmed it.', '待激活'],
  EFFECTIVE: ['EFFECTIVE', 'The card is valid.', '已生效'],
  EXPIRED: ['EXPIRED', 'The validity has ended.', '已过期'],
  INVALID: ['INVALID', 'The card was invalidated, refused, or deleted by the user.', '已失效'],
};

export const userCardConfirmStateWords: WordsOf<typeof records.userCardConfirmStates> = {
  CREATE_CARD_SUCCESS: ['SUCCESS', 'The merchant accepts: the card becomes EFFECTIVE.', '开卡成功'],
  CREATE_CARD_FAIL: ['FAIL', 'The merchant refuses: the card becomes INVALID.', '开卡失败'],
  CREATE_CARD_ALREADY_EXISTS: ['ALREADY_EXISTS', 'The user was a member already.', '用户已是会员'],
};

export const codeModeWords: WordsOf<typeof records.codeModes> = {
  SYSTEM_ALLOCATE: ['SYSTEM_ALLOCATE', 'WeChat Pay allocates the card codes.', '系统分配会员卡号'],
  MERCHANT_ALLOCATE: [
    'MERCHANT_ALLOCATE',
    'The merchant allocates the card code when confirming the card.',
    '商户分配会员卡号',
  ],
};

export const codeTypeWords: WordsOf<typeof records.codeTypes> = {
  NONE_CODE: ['NONE_CODE', 'The card shows no code.', '不展示会员码'],
  BAR_CODE: ['BAR_CODE', 'The card shows its code as a bar code.', '一维码'],
  QR_CODE: ['QR_CODE', 'The card shows its code as a QR code.', '二维码'],
  BAR_CODE_AND_QR_CODE: ['BAR_CODE_AND_QR_CODE', 'The card shows both.', '一维码和二维码'],
  JUMP_MINI_PROGRAM: [
    'JUMP_MINI_PROGRAM',
    "The card opens the merchant's mini program, which shows the code; needs codeJumpInformation.",
    '跳转商家小程序',
  ],
};

export const dateTypeWords: WordsOf<typeof records.dateTypes> = {
  FIX_TIME_RANGE: ['FIX_TIME_RANGE', 'Valid from a begin to an end.', '固定时间范围'],
  FIX_TERM: ['FIX_TERM', 'Valid for a number of days after the pickup.', '相对有效期'],
  PERMANENT: ['PERMANENT', 'Valid without end.', '永久有效'],
};

export const commonFieldWords: WordsOf<typeof records.commonFieldFlags> = {
  USER_FORM_FLAG_SEX: ['SEX', 'Sex: 男 or 女.', '性别'],
  USER_FORM_FLAG_NAME: ['NAME', 'Name.', '姓名'],
  USER_FORM_FLAG_BIRTHDAY: ['BIRTHDAY', 'Birthday: a date yyyy-MM-dd.', '生日'],
  USER_FORM_FLAG_ADDRESS: ['ADDRESS', 'Address.', '地址'],
  USER_FORM_FLAG_EMAIL: ['EMAIL', 'E-mail address.', '邮箱'],
  USER_FORM_FLAG_CITY: ['CITY', 'City: 省份,城市.', '城市'],
};

export const customFieldTypeWords: WordsOf<typeof records.customFieldTypes> = {
  CHECK_BOX: ['CHECK_BOX', 'The member may choose several values.', '多选'],
  RADIO: ['RADIO', 'The member chooses one value.', '单选'],
};

export const exchangeResultWords: WordsOf<typeof memberRecords.exchangeResults> = {
  POINT_EXCHANGE_COUPON_ALLOW: ['ALLOW', 'The member gets the coupon.', '允许兑换'],
  POINT_EXCHANGE_COUPON_REJECT: ['REJECT', 'The member gets no coupon; needs rejectReason.', '拒绝兑换'],
};

export const exchangeStateWords: WordsOf<typeof memberRecords.exchangeStates> = {
  POINT_EXCHANGE_COUPON_SUCCESS: ['SUCCESS', 'The member got the coupon.', '兑换成功'],
  POINT_EXCHANGE_COUPON_FAIL: [
    'FAIL',
    'The member got no coupon: the merchant gives the points back.',
    '兑换失败',
  ],
};

export const stockTypeWords: WordsOf<typeof memberRecords.stockTypes> = {
  PRODUCT_COUPON_STOCK_TYPE_BUSI_FAVOR: ['BUSI_FAVOR', 'A coupon of the merchant.', '商家券'],
  PRODUCT_COUPON_STOCK_TYPE_CASH_FAVOR: ['CASH_FAVOR', 'A cash coupon, paid out by WeChat Pay.', '代金券'],
  PRODUCT_COUPON_STOCK_TYPE_BRAND_FAVOR: ['BRAND_FAVOR', 'A coupon of the brand.', '品牌券'],
};

export const activityChannelWords: WordsOf<typeof memberRecords.activityChannels> = {
  // The misspelling is WeChat Pay's.
  MECHANT_APP_COMPONENT: [
    'MERCHANT_APP_COMPONENT',
    "The join component in the merchant's mini program or page.",
    '商家小程序入会组件',
  ],
};

export const activityStateWords: WordsOf<typeof memberRecords.activityStates> = {
  MEMBERSHIP_ACTIVITY_CREATED: ['CREATED', 'Created; it has not begun.', '已创建'],
  MEMBERSHIP_ACTIVITY_EFFECTIVE: ['EFFECTIVE', 'Under way.', '生效中'],
  MEMBERSHIP_ACTIVITY_TERMINATED: ['TERMINATED', 'Ended by the merchant.', '已终止'],
  MEMBERSHIP_ACTIVITY_EXPIRED: ['EXPIRED', 'Its time has ended.', '已过期'],
};
