import type { KeyObject } from 'node:crypto';
import type { Database } from '../database/database';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import type { KeyRing } from '../shared/key-ring';
import type { ObserveCard } from '../wechatpay/api/card-sightings';
import { createCoveredBrands, type CoveredBrands } from './covered-brands';
import { neverTold } from './write-batch';
import { createFeed } from './feed';
import { forgetMember } from './forget';
import { maintain } from './maintain';
import { createNames, type MemberName } from './names';
import {
  countCards,
  findCard,
  listCards,
  type KnownCard,
  type KnownCardPage,
  type ListRequest,
} from './read-cards';
import { createSealing } from './sealing';

/** Since when a brand's cards are recorded, and whether something that passed by is missing. Times: ms since the Unix epoch. */
export interface Coverage {
  /** Absent if nothing was recorded yet. */
  readonly since?: number;
  /** Whether everything that passed by since then is recorded. Says nothing about members who never passed by. */
  readonly complete: boolean;
  /** When entries were lost for the last time, as far as it is known. */
  readonly lostAt?: number;
}

/** A member's card that a file names. */
export interface ToldCard {
  readonly brandId: string;
  readonly cardId: string;
  readonly userCardCode: string;
  readonly openid?: string;
  /** In clear and normalised. */
  readonly phoneNumber?: string;
  readonly state?: string;
  readonly level?: string;
}

/** The members' cards that passed by this server. No method calls WeChat Pay. All reject with DATABASE_UNAVAILABLE. */
export interface Directory {
  readonly covers: (brandId: string) => boolean;
  /** Rejects with DECRYPTION_KEY_MISSING if the card's encryption key was removed. */
  find(brandId: string, by: MemberName, cardId?: string): Promise<KnownCard | undefined>;
  list(request: ListRequest): Promise<KnownCardPage>;
  count(request: Pick<ListRequest, 'brandId' | 'filter'>): Promise<number>;
  coverage(brandId: string): Promise<Coverage>;
  /**
   * Records a card that did not pass by, and resolves when it is stored. Its state and level are older than all that WeChat Pay has told.
   */
  record(card: ToldCard): Promise<void>;
  /** Erases a member's entries and returns their number. */
  forget(brandId: string, by: MemberName): Promise<number>;
}

/** The same for those who feed and end it. */
export interface OpenDirectory extends Directory {
  readonly saw: ObserveCard;
  /** Entries that could not be stored since the start. */
  readonly lost: () => number;
  readonly pending: () => number;
  readonly replaceBrands: CoveredBrands['replace'];
  stop(): Promise<void>;
}

export interface DirectoryDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** The brands that are recorded. */
  readonly brandIds: readonly string[];
  readonly retainDays: number;
  /** The key of the global ids: the hashes must outlive a change of the encryption keys. */
  readonly idsKey: KeyObject;
  readonly keys: KeyRing;
  readonly onLost: (count: number) => void;
  readonly onError: (error: unknown) => void;
  /** Records in the audit log that entries not seen since `before` are erased. Throws if it cannot. */
  readonly recordEnd: (brandId: string, before: number) => void;
}

const dayMs = 86_400_000;
const maintainEveryMs = 3_600_000;

export const createDirectory = (deps: DirectoryDeps): OpenDirectory => {
  const { database, clock, retainDays, idsKey, keys, onLost, onError, recordEnd } = deps;
  const covered = createCoveredBrands(deps.brandIds, clock.wallNow);
  const names = createNames(idsKey);
  const sealing = createSealing(keys);
  const read = { names, sealing };
  const feed = createFeed({
    ...read,
    database,
    clock,
    covered,
    onLost,
    onError,
    onBegin: () => {
      maintainNow();
    },
  });
  let cancel = (): void => undefined;
  let maintaining: Promise<void> | undefined;

  const maintainNow = (): void => {
    maintaining ??= maintain({
      ...read,
      database,
      retainMs: retainDays * dayMs,
      now: clock.wallNow,
      recordEnd,
      resee: feed.saw,
    })
      .catch((error: unknown) => {
        // Readiness already says why; the next hour tries again.
        if (!(error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE')) onError(error);
      })
      .finally(() => {
        maintaining = undefined;
      });
  };
  const schedule = (): void => {
    cancel = clock.after(maintainEveryMs, () => {
      maintainNow();
      schedule();
    });
  };
  /** Whoever finds an entry under a former key moves it to the current one. */
  const touch = (card: KnownCard | AppError | undefined): void => {
    if (card === undefined || card instanceof AppError || !card.isFormer) return;
    const { brandId, cardId, userCardCode, openid, lastSeenAt: seenAt } = card;
    feed.saw({ brandId, cardId, userCardCode, seenAt, ...(openid !== undefined && { openid }) });
  };

  schedule();
  return {
    covers: covered.has,
    replaceBrands: covered.replace,
    saw: feed.saw,
    lost: feed.lost,
    pending: feed.pending,
    async find(brandId, by, cardId) {
      await feed.settle();
      const found = await findCard(database, { brandId, by, cardId }, read);
      touch(found);
      if (found instanceof AppError) throw found;
      return found;
    },
    async list(request) {
      await feed.settle();
      const page = await listCards(database, request, read);
      page.cards.forEach(({ card }) => {
        touch(card);
      });
      return page;
    },
    async count(request) {
      await feed.settle();
      return countCards(database, request, read);
    },
    async coverage(brandId) {
      await feed.settle();
      const [row] = await database.query<{ readonly since: number; readonly lost_at: number | null }>(
        'select since, lost_at from directory_brands where brand_id = $1',
        [brandId],
      );
      if (row === undefined) return { complete: false };
      const { since, lost_at: lostAt } = row;
      return {
        since,
        complete: lostAt === null && !feed.hasLost(brandId),
        ...(lostAt !== null && { lostAt }),
      };
    },
    async record({ state, level, ...card }) {
      feed.saw({
        ...card,
        ...(state !== undefined && { state: { value: state, at: neverTold } }),
        ...(level !== undefined && { level: { value: level, at: neverTold } }),
      });
      await feed.settle();
    },
    async forget(brandId, by) {
      await feed.settle();
      return forgetMember(database, { brandId, by, now: clock.wallNow() }, names);
    },
    async stop() {
      cancel();
      await maintaining;
      await feed.stop();
    },
  };
};
