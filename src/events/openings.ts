import { createHash } from 'node:crypto';
import type { UserCardEvent } from './event';

/** Who has to confirm an opening. */
export const openingStates = {
  QUEUED:
    'The server confirms it by the rule of its configuration. While WeChat Pay cannot be reached, it tries again.',
  NEEDS_CODE:
    'The merchant allocates the card code, and the rule generates none. Confirm it with confirmUserCard and a code.',
  REFUSED:
    'WeChat Pay refused the confirmation by the rule. Correct the rule; confirm it with confirmUserCard.',
  MANUAL: 'The configuration has no rule for the brand. Confirm it with confirmUserCard.',
} as const;
export type OpeningState = keyof typeof openingStates;

/** A card that a user opened and that waits for confirmation. */
export interface Opening {
  readonly id: string;
  readonly event: UserCardEvent;
}

export interface WaitingOpening extends Opening {
  readonly state: OpeningState;
}

/** `event`: absent if it was encrypted with a key that is no longer configured. */
export interface ListedOpening extends Pick<WaitingOpening, 'id' | 'state'> {
  readonly event: UserCardEvent | undefined;
}

/** Openings are in one of two lists: those that this server confirms, and those that are set aside for people. */
export const openingLists = ['SET_ASIDE', 'QUEUED'] as const;
export type OpeningList = (typeof openingLists)[number];

/**
 * Openings that wait for confirmation. Queued ones stay until they are done; those that were set aside, until their card is seen in
 * another state or `keptAsideMs` is over. In the log of a single process, they end with it.
 */
export interface OpeningQueue {
  /** Takes openings that nobody has taken yet, or that were taken longer than `openingRetryMs` ago and are not done. */
  take(brandId: string, count: number): Promise<readonly Opening[]>;
  done(brandId: string, id: string): Promise<void>;
  /** Takes an opening out of the queue and keeps it in the list for people. */
  setAside(brandId: string, opening: Opening, state: 'NEEDS_CODE' | 'REFUSED'): Promise<void>;
  /** Queues the openings again that were set aside because they need a code. */
  requeue(brandId: string): Promise<void>;
  /** Forgets openings that were set aside, by `openingKeyOf`: their cards wait no more. */
  settle(brandId: string, keys: readonly string[]): Promise<void>;
  /** At most `count` openings of a list after a position, oldest first. */
  list(
    brandId: string,
    page: { readonly of: OpeningList; readonly after: string; readonly count: number },
  ): Promise<readonly ListedOpening[]>;
  /**
   * Only if openings are lost with the process: resolves to true as soon as the notification's opening is done, and to false after
   * `timeoutMs`. An opening that is not known is done.
   */
  readonly doneWithin?:
    ((brandId: string, notificationId: string, timeoutMs: number) => Promise<boolean>) | undefined;
}

/** When an opening that is not done is taken again, ms. */
export const openingRetryMs = 15_000;
/** How long an opening that was set aside is listed at most, ms. */
export const keptAsideMs = 30 * 86_400_000;

/** Finds the opening of a card. A hash: a store holds no user in clear, and an openid is too long to be tried out. */
export const openingKeyOf = ({ cardId, openid }: Pick<UserCardEvent, 'cardId' | 'openid'>): string =>
  createHash('sha256')
    .update(JSON.stringify([cardId ?? '', openid ?? '']))
    .digest('base64url');
