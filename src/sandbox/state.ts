/** The sandbox's data. Personal fields are in clear here, because the sandbox plays WeChat Pay, which knows them. */
export interface ValidDate {
  readonly type?: 'FIX_TIME_RANGE' | 'FIX_TERM' | 'PERMANENT';
  readonly available_begin_time?: string;
  readonly available_end_time?: string;
  readonly available_day_after_receive?: number;
}

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
  userCard(brandId: string, userCardCode: string): UserCard | undefined;
  userCardsOf(brandId: string, openid: string): readonly UserCard[];
  cardOfPhone(cardId: string, phone: string): UserCard | undefined;
  putUserCard(card: UserCard): void;
  /** Renames a card: the merchant allocates the code when confirming the opening. */
  renameUserCard(card: UserCard, userCardCode: string): UserCard;
  /** By brand and request number. */
  readonly feeds: Set<string>;
  /** Balances by brand and card code. */
  readonly points: Map<string, number>;
  /** By brand and record_id. */
  readonly exchanges: Map<string, Exchange>;
  readonly activities: Map<number, Activity>;
}

export const createState = (brands: readonly Brand[]): State => {
  const templates = new Map<string, Map<string, Template>>();
  const cards = new Map<string, Map<string, UserCard>>();
  const codesOf = new Map<string, Set<string>>();
  const codeOfPhone = new Map<string, { readonly brandId: string; readonly code: string }>();
  const ownerKey = (brandId: string, openid: string): string => `${brandId}\n${openid}`;
  const phoneKey = (cardId: string, phone: string): string => `${cardId}\n${phone}`;
  const within = <T>(maps: Map<string, Map<string, T>>, brandId: string): Map<string, T> => {
    const known = maps.get(brandId) ?? new Map<string, T>();
    maps.set(brandId, known);
    return known;
  };
  const userCard = (brandId: string, code: string): UserCard | undefined => cards.get(brandId)?.get(code);

  const putUserCard = (card: UserCard): void => {
    within(cards, card.brand_id).set(card.user_card_code, card);
    const owner = ownerKey(card.brand_id, card.openid);
    codesOf.set(owner, (codesOf.get(owner) ?? new Set()).add(card.user_card_code));
    if (card.phone_number !== undefined)
      codeOfPhone.set(phoneKey(card.card_id, card.phone_number), {
        brandId: card.brand_id,
        code: card.user_card_code,
      });
  };

  return {
    brands: new Map(brands.map((brand) => [brand.brandId, brand])),
    template: (brandId, cardId) => templates.get(brandId)?.get(cardId),
    templatesOf: (brandId) => [...within(templates, brandId).values()],
    putTemplate(template) {
      within(templates, template.brand_id).set(template.card_id, template);
    },
    userCard,
    userCardsOf: (brandId, openid) =>
      [...(codesOf.get(ownerKey(brandId, openid)) ?? [])].flatMap((code) => userCard(brandId, code) ?? []),
    cardOfPhone(cardId, phone) {
      const found = codeOfPhone.get(phoneKey(cardId, phone));
      return found && userCard(found.brandId, found.code);
    },
    putUserCard,
    renameUserCard(card, code) {
      const renamed = { ...card, user_card_code: code };
      cards.get(card.brand_id)?.delete(card.user_card_code);
      codesOf.get(ownerKey(card.brand_id, card.openid))?.delete(card.user_card_code);
      putUserCard(renamed);
      return renamed;
    },
    feeds: new Set(),
    points: new Map(),
    exchanges: new Map(),
    activities: new Map(),
  };
};

/** Beijing time in whole seconds, as in the documents' field descriptions. */
export const wireTime = (ms: number): string =>
  new Date(ms + 8 * 3_600_000).toISOString().replace(/\.\d{3}Z$/, '+08:00');
