import type { KeyObject } from 'node:crypto';
import { userCardEventTypes } from '../events/event';

/** What a webhook can be told of: the events of users' cards, and the end of bulk operations. */
export const webhookKinds = [...userCardEventTypes, 'BULK_OPERATION_ENDED'] as const;
export type WebhookKind = (typeof webhookKinds)[number];

/** Members of a message that name a user, or might. They are sent only if the webhook asks for them. */
export const personalMembers = ['openid', 'userCardCode', 'extra'] as const;
export type PersonalMember = (typeof personalMembers)[number];

/** A system of the brand's that is told of events. */
export interface WebhookSettings {
  /** Its name in the configuration, in the log and in the list of deliveries. */
  readonly id: string;
  /** https, or http if private networks are allowed. */
  readonly url: string;
  /** Signs the messages by HMAC-SHA256; 24 to 64 bytes. */
  readonly secret: KeyObject;
  /** Signs too, while receivers change from one secret to the other. Default: none. */
  readonly secondSecret?: KeyObject;
  /** Absent: events of every brand. */
  readonly brandIds?: readonly string[];
  readonly kinds: readonly WebhookKind[];
  readonly personalMembers: readonly PersonalMember[];
  /** Whether the host may have an address of a private network. */
  readonly allowPrivateNetwork: boolean;
}
