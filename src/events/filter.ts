import type { UserCardEvent, UserCardEventType } from './event';

/** One card of one user. */
export interface CardOfEvents {
  readonly cardId: string;
  readonly openid: string;
  readonly userCardCode: string;
}

/** Which events of a brand to deliver. A member that is absent admits every event. */
export interface EventFilter {
  /** An empty list admits none. */
  readonly eventTypes?: readonly UserCardEventType[] | null | undefined;
  readonly cardId?: string | null | undefined;
  readonly openid?: string | null | undefined;
  /** An opening of the same user and template that has no code yet is admitted too: it may be this card's. */
  readonly card?: CardOfEvents | undefined;
}

/** Whether the filter admits the event. */
export const admits = ({ eventTypes, cardId, openid, card }: EventFilter, event: UserCardEvent): boolean =>
  (eventTypes?.includes(event.eventType) ?? true) &&
  (cardId ?? event.cardId) === event.cardId &&
  (openid ?? event.openid) === event.openid &&
  (card === undefined || isOfCard(card, event));

const isOfCard = (card: CardOfEvents, { cardId, openid, userCardCode }: UserCardEvent): boolean =>
  cardId === card.cardId &&
  openid === card.openid &&
  (userCardCode === undefined || userCardCode === card.userCardCode);
