import { integer, optional, record, text, unread, type Decoded } from '../records/decode';
import { withExtra } from '../records/extra';

export type NotificationKind =
  'USER_CARD_CREATE' | 'USER_CARD_DELETE' | 'POINT_EXCHANGE_COUPON' | 'SYNC_USER_POINT' | 'UNKNOWN';

/** Clear text inside the resource (partner 4015283692), so they are neither read nor stored. */
const personal = { phoneNumber: unread, userInformation: unread };

/** The card itself is read on demand, because it may have changed since. */
const cardMembers = {
  ...{ cardColor: unread, cardPictureUrl: unread, cardType: unread, validDateInformation: unread },
  ...{ pickupTime: unread, userCardState: unread, createTime: unread, modifyTime: unread, level: unread },
  ...{ attach: unread, invalidReason: unread, invalidTime: unread },
};

/** The members of all documented resources; each kind has some of them. */
const members = {
  ...personal,
  brandId: optional(text),
  cardId: optional(text),
  openid: optional(text),
  userCardCode: optional(text),
};

const knownKind = withExtra(
  record({
    ...members,
    ...cardMembers,
    recordId: optional(text),
    exchangeCouponTemplateId: optional(text),
    deductPoints: optional(integer),
    appid: optional(text),
    productCouponId: optional(text),
    productCouponStockType: optional(text),
    stockId: optional(text),
  }),
);

/** For a type that this version does not know: what identifies the card, and everything else as `extra`. */
const unknownKind = withExtra(record(members));

type Known = Decoded<typeof knownKind>;
type KnownMembers = Omit<Known, 'brandId' | keyof typeof personal | keyof typeof cardMembers>;

/** The content of a notification. Only an UNKNOWN one may lack card and openid. */
export type NotificationResource = { readonly brandId: string } & {
  readonly [Name in keyof KnownMembers]?: KnownMembers[Name] | undefined;
};

/** Members without which a receiver cannot act on a notification of the type. */
const needs: Readonly<Record<NotificationKind, readonly (keyof KnownMembers)[]>> = {
  USER_CARD_CREATE: ['cardId', 'openid'],
  USER_CARD_DELETE: ['cardId', 'openid'],
  SYNC_USER_POINT: ['cardId', 'openid'],
  POINT_EXCHANGE_COUPON: ['cardId', 'openid', 'recordId', 'exchangeCouponTemplateId'],
  UNKNOWN: [],
};

/**
 * Reads a decrypted resource. A known type without the members that it needs becomes UNKNOWN, so that its content is not lost.
 * Returns `undefined` if the resource names no brand.
 *
 * @param given.brandId the brand whose own key decrypted it, in case the resource does not name the brand
 */
export const readResource = (
  data: unknown,
  { kind, brandId }: { readonly kind: NotificationKind; readonly brandId: string | undefined },
): { readonly kind: NotificationKind; readonly resource: NotificationResource } | undefined => {
  const known = optional(knownKind)(data, 'resource');
  const isWhole = kind !== 'UNKNOWN' && needs[kind].every((name) => known?.[name] !== undefined);
  const found = isWhole ? known : optional(unknownKind)(data, 'resource');
  const of = found?.brandId ?? brandId;
  if (found === undefined || of === undefined) return undefined;
  return { kind: isWhole ? kind : 'UNKNOWN', resource: { ...found, brandId: of } };
};
