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

/** Of a kind that this version does not know: what identifies the card, and everything else as `extra`. */
const unknownKind = withExtra(record(members));

type Known = Decoded<typeof knownKind>;
type KnownMembers = Omit<Known, 'brandId' | keyof typeof personal | keyof typeof cardMembers>;

/** What a notification says. Only one of kind UNKNOWN may lack card and openid. */
export type NotificationResource = { readonly brandId: string } & {
  readonly [Name in keyof KnownMembers]?: KnownMembers[Name] | undefined;
};

/** Members without which a notification of the kind says nothing that its receiver can act on. */
const needs: Readonly<Record<NotificationKind, readonly (keyof KnownMembers)[]>> = {
  USER_CARD_CREATE: ['cardId', 'openid'],
  USER_CARD_DELETE: ['cardId', 'openid'],
  SYNC_USER_POINT: ['cardId', 'openid'],
  POINT_EXCHANGE_COUPON: ['cardId', 'openid', 'recordId', 'exchangeCouponTemplateId'],
  UNKNOWN: [],
};

/**
 * Reads a decrypted resource. A notification of a known kind that lacks what it needs becomes one of kind UNKNOWN, so that nothing it
 * says is lost. `undefined` if it is about no brand.
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
