import { expiryOf, type ValidDate } from './validity';

/** The year of the documents whose rules apply: the founding ones of June 2025, or those of July 2026. */
export const editions = ['2025', '2026'] as const;
export type Edition = (typeof editions)[number];

/** The sandbox's data. Personal fields are in clear here, because the sandbox plays WeChat Pay, which knows them. */
/** As in the documents' response tables; further members come from the request. */
export interface Template {
  readonly card_id: string;
  readonly brand_id: string;
  readonly out_request_no: string;
  readonly appid: string;
  readonly card_type: string;
  readonly code_mode: string;
  readonly code_type: string;
  readonly card_picture_url: string;
  readonly card_color: string;
  readonly init_level?: string;
  readonly valid_date_information: ValidDate;
  readonly user_information?: {
    readonly common_field_list?: readonly string[];
    readonly custom_field_list?: readonly {
      readonly type: string;
      readonly name: string;
      readonly values: readonly string[];
    }[];
  };
  readonly state: 'CARD_EFFECTIVE' | 'CARD_INVALID';
  readonly create_time: string;
  readonly modify_time: string;
}

export interface FormAnswers {
  readonly common_field_list?: readonly { readonly name: string; readonly value: string }[];
  readonly custom_field_list?: readonly {
    readonly name: string;
    readonly user_chosen_values: readonly string[];
  }[];
}

export interface UserCard {
  readonly user_card_code: string;
  readonly card_id: string;
  readonly openid: string;
  readonly brand_id: string;
  readonly card_type: string;
  readonly card_color?: string;
  readonly card_picture_url?: string;
  readonly phone_number?: string;
  readonly level?: string;
  readonly valid_date_information: ValidDate;
  readonly pickup_time: string;
  readonly user_information?: FormAnswers;
  readonly attach?: string;
  readonly user_card_state: 'UNACTIVATED' | 'EFFECTIVE' | 'EXPIRED' | 'INVALID';
  readonly invalid_reason?: string;
  readonly invalid_time?: string;
  readonly create_time: string;
  readonly modify_time: string;
}

export interface Brand {
  readonly brandId: string;
  readonly name: string;
  readonly appid: string;
}

/** A member's request for a coupon that waits for the merchant's decision. */
export interface Exchange {
  readonly openid: string;
  readonly exchange_coupon_template_id: string;
  /** Fails even if the merchant allows it. */
  readonly sold_out: boolean;
}

export interface Activity {
  readonly activity_id: number;
  readonly out_request_no: string;
  readonly brand_id: string;
  readonly card_id: string;
  readonly activity_channel: string;
  readonly title: string;
  readonly sub_title: string;
  readonly begin_time: string;
  readonly end_time: string;
  readonly apply_total: number;
  readonly apply_available: number;
  readonly product_coupon_stock_list: readonly {
    readonly product_coupon_id: string;
    readonly stock_id: string;
  }[];
  readonly terminated: boolean;
  readonly create_time: string;
  readonly modify_time: string;
}

export interface State {
  readonly brands: ReadonlyMap<string, Brand>;
  template(brandId: string, cardId: string): Template | undefined;
  templatesOf(brandId: string): readonly Template[];
  putTemplate(template: Template): void;
  /** A code is unique within a template; without a template, the brand's first card of that code. */
  userCard(brandId: string, userCardCode: string, cardId?: string): UserCard | undefined;
  /** The cards of that code, one for each template. */
  userCardsOfCode(brandId: string, userCardCode: string): readonly UserCard[];
  userCardsOf(brandId: string, openid: string): readonly UserCard[];
  cardOfPhone(cardId: string, phone: string): UserCard | undefined;
  putUserCard(card: UserCard): void;
  /** Renames a card: the merchant allocates the code when confirming the opening. */
  renameUserCard(card: UserCard, userCardCode: string): UserCard;
  /** The user deletes the card, after which it can never be imported for that user. */
  deleteUserCard(card: UserCard): void;
  hasDeleted(brandId: string, cardId: string, openid: string): boolean;
  /** By brand and request number. */
  readonly feeds: Set<string>;
  /** Balances by brand and card code. */
  readonly points: Map<string, number>;
  /** By brand and record_id. */
  readonly exchanges: Map<string, Exchange>;
  readonly activities: Map<number, Activity>;
}

/** @param now - time by which validities end, in ms. */
export const createState = (brands: readonly Brand[], now: () => number): State => {
  const templates = new Map<string, Map<string, Template>>();
  /** By brand and code, then by template. */
  const cards = new Map<string, Map<string, UserCard>>();
  const keysOfOwner = new Map<string, Map<string, CardKey>>();
  const keyOfPhone = new Map<string, CardKey>();
  const deleted = new Set<string>();
  const keyed = (...parts: readonly string[]): string => parts.join('\n');
  const templatesWithin = (brandId: string): Map<string, Template> => {
    const known = templates.get(brandId) ?? new Map<string, Template>();
    templates.set(brandId, known);
    return known;
  };
  /** The documents have no event of expiry: an effective card has expired when its validity is over. */
  const asOfNow = (card: UserCard): UserCard =>
    card.user_card_state === 'EFFECTIVE' &&
    expiryOf(card.valid_date_information, Date.parse(card.pickup_time)) <= now()
      ? { ...card, user_card_state: 'EXPIRED' }
      : card;
  const userCardsOfCode = (brandId: string, code: string): readonly UserCard[] =>
    [...(cards.get(keyed(brandId, code))?.values() ?? [])].map(asOfNow);
  const userCard = (brandId: string, code: string, cardId?: string): UserCard | undefined => {
    const ofCode = cards.get(keyed(brandId, code));
    const found = cardId === undefined ? ofCode?.values().next().value : ofCode?.get(cardId);
    return found && asOfNow(found);
  };
  const cardAt = ({ brandId, code, cardId }: CardKey): UserCard | undefined =>
    userCard(brandId, code, cardId);

  const putUserCard = (card: UserCard): void => {
    const { brand_id: brandId, user_card_code: code, card_id: cardId } = card;
    const place = keyed(brandId, code);
    cards.set(place, (cards.get(place) ?? new Map<string, UserCard>()).set(cardId, card));
    const key: CardKey = { brandId, code, cardId };
    const owner = keyed(brandId, card.openid);
    const owned = keysOfOwner.get(owner) ?? new Map<string, CardKey>();
    keysOfOwner.set(owner, owned.set(keyed(cardId, code), key));
    if (card.phone_number !== undefined) keyOfPhone.set(keyed(cardId, card.phone_number), key);
  };

  return {
    brands: new Map(brands.map((brand) => [brand.brandId, brand])),
    template: (brandId, cardId) => templates.get(brandId)?.get(cardId),
    templatesOf: (brandId) => [...templatesWithin(brandId).values()],
    putTemplate(template) {
      templatesWithin(template.brand_id).set(template.card_id, template);
    },
    userCard,
    userCardsOfCode,
    userCardsOf: (brandId, openid) =>
      [...(keysOfOwner.get(keyed(brandId, openid))?.values() ?? [])].flatMap((key) => cardAt(key) ?? []),
    cardOfPhone(cardId, phone) {
      const found = keyOfPhone.get(keyed(cardId, phone));
      const card = found && cardAt(found);
      // The card's code may have changed meanwhile.
      return card?.phone_number === phone ? card : undefined;
    },
    putUserCard,
    renameUserCard(card, code) {
      const { brand_id: brandId, card_id: cardId, user_card_code: former, openid } = card;
      cards.get(keyed(brandId, former))?.delete(cardId);
      keysOfOwner.get(keyed(brandId, openid))?.delete(keyed(cardId, former));
      const renamed = { ...card, user_card_code: code };
      putUserCard(renamed);
      return renamed;
    },
    deleteUserCard(card) {
      deleted.add(keyed(card.brand_id, card.card_id, card.openid));
      putUserCard(card);
    },
    hasDeleted: (brandId, cardId, openid) => deleted.has(keyed(brandId, cardId, openid)),
    feeds: new Set(),
    points: new Map(),
    exchanges: new Map(),
    activities: new Map(),
  };
};

interface CardKey {
  readonly brandId: string;
  readonly code: string;
  readonly cardId: string;
}

/** Beijing time in whole seconds, as in the documents' field descriptions. */
export const wireTime = (ms: number): string =>
  new Date(ms + 8 * 3_600_000).toISOString().replace(/\.\d{3}Z$/, '+08:00');
