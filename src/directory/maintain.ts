import type { Database } from '../database/database';
import { AppError } from '../shared/errors';
import type { CardSighting } from '../wechatpay/api/card-sightings';
import type { Sealing } from './sealing';

export interface MaintainDeps {
  readonly database: Database;
  readonly sealing: Sealing;
  /** Entries that were not seen for longer are erased, ms. */
  readonly retainMs: number;
  readonly now: () => number;
  /** Records that entries of a brand end, before they do. Throws if it cannot; then they stay. */
  readonly recordEnd: (brandId: string, lastSeenBefore: number) => void;
  /** Stores an entry again, under the current key. */
  readonly resee: (sighting: CardSighting) => void;
}

const batchSize = 500;
/** Longer than any cached card lives: then nothing that was seen before can pass by again. */
const forgottenMs = 7 * 86_400_000;

/** What is done from time to time: ends old entries, and moves entries to the current key. */
export const maintain = async (deps: MaintainDeps): Promise<void> => {
  const { database, now, sealing } = deps;
  const formerIds = sealing.formerIds();
  // Also of brands that are recorded no more.
  const brands = await database.query<{ readonly brand_id: string }>('select brand_id from directory_brands');
  for (const { brand_id: brandId } of brands) await endOld(brandId, deps);
  await database.query('delete from directory_forgotten where at < $1', [now() - forgottenMs]);
  await sealAgain(deps, formerIds);
};

/** The index finds the oldest ones; a short transaction at a time keeps no feed waiting. */
const endOld = async (
  brandId: string,
  { database, now, retainMs, recordEnd }: MaintainDeps,
): Promise<void> => {
  const before = now() - retainMs;
  const [due] = await database.query(
    'select 1 from directory_cards where brand_id = $1 and last_seen_at < $2 limit 1',
    [brandId, before],
  );
  if (due === undefined) return;
  recordEnd(brandId, before);
  for (;;) {
    const ended = await database.query(
      `delete from directory_cards where (brand_id, card_name) in (
         select brand_id, card_name from directory_cards where brand_id = $1 and last_seen_at < $2
         order by last_seen_at limit $3)
       returning 1`,
      [brandId, before, batchSize],
    );
    if (ended.length < batchSize) return;
  }
};

interface SealedRow {
  readonly [column: string]: unknown;
  readonly brand_id: string;
  readonly card_name: string;
  readonly card_id: string;
  readonly sealed: string;
  readonly last_seen_at: number;
}

const sealAgain = async (
  { database, sealing, resee }: MaintainDeps,
  formerIds: readonly string[],
): Promise<void> => {
  if (formerIds.length === 0) return;
  let after: readonly [string, string] = ['', ''];
  for (;;) {
    const rows = await database.query<SealedRow>(
      `select brand_id, encode(card_name, 'hex') as card_name, card_id, sealed, last_seen_at from directory_cards
       where (brand_id, card_name) > ($1, decode($2, 'hex')) and split_part(sealed, '.', 1) = any($3::text[])
       order by brand_id, card_name limit $4`,
      [...after, formerIds, batchSize],
    );
    for (const row of rows) {
      const key = sealing.open(row.card_name, row.sealed);
      if (!(key instanceof AppError))
        resee({ brandId: row.brand_id, cardId: row.card_id, seenAt: row.last_seen_at, ...key });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchSize) return;
    after = [last.brand_id, last.card_name];
  }
};
