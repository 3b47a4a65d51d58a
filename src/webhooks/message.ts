import { createHmac, type KeyObject } from 'node:crypto';
import type { UserCardEvent } from '../events/event';
import { defined } from '../shared/defined';
import type { PersonalMember, WebhookKind, WebhookSettings } from './settings';

/** Something that webhooks are told of, once each. */
export interface Message {
  /** The same at every delivery, so that a receiver can recognise a repetition. Of [\w-]. */
  readonly id: string;
  readonly kind: WebhookKind;
  readonly brandId: string;
  /** When it happened, RFC 3339. */
  readonly timestamp: string;
  /** Messages with the same subject are delivered in order. Absent: in any order. */
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly personal?: Readonly<Partial<Record<PersonalMember, unknown>>>;
}

/** The body in the form of Standard Webhooks, without what the webhook has not asked for. */
export const bodyOf = (
  { kind, timestamp, brandId, data, personal = {} }: Message,
  { personalMembers }: Pick<WebhookSettings, 'personalMembers'>,
): string =>
  JSON.stringify({
    type: kind,
    timestamp,
    data: {
      brandId,
      ...data,
      ...Object.fromEntries(personalMembers.map((name) => [name, personal[name]])),
    },
  });

export const isWanted = (
  { kinds, brandIds }: Pick<WebhookSettings, 'kinds'> & { readonly brandIds: readonly string[] | undefined },
  { kind, brandId }: Message,
): boolean => kinds.includes(kind) && (brandIds?.includes(brandId) ?? true);

export interface EventMessageDeps {
  /** The global id of the event's card, by which a receiver can read it; `undefined` if the event does not name the card. */
  readonly userCardIdOf: (event: UserCardEvent) => string | undefined;
  /** Hides the user in `subject`. Never rotated, or the order would be lost. */
  readonly subjectKey: KeyObject;
  readonly wallNow: () => number;
}

/** The message of a notification's event. */
export const messageOfEvent = (
  event: UserCardEvent,
  notificationId: string,
  { userCardIdOf, subjectKey, wallNow }: EventMessageDeps,
): Message => {
  const { eventType, eventTypeRaw, brandId, cardId, openid, userCardCode, createTime, pointExchange, extra } =
    event;
  return {
    id: `evt_${brandId}_${notificationId}`,
    kind: eventType,
    brandId,
    timestamp: createTime ?? new Date(wallNow()).toISOString(),
    data: defined({ eventTypeRaw, cardId, userCardId: userCardIdOf(event), pointExchange }),
    personal: defined({ openid, userCardCode, extra }),
    ...(openid === undefined
      ? {}
      : {
          subject: createHmac('sha256', subjectKey)
            .update(JSON.stringify([brandId, cardId, openid]))
            .digest('base64url'),
        }),
  };
};
