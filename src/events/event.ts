/** WeChat Pay's event types without the route's prefix: BRAND_MEMBER_CARD_SP.USER_CARD.CREATE → USER_CARD_CREATE. */
export const userCardEventTypes = [
  'USER_CARD_CREATE',
  'USER_CARD_DELETE',
  'POINT_EXCHANGE_COUPON',
  'SYNC_USER_POINT',
  /** Of a kind that this version does not know, or without what its kind needs; `eventTypeRaw` names it. */
  'UNKNOWN',
] as const;
export type UserCardEventType = (typeof userCardEventTypes)[number];

/** An event of a user's card. Holds no phone number or form answers; those are read on demand, at the cost of a call. */
export interface UserCardEvent {
  readonly eventType: UserCardEventType;
  /** WeChat Pay's own event type, with the route's prefix. Absent in events stored by an earlier version. */
  readonly eventTypeRaw?: string;
  readonly brandId: string;
  /** Absent only with UNKNOWN, like the openid. */
  readonly cardId?: string;
  readonly openid?: string;
  /** Absent if the merchant allocates the card's code and the user has just opened the card. */
  readonly userCardCode?: string;
  /** When WeChat Pay created the notification, RFC 3339. Absent if it did not send such a time. */
  readonly createTime?: string;
  /** With POINT_EXCHANGE_COUPON only. */
  readonly pointExchange?: PointExchange;
  /** Members that this version does not know, without personal data in clear. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** 积分兑券: a user wants to exchange points for a coupon. */
export interface PointExchange {
  readonly recordId: string;
  readonly exchangeCouponTemplateId: string;
  /** Absent if WeChat Pay did not say it, or in a form that cannot be read; `extra` has it then. */
  readonly deductPoints?: number;
  readonly appid?: string;
  readonly productCouponId?: string;
  readonly productCouponStockType?: string;
  readonly stockId?: string;
}

/** An event with its position in its brand's log. */
export interface LoggedEvent extends UserCardEvent {
  /** `<ms>-<number>`, increasing within a brand. */
  readonly eventId: string;
}

const form = /^\d{1,15}-\d{1,15}$/;

/** Whether the text has the form of an event id, or is `0` for the beginning. */
export const isPosition = (text: string): boolean => text === '0' || form.test(text);

/** Negative if `a` comes before `b`. Both must be positions. */
export const comparePositions = (a: string, b: string): number => {
  const [aMs = 0, aNumber = 0] = a.split('-').map(Number);
  const [bMs = 0, bNumber = 0] = b.split('-').map(Number);
  return aMs - bMs || aNumber - bNumber;
};

/** When the event was stored, clock time in ms. */
export const timeOf = (eventId: string): number => Number(eventId.split('-')[0]);
