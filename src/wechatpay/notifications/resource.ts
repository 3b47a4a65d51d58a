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

/** The members of all three documented resources; each kind has some of them. */
const knownKind = withExtra(
  record({
    ...personal,
    ...cardMembers,
    brandId: text,
    cardId: text,
    openid: text,
    userCardCode: optional(text),
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
const unknownKind = withExtra(
  record({
    ...personal,
    brandId: optional(text),
    cardId: optional(text),
    openid: optional(text),
    userCardCode: optional(text),
  }),
);

type KnownMembers = Omit<
  Decoded<typeof knownKind>,
  'brandId' | keyof typeof personal | keyof typeof cardMembers
>;

/** The content of a notification. Only an unknown type may lack card and openid. */
export type NotificationResource = { readonly brandId: string } & {
  readonly [Name in keyof KnownMembers]?: KnownMembers[Name] | undefined;
};

/**
 * Reads a decrypted resource. Throws UPSTREAM_MALFORMED if a known type lacks what the documents require. Returns `undefined`
 * if an unknown type names no brand.
 */
export const readResource = (
  data: unknown,
  { kind, brandId }: { readonly kind: NotificationKind; readonly brandId: string | undefined },
): NotificationResource | undefined => {
  if (kind !== 'UNKNOWN') return knownKind(data, 'resource');
  const found = optional(unknownKind)(data, 'resource');
  const of = found?.brandId ?? brandId;
  return found === undefined || of === undefined ? undefined : { ...found, brandId: of };
};
