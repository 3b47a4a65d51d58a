import { integer, list, optional, record, text, unread, type Decoded, type Decoder } from './decode';
import { withExtra } from './extra';
import { openEnum, optionalEnum } from './open-enum';
import { time } from './time';

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
export const preAuthToken = withExtra(record({ token: text, expireTime: optional(time) }));
export type PreAuthTokenRecord = Decoded<typeof preAuthToken>;

/** 会员动态; the documented response has no openid. */
export const userFeed = withExtra(
  record({
    brandId: unread,
    openid: unread,
    cardId: text,
    userCardCode: text,
    outRequestNo: text,
    cell: text,
  }),
);
export type UserFeedRecord = Decoded<typeof userFeed>;

/** 积分余额 */
export const userPoints = withExtra(
  record({
    brandId: unread,
    cardId: text,
    openid: text,
    userCardCode: text,
    outRequestNo: text,
    pointBalance: integer,
  }),
);
export type UserPointsRecord = Decoded<typeof userPoints>;

/** 积分兑券 */
export const pointExchangeCoupon = withExtra(
  record({
    recordId: text,
    exchangeCouponTemplateId: text,
    brandId: unread,
    cardId: text,
    openid: text,
    userCardCode: text,
    state: openEnum(exchangeStates),
    productCouponId: optional(text),
    productCouponStockType: optionalEnum(stockTypes),
    stockId: optional(text),
    couponCode: optional(text),
    rejectReason: optional(text),
  }),
);
export type PointExchangeCouponRecord = Decoded<typeof pointExchangeCoupon>;

/** If the response omits the id, it comes from the request's path, as text. */
const activityId: Decoder<number> = (value, path) =>
  integer(typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value, path);

/** 品牌会员发券活动 */
export const membershipActivity = withExtra(
  record({
    activityId,
    brandId: text,
    cardId: text,
    outRequestNo: text,
    activityChannel: optionalEnum(activityChannels),
    title: text,
    subTitle: text,
    beginTime: optional(time),
    endTime: optional(time),
    applyTotal: integer,
    applyAvailable: integer,
    productCouponStockList: optional(list(record({ productCouponId: text, stockId: text }))),
    activityState: openEnum(activityStates),
    createTime: optional(time),
    modifyTime: optional(time),
  }),
);
export type MembershipActivityRecord = Decoded<typeof membershipActivity>;
