import { ifKnown, integer, list, oneOf, optional, record, text, type Decoded, type Decoder } from './decode';

/** Enumerations as documented; GraphQL's enums are built from the same lists. */
export const exchangeResults = ['POINT_EXCHANGE_COUPON_ALLOW', 'POINT_EXCHANGE_COUPON_REJECT'] as const;
export const exchangeStates = ['POINT_EXCHANGE_COUPON_SUCCESS', 'POINT_EXCHANGE_COUPON_FAIL'] as const;
export const stockTypes = [
  'PRODUCT_COUPON_STOCK_TYPE_BUSI_FAVOR',
  'PRODUCT_COUPON_STOCK_TYPE_CASH_FAVOR',
  'PRODUCT_COUPON_STOCK_TYPE_BRAND_FAVOR',
] as const;
/** The misspelling is the documents' own. */
export const activityChannels = ['MECHANT_APP_COMPONENT'] as const;
export const activityStates = [
  'MEMBERSHIP_ACTIVITY_CREATED',
  'MEMBERSHIP_ACTIVITY_EFFECTIVE',
  'MEMBERSHIP_ACTIVITY_TERMINATED',
  'MEMBERSHIP_ACTIVITY_EXPIRED',
] as const;

/** 预授权 token */
export const preAuthToken = record({ token: text, expireTime: text });
export type PreAuthTokenRecord = Decoded<typeof preAuthToken>;

/** 会员动态; the documented response has no openid. */
export const userFeed = record({ cardId: text, userCardCode: text, outRequestNo: text, cell: text });
export type UserFeedRecord = Decoded<typeof userFeed>;

/** 积分余额 */
export const userPoints = record({
  cardId: text,
  openid: text,
  userCardCode: text,
  outRequestNo: text,
  pointBalance: integer,
});
export type UserPointsRecord = Decoded<typeof userPoints>;

/** 积分兑券 */
export const pointExchangeCoupon = record({
  recordId: text,
  exchangeCouponTemplateId: text,
  cardId: text,
  openid: text,
  userCardCode: text,
  state: oneOf(exchangeStates),
  productCouponId: optional(text),
  productCouponStockType: ifKnown(oneOf(stockTypes)),
  stockId: optional(text),
  couponCode: optional(text),
  rejectReason: optional(text),
});
export type PointExchangeCouponRecord = Decoded<typeof pointExchangeCoupon>;

/** If the response omits the id, it comes from the request's path, as text. */
const activityId: Decoder<number> = (value, path) =>
  integer(typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value, path);

/** 品牌会员发券活动 */
export const membershipActivity = record({
  activityId,
  brandId: text,
  cardId: text,
  outRequestNo: text,
  activityChannel: ifKnown(oneOf(activityChannels)),
  title: text,
  subTitle: text,
  beginTime: text,
  endTime: text,
  applyTotal: integer,
  applyAvailable: integer,
  productCouponStockList: optional(list(record({ productCouponId: text, stockId: text }))),
  activityState: oneOf(activityStates),
  createTime: optional(text),
  modifyTime: optional(text),
});
export type MembershipActivityRecord = Decoded<typeof membershipActivity>;
