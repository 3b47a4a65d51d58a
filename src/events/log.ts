import type { LoggedEvent, UserCardEvent } from './event';
import type { OpeningQueue } from './openings';

/** Identifies a delivery, to recognise it when it is repeated. */
export interface DeliveryMark {
  /** The notification's id, which is the same in every delivery. */
  readonly notificationId: string;
  /** The nonce of the delivery's signature, which differs in every delivery. */
  readonly nonce: string;
}

/** `duplicate`: the notification was stored before. `replayed`: a delivery with this very nonce was stored before. */
export type Standing = 'new' | 'duplicate' | 'replayed';

/**
 * The events of each brand, in order of arrival. Each notification is stored once, however often it is delivered. Methods
 * reject if the store is unavailable.
 */
export interface EventLog {
  standingOf(brandId: string, mark: DeliveryMark): Promise<Standing>;
  /**
   * Stores the event, its mark and, with `opening`, that it waits for confirmation: all or nothing. Stores nothing unless the
   * result is `new`.
   */
  append(
    event: UserCardEvent,
    { mark, opening }: { readonly mark: DeliveryMark; readonly opening: false | 'QUEUED' | 'MANUAL' },
  ): Promise<Standing>;
  /** At most `count` events after a position, oldest first. */
  read(brandId: string, after: string, count: number): Promise<readonly LoggedEvent[]>;
  /** The first and the last stored event; `undefined` if there is none. */
  bounds(brandId: string): Promise<Bounds | undefined>;
  /** Subscribes to new-event notifications (best effort; also poll). Returns an unsubscribe function. */
  subscribe(brandId: string, wake: () => void): () => void;
  readonly openings: OpeningQueue;
}

export interface Bounds {
  readonly first: string;
  readonly last: string;
}

/** How long a notification is recognised, ms; WeChat Pay redelivers for up to 21 hours (brand 4015582700). */
export const markLifeMs = 72 * 3_600_000;
/** How long a nonce is recognised, ms; a signature is refused 5 minutes before and after its time anyway. */
export const nonceLifeMs = 15 * 60_000;
