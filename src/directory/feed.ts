import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import type { ObserveCard } from '../wechatpay/api/card-sightings';
import type { CoveredBrands } from './covered-brands';
import { createPending } from './pending';
import { createPresence } from './presence';
import { writeBatch, type WriteDeps } from './write-batch';

/**
 * Stores what passes by, behind the responses: `saw` only notes it. A database that is slow or away costs entries, never a
 * response; then the directory says that it is not complete.
 */
export interface Feed {
  readonly saw: ObserveCard;
  /** Resolves when what was seen so far is stored. Rejects with AppError DATABASE_UNAVAILABLE. */
  settle(): Promise<void>;
  /** Entries lost since the start, and whether entries of the brand were lost and the database does not know it yet. */
  readonly lost: () => number;
  readonly hasLost: (brandId: string) => boolean;
  /** Entries that wait to be stored. */
  readonly pending: () => number;
  /** Stores what is left, if the database can be used. */
  stop(): Promise<void>;
}

export interface FeedDeps extends WriteDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly covered: CoveredBrands;
  /** Called when entries were lost, with their number. */
  readonly onLost: (count: number) => void;
  /** Called when the database refuses entries for good. */
  readonly onError: (error: unknown) => void;
  /** Called once, when the first entries are stored. */
  readonly onBegin: () => void;
  /** Entries kept in memory while the database is slow or away. Default: 20 000. */
  readonly maxPending?: number;
}

/** Entries of one transaction: few enough that hashing and encrypting them stalls no request. */
const batchSize = 100;
/** Entries wait so long for others, ms. */
const collectMs = 500;
const maxPauseMs = 30_000;

export const createFeed = (deps: FeedDeps): Feed => {
  const { database, clock, covered, onLost, onError, onBegin, maxPending = 20_000 } = deps;
  const pending = createPending(maxPending);
  const presence = createPresence({ database, clock, id: randomUUID(), covered });
  const unsaid = new Set<string>();
  let lostCount = 0;
  let failures = 0;
  let storing: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  const lose = (brandIds: readonly string[]): void => {
    for (const brandId of brandIds) unsaid.add(brandId);
    lostCount += brandIds.length;
    onLost(brandIds.length);
  };
  const isDue = (): boolean => pending.size() > 0 || unsaid.size > 0;
  const storeBatch = async (): Promise<void> => {
    const entries = pending.first(batchSize);
    const lost = [...unsaid];
    const sightings = entries.map(([, sighting]) => sighting);
    try {
      await database.transaction(async (sql) => {
        await presence.register(sql);
        await writeBatch(sql, { sightings, lost, recordedSince: covered.since, now: clock.wallNow() }, deps);
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE') throw error;
      if (entries.length === 0) throw error;
      // The same entries would be refused again, and keep all others back.
      pending.done(entries);
      lose(sightings.map(({ brandId }) => brandId));
      onError(error);
      return;
    }
    pending.done(entries);
    for (const brandId of lost) unsaid.delete(brandId);
    if (presence.confirm()) onBegin();
  };
  const storeAll = async (): Promise<void> => {
    while (isDue()) await storeBatch();
  };
  /** One at a time: two transactions could store two versions of a card in the wrong order. */
  const store = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    storing ??= storeAll()
      .then(
        () => {
          failures = 0;
        },
        (error: unknown) => {
          failures += 1;
          schedule(Math.min(maxPauseMs, collectMs * 2 ** failures));
          throw error;
        },
      )
      .finally(() => {
        storing = undefined;
        // Noted while the last transaction ended.
        if (failures === 0 && isDue()) schedule(0);
      });
    return storing;
  };
  const schedule = (ms: number): void => {
    cancel ??= clock.after(ms, () => {
      cancel = undefined;
      // The database reports why it cannot be used; the entries stay.
      store().catch(() => undefined);
    });
  };

  return {
    saw(sighting) {
      const { brandId, seenAt = clock.wallNow() } = sighting;
      if (!covered.has(brandId)) return;
      if (!pending.add({ ...sighting, seenAt })) lose([brandId]);
      // The first ones at once: from then on the database knows that this process may have more.
      schedule(presence.isKnown() ? collectMs : 0);
    },
    settle: async () => {
      // What is being stored now may have begun before the last entry was noted.
      await storing;
      if (isDue()) await store();
    },
    lost: () => lostCount,
    hasLost: (brandId) => unsaid.has(brandId),
    pending: pending.size,
    async stop() {
      await storing?.catch(() => undefined);
      if (isDue()) await store().catch(() => undefined);
      cancel?.();
      if (pending.size() > 0) onLost(pending.size());
      if (!isDue()) await presence.leave();
    },
  };
};
