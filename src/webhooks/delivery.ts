import type { WebhookKind } from './settings';

/** `DEAD`: given up after the last attempt. It stays until it is delivered again or its time is over. */
export const deliveryStates = ['WAITING', 'DELIVERED', 'DEAD'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A delivery as staff sees it, without its content. Times in ms since the Unix epoch. */
export interface Delivery {
  readonly id: string;
  readonly webhook: string;
  readonly messageId: string;
  readonly brandId: string;
  readonly kind: WebhookKind;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAt: number;
  /** Of the next attempt, while it waits. */
  readonly nextAt?: number;
  readonly endedAt?: number;
  /** Of the last attempt; see `Attempt.result`. */
  readonly lastResult?: string;
}
