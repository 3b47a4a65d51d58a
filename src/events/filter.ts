import type { UserCardEvent, UserCardEventType } from './event';

/** Which events of a brand to deliver. A member that is absent admits every event. */
export interface EventFilter {
  /** An empty list admits none. */
  readonly eventTypes?: readonly UserCardEventType[] | null | undefined;
  readonly cardId?: string | null | undefined;
  readonly openid?: string | null | undefined;
}

/** Whether the filter admits the event. */
export const admits = ({ eventTypes, cardId, openid }: EventFilter, event: UserCardEvent): boolean =>
  (eventTypes?.includes(event.eventType) ?? true) &&
  (cardId ?? event.cardId) === event.cardId &&
  (openid ?? event.openid) === event.openid;
