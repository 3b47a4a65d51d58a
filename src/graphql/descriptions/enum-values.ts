/**
 * What the values of WeChat Pay's enumerations mean: English, and WeChat Pay's own words. A value means the same in the enum for
 * inputs and in the open enum for results.
 */
export const enumValues = {
  BALANCE: ['Members store a balance. So far, WeChat Pay refuses it.', '储值'],
  BAR_CODE: ['The card shows a bar code.', '条形码'],
  BAR_CODE_AND_QR_CODE: ['The card shows a bar code and a QR code.', '条形码和二维码'],
  CARD_EFFECTIVE: ['Users can get cards of the template.', '生效中'],
  CARD_INVALID: ['The template has ended. Users cannot get its cards.', '已失效'],
  CHECK_BOX: ['The member may choose several values.', '多选'],
  CREATE_CARD_ALREADY_EXISTS: [
    'The user is a member now, and already was one in another channel.',
    '开卡成功但已在其他渠道入会',
  ],
  CREATE_CARD_FAIL: ['The user does not become a member.', '开卡失败'],
  CREATE_CARD_SUCCESS: ['The user is a member now.', '开卡成功'],
  EFFECTIVE: ['The card can be used.', '可正常使用'],
  EXPIRED: ['The validity of the card has ended.', '已过期'],
  FIX_TERM: ['Valid for a number of calendar days after the pickup.', '相对有效期'],
  FIX_TIME_RANGE: ['Valid from a begin to an end.', '绝对有效期'],
  INVALID: ['The card has ended and cannot be used.', '已失效'],
  JUMP_MINI_PROGRAM: ["The code opens the merchant's mini program (codeJumpInformation).", '跳转商家小程序'],
  MECHANT_APP_COMPONENT: [
    "The join component in the merchant's mini program or web page. WeChat Pay spells it so.",
    '商家小程序或H5组件开卡',
  ],
  MEMBERSHIP_ACTIVITY_CREATED: ['The activity has not begun.', '已创建'],
  MEMBERSHIP_ACTIVITY_EFFECTIVE: ['The activity is under way.', '生效中'],
  MEMBERSHIP_ACTIVITY_EXPIRED: ['The activity is past its end.', '已过期'],
  MEMBERSHIP_ACTIVITY_TERMINATED: ['The merchant ended the activity.', '已终止'],
  MERCHANT_ALLOCATE: ['The merchant gives the code when it confirms the card.', '商家分配'],
  NONE_CODE: ['The card shows no code.', '不显示任何码型'],
  NORMAL: ['Members neither pay nor store a balance.', '普通'],
  PERMANENT: ['Valid without end.', '永久有效'],
  POINT_EXCHANGE_COUPON_ALLOW: ['The member gets the coupon.', '允许积分兑券'],
  POINT_EXCHANGE_COUPON_FAIL: [
    'The member got no coupon. The merchant gives the points back.',
    '积分兑券失败',
  ],
  POINT_EXCHANGE_COUPON_REJECT: ['The member gets no coupon. Needs rejectReason.', '拒绝积分兑券'],
  POINT_EXCHANGE_COUPON_SUCCESS: ['The member got the coupon.', '积分兑券成功'],
  PRODUCT_COUPON_STOCK_TYPE_BRAND_FAVOR: ['Product coupon 2.0.', '商品券2.0'],
  PRODUCT_COUPON_STOCK_TYPE_BUSI_FAVOR: ["Made from a merchant's coupon.", '基于商家券创建的商品券'],
  PRODUCT_COUPON_STOCK_TYPE_CASH_FAVOR: ['Made from a cash coupon.', '基于代金券创建的商品券'],
  PURCHASE: ['Members pay. So far, WeChat Pay refuses it.', '付费'],
  QR_CODE: ['The card shows a QR code.', '二维码'],
  RADIO: ['The member chooses one value.', '单选'],
  SYSTEM_ALLOCATE: ['WeChat Pay allocates the code.', '系统分配'],
  UNACTIVATED: ['The user opened the card; it waits for the merchant to confirm it.', '已领卡，但还未激活'],
  USER_FORM_FLAG_ADDRESS: ['Address.', '地址'],
  USER_FORM_FLAG_BIRTHDAY: ['Birthday, yyyy-MM-dd.', '生日'],
  USER_FORM_FLAG_CITY: ['Province and city, joined by a comma: 省份,城市.', '城市'],
  USER_FORM_FLAG_EMAIL: ['E-mail address.', '邮箱'],
  USER_FORM_FLAG_NAME: ['Name.', '姓名'],
  USER_FORM_FLAG_SEX: ['Sex: 男 or 女.', '性别'],
} as const satisfies Readonly<Record<string, readonly [en: string, zh: string]>>;

/** What the values of this server's own enumerations mean. */
export const ownEnumValues = {
  BRAND: 'One count for each brand.',
  CALLER: 'One count for each caller.',
} as const satisfies Readonly<Record<string, string>>;
