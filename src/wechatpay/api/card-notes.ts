import type { CacheKeys } from './cache-keys';
import type { UserCardKey } from './refs';
import type { UpstreamArguments } from './request';

/** Where the notes are stored. */
export interface NoteStore {
  get(name: string): Promise<string | undefined>;
  set(name: string, text: string): Promise<void>;
}

/**
 * What this server remembers for imports by phone. Only the response to such an import has the member's openid, and WeChat Pay
 * finds no card without it. So if that response is lost, the openid becomes known as soon as any other response contains the
 * card's code.
 */
export interface CardNotes {
  /** Called with a card that was seen in a read, a list, the response to a write, or a notification. */
  saw(card: UserCardKey): void;
  /** The user of a card that was seen within the last seven days. */
  openidOf(card: Omit<UserCardKey, 'openid'>): Promise<string | undefined>;
  /** Called when an import by phone was sent and its response did not contain the openid. */
  markUnanswered(args: UpstreamArguments): Promise<void>;
  /** Whether the same phone number and code were noted so. */
  isUnanswered(args: UpstreamArguments): Promise<boolean>;
}

export const createCardNotes = (store: NoteStore, cacheKeys: CacheKeys): CardNotes => {
  const cardNames = ({ brandId, cardId, userCardCode }: Omit<UserCardKey, 'openid'>) =>
    cacheKeys.aliasesOf('card', brandId, [cardId, userCardCode]);
  const importNames = ({ brand_id, card_id, user_card_code, phone_number }: UpstreamArguments) =>
    cacheKeys.aliasesOf('import', String(brand_id), [card_id, user_card_code, phone_number].map(String));
  /** While keys rotate, the note may have another name. */
  const find = async (names: readonly string[]): Promise<string | undefined> =>
    (await Promise.all(names.map((name) => store.get(name)))).find((text) => text !== undefined);

  return {
    saw(card) {
      const [name] = cardNames(card);
      void store.set(name, card.openid);
    },
    openidOf: (card) => find(cardNames(card)),
    markUnanswered(args) {
      const [name] = importNames(args);
      return store.set(name, 'unanswered');
    },
    isUnanswered: async (args) => (await find(importNames(args))) !== undefined,
  };
};
