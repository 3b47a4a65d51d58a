import type { Database, SqlRow } from '../database/database';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { countRows } from './counts';
import type { CardKeyOf } from './row-keys';
import { resultPlace } from './sealed-columns';
import type { Sealing } from './sealing';

/** What a response or a notification tells about a card. */
export interface SeenCard {
  readonly brandId: string;
  readonly cardId: string;
  readonly userCardCode: string;
  readonly openid?: string;
}

/** Gives rows that were imported without an openid that openid, when WeChat Pay next tells it. */
export interface LateOpenids {
  /** Never throws and does not wait. */
  saw(card: SeenCard): void;
  stop(): Promise<void>;
}

export interface LateOpenidsDeps {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly cardKeyOf: CardKeyOf;
  readonly clock: Clock;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Cards are noted for so long and looked up together, ms. */
const gatherMs = 1_000;
/** More are passed over until they are seen again. */
const maxNoted = 10_000;

export const createLateOpenids = (deps: LateOpenidsDeps): LateOpenids => {
  const { database, cardKeyOf, clock, onError } = deps;
  let noted = new Map<string, SeenCard>();
  let looking = Promise.resolve();
  let cancel = (): void => undefined;

  const look = async (): Promise<void> => {
    const cards = noted;
    noted = new Map();
    const rows = await database.query<WaitingRow>(
      'select operation_id, number, key, card_key, state, code, result from bulk_rows where card_key = any($1::text[])',
      [[...cards.keys()]],
    );
    for (const row of rows) await complete(row, cards.get(row.card_key), deps);
  };
  return {
    saw(card) {
      // Without a database that is open, no process of this store has rows.
      if (card.openid === undefined || !database.isOpen() || noted.size >= maxNoted) return;
      noted.set(cardKeyOf(card), card);
      if (noted.size > 1) return;
      cancel = clock.after(gatherMs, () => {
        looking = look().catch((error: unknown) => {
          // The card will be seen again.
          if (!(error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE')) onError(error);
        });
      });
    },
    async stop() {
      cancel();
      await looking;
    },
  };
};

/** Adds the openid to the result, and takes the row out of the count of those without one. */
const complete = async (
  { operation_id: operationId, number, key, card_key: cardKey, state, code, result }: WaitingRow,
  card: SeenCard | undefined,
  { database, sealing, now }: LateOpenidsDeps,
): Promise<void> => {
  const { userCardCode, openid } = card ?? {};
  const known = result === null ? {} : (sealing.open(resultPlace(key), result) ?? {});
  const full = sealing.seal(resultPlace(key), { userCardCode, ...known, openid });
  const isNamed = code === openidUnknown;
  await database.transaction(async (sql) => {
    const completed = await sql.query(
      `update bulk_rows set result = $4, card_key = null, code = $5, changed_at = $6
       where operation_id = $1 and number = $2 and card_key = $3 returning number`,
      [operationId, number, cardKey, full, isNamed ? null : code, now()],
    );
    if (completed.length === 0 || !isNamed) return;
    await sql.query('update bulk_counts set n = n - 1 where operation_id = $1 and state = $2 and code = $3', [
      operationId,
      state,
      code,
    ]);
    await countRows(sql, operationId, [{ state }]);
  });
};

/** The code of a row that is imported and whose openid is not known yet. */
export const openidUnknown = 'IMPORTED_OPENID_UNKNOWN';

interface WaitingRow extends SqlRow {
  readonly operation_id: string;
  readonly number: number;
  readonly key: string;
  readonly card_key: string;
  readonly state: string;
  readonly code: string | null;
  readonly result: string | null;
}
