import { randomBytes, randomInt } from 'node:crypto';
import type { Deliveries } from './deliveries';
import { invalidRequest, refused } from './failure';
import type { Occasion } from './notification';
import type { Route } from './routing';
import { wireTime, type State, type Template, type UserCard } from './state';

/**
 * Which user acts on which card. `route`: the route with which the template was created, by default `brand`; `mchid`: the partner that
 * created it, by default the first.
 */
export interface UserAction {
  readonly brandId: string;
  readonly route?: Route;
  readonly mchid?: string;
  readonly oldSpelling?: boolean;
}
export interface Opening extends UserAction {
  readonly cardId: string;
  readonly openid?: string;
  readonly phoneNumber?: string;
}
export interface CardAction extends UserAction {
  readonly userCardCode: string;
  /** Needed if several templates of the brand have a card of this code. */
  readonly cardId?: string;
}

export interface Done {
  readonly openid: string;
  readonly userCardCode: string;
  /** Resolves when the notification was delivered or given up. */
  readonly delivered: Promise<unknown>;
}

/** Actions of simulated users in WeChat. Each returns before its notification is delivered. */
export interface Users {
  open(opening: Opening): Done;
  remove(action: CardAction): Done;
  /** Ends the validity now; WeChat Pay sends no notification about it. */
  expire(action: CardAction): Done;
  /** Requests a coupon for points. */
  exchangePoints(action: CardAction & { readonly points: number }): Done;
  /** Opens a card whose points WeChat Pay does not know. */
  lookAtPoints(action: CardAction): Done;
}

export interface UsersDeps {
  readonly state: () => State;
  readonly deliveries: Deliveries;
  /** Time by the movable clock, in ms. */
  readonly now: () => number;
}

export const createUsers = ({ state, deliveries, now }: UsersDeps): Users => {
  const templateOf = (brandId: string, cardId: string): Template => {
    const found = state().template(brandId, cardId);
    if (found === undefined) throw refused('templateMissing');
    return found;
  };
  const cardOf = ({ brandId, userCardCode, cardId }: CardAction): UserCard => {
    const found = state()
      .userCardsOfCode(brandId, userCardCode)
      .filter((card) => cardId === undefined || card.card_id === cardId);
    const [card, ...others] = found;
    if (card === undefined) throw refused('cardMissing');
    if (others.length > 0)
      throw invalidRequest(
        `userCardCode: several templates have it; add cardId, one of: ${found.map(({ card_id }) => card_id).join(', ')}`,
      );
    return card;
  };
  const tell = (
    card: UserCard,
    { route = 'brand', mchid, oldSpelling = false }: UserAction,
    occasion: Pick<Occasion, 'kind' | 'resource'>,
  ): Done => {
    const notifyUrl = String(
      (templateOf(card.brand_id, card.card_id) as { notify_url?: unknown }).notify_url,
    );
    const delivered = deliveries.send({
      ...occasion,
      ...{ route, notifyUrl, oldSpelling },
      ...(mchid === undefined ? {} : { mchid }),
    });
    return { openid: card.openid, userCardCode: card.user_card_code, delivered };
  };
  const ended = (card: UserCard, change: Partial<UserCard>): UserCard => {
    if (card.user_card_state !== 'EFFECTIVE' && card.user_card_state !== 'UNACTIVATED')
      throw invalidRequest(`the card is ${card.user_card_state} already`);
    return { ...card, ...change, modify_time: wireTime(now()) };
  };

  return {
    open(opening) {
      const { brandId, cardId, openid = `o${randomBytes(20).toString('base64url').slice(0, 27)}` } = opening;
      const template = templateOf(brandId, cardId);
      if (
        state()
          .userCardsOf(brandId, openid)
          .some((one) => one.card_id === cardId && ['UNACTIVATED', 'EFFECTIVE'].includes(one.user_card_state))
      )
        throw refused('holdsValid');
      const card: UserCard = {
        user_card_code: Array.from({ length: 24 }, () => randomInt(10)).join(''),
        card_id: cardId,
        openid,
        brand_id: brandId,
        card_type: template.card_type,
        card_color: template.card_color,
        card_picture_url: template.card_picture_url,
        phone_number: opening.phoneNumber ?? `139${String(randomInt(1e8)).padStart(8, '0')}`,
        valid_date_information: template.valid_date_information,
        pickup_time: wireTime(now()),
        user_card_state: 'UNACTIVATED',
        create_time: wireTime(now()),
        modify_time: wireTime(now()),
      };
      state().putUserCard(card);
      const { user_card_code: code, ...withoutCode } = card;
      // If the merchant allocates codes, it chooses one only when confirming.
      const allocated = (template as { code_mode?: unknown }).code_mode === 'SYSTEM_ALLOCATE';
      return tell(card, opening, {
        kind: 'USER_CARD.CREATE',
        resource: { ...withoutCode, ...(allocated ? { user_card_code: code } : {}) },
      });
    },
    remove(action) {
      const card = ended(cardOf(action), {
        user_card_state: 'INVALID',
        invalid_reason: '用户主动删除',
        invalid_time: wireTime(now()),
      });
      state().deleteUserCard(card);
      return tell(card, action, { kind: 'USER_CARD.DELETE', resource: { ...card } });
    },
    expire(action) {
      const card = ended(cardOf(action), { user_card_state: 'EXPIRED' });
      state().putUserCard(card);
      return { openid: card.openid, userCardCode: card.user_card_code, delivered: Promise.resolve() };
    },
    exchangePoints(action) {
      const card = cardOf(action);
      return tell(card, action, {
        kind: 'POINT_EXCHANGE_COUPON',
        resource: {
          ...keyOf(card),
          record_id: randomBytes(12).toString('hex'),
          appid: templateOf(card.brand_id, card.card_id).appid,
          exchange_coupon_template_id: '100232301',
          deduct_points: action.points,
          product_coupon_id: '200000001',
          product_coupon_stock_type: 'PRODUCT_COUPON_STOCK_TYPE_BRAND_FAVOR',
          stock_id: '300000001',
        },
      });
    },
    lookAtPoints(action) {
      const card = cardOf(action);
      return tell(card, action, { kind: 'SYNC_USER_POINT', resource: keyOf(card) });
    },
  };
};

const keyOf = ({ brand_id, card_id, openid, user_card_code }: UserCard) => ({
  brand_id,
  card_id,
  openid,
  user_card_code,
});
