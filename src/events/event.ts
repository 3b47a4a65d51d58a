/** WeChat Pay's own words, without the route in front: BRAND_MEMBER_CARD_SP.USER_CARD.CREATE → USER_CARD_CREATE. */
export const userCardEventTypes = [
  'USER_CARD_CREATE',
  'USER_CARD_DELETE',
  'POINT_EXCHANGE_COUPON',
  'SYNC_USER_POINT',
] as const;
export type UserCardEventType = (typeof userCardEventTypes)[number];

/** What happened to a user's card. Phone number and form answers are not in it: they are read, and paid for, on demand. */
export interface UserCardEvent {
  readonly eventType: UserCardEventType;
  readonly brandId: string;
  readonly cardId: string;
  readonly openid: string;
  /** Absent where a card was opened whose code the merchant allocates. */
  readonly userCardCode?: string;
  /** When WeChat Pay made the notification, RFC 3339. */
  readonly createTime: string;
  /** With POINT_EXCHANGE_COUPON only. */
  readonly pointExchange?: PointExchange;
}

/** 积分兑券: a user wants to pay points for a coupon. */
export interface PointExchange {
  readonly recordId: string;
  readonly exchangeCouponTemplateId: string;
  readonly deductPoints: number;
  readonly appid?: string;
  readonly productCouponId?: string;
  readonly productCouponStockType?: string;
  readonly stockId?: string;
}

/** An event and its place in its brand's log. */
export interface LoggedEvent extends UserCardEvent {
  /** `<ms>-<number>`, growing within a brand. */
  readonly eventId: string;
}

const form = /^\d{1,15}-\d{1,15}$/;

/** Whether a text can be the id of an event, or `0` for the beginning. */
export const isPosition = (text: string): boolean => text === '0' || form.test(text);

/** < 0 where `a` lies before `b`. Both are positions. */
export const comparePositions = (a: string, b: string): number => {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs - bMs || aNumber - bNumber;
};

/** When an event was stored, clock time in ms. */
export const timeOf = (eventId: string): number => Number(eventId.split('-')[0]);
