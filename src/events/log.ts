import type { LoggedEvent, UserCardEvent } from './event';

/** By what a delivery is known again. */
export interface DeliveryMark {
  /** The notification's own id: the same one in every delivery of it. */
  readonly notificationId: string;
  /** Of the delivery's signature: another one in every delivery. */
  readonly nonce: string;
}

/** `replayed`: a delivery with this nonce was stored before, so these are its very bytes again. */
export type Standing = 'new' | 'duplicate' | 'replayed';

/**
 * The events of each brand, in the order in which they came in; appended once however often they are delivered. Rejects
 * where the store behind it cannot be reached.
 */
export interface EventLog {
  standingOf(brandId: string, mark: DeliveryMark): Promise<Standing>;
  /**
   * Stores the event, what it is known by and, with `opening`, the task to confirm it: all or nothing. Whatever but `new`
   * stores nothing.
   */
  append(
    event: UserCardEvent,
    { mark, opening }: { readonly mark: DeliveryMark; readonly opening: boolean },
  ): Promise<Standing>;
  /** At most `count` events behind a position, oldest first. */
  read(brandId: string, after: string, count: number): Promise<readonly LoggedEvent[]>;
  /** First and last of what is kept. */
  bounds(brandId: string): Promise<Bounds | undefined>;
  /** Calls back when the brand may have new events; the answer ends that. A call may be missing, so look now and then. */
  subscribe(brandId: string, wake: () => void): () => void;
  readonly openings: OpeningQueue;
}

export interface Bounds {
  readonly first: string;
  readonly last: string;
}

/** A card that waits for the merchant's word. */
export interface Opening {
  readonly id: string;
  readonly event: UserCardEvent;
}

/** Openings that wait for an automatic answer. They stay until they are done. */
export interface OpeningQueue {
  /** Those that nobody took yet, and those taken longer than `openingRetryMs` ago and not done. */
  take(brandId: string, count: number): Promise<readonly Opening[]>;
  done(brandId: string, id: string): Promise<void>;
}

/** WeChat Pay delivers again for up to 21 hours (brand 4015582700); a notification is known again for longer. */
export const markLifeMs = 72 * 3_600_000;
/** A signature is refused 5 minutes from its time in either direction, so its nonce need not be known for longer. */
export const nonceLifeMs = 15 * 60_000;
/** After how long an opening that is not done is taken up again. */
export const openingRetryMs = 15_000;
