import type { Database } from '../database/database';
import type { BulkKind } from './files/kinds';
import { hasKey } from './key-index';
import type { RowKeyOf } from './row-keys';
import { rowTexts } from './row-texts';

/** A card that somebody has just changed by a mutation. */
export interface ChangedCard {
  readonly brandId: string;
  readonly cardId: string;
  readonly userCardCode: string;
}

export interface SupersedeDeps {
  readonly database: Database;
  readonly rowKeyOf: RowKeyOf;
  readonly now: () => number;
}

/** The kind of rows that write what a mutation writes, by the interface of both. */
const kindOf: Readonly<Record<string, BulkKind>> = {
  UPDATE_USER_CARD: 'UPDATE_USER_CARDS',
  INVALIDATE_USER_CARD: 'INVALIDATE_USER_CARDS',
  SYNC_USER_POINTS: 'SYNC_USER_POINTS',
};

/**
 * Rows that were ordered before a mutation give way to it: what a person has just set is newer than a file of last night. A row that
 * may have been sent keeps its state; it is not sent again.
 */
export const createSupersede =
  ({ database, rowKeyOf, now }: SupersedeDeps) =>
  async (interfaceName: string, { userCardCode, ...card }: ChangedCard): Promise<void> => {
    const kind = kindOf[interfaceName];
    // Without a database that is open, no process of this store has rows.
    if (kind === undefined || !database.isOpen()) return;
    await database.query(
      `with overtaken as (
         update bulk_rows r set is_overtaken = true
         where (${hasKey('r.key', '$1')} or ${hasKey('r.update_key', '$1')}) and (r.state = 'SENT' or (r.state = 'PENDING' and r.in_doubt))
       ), superseded as (
         update bulk_rows r set state = 'SUPERSEDED', code = 'SUPERSEDED', sealed = null, changed_at = $2,
           message = case when o.language = 'zh' then $3 else $4 end
         from bulk_operations o
         where (${hasKey('r.key', '$1')} or ${hasKey('r.update_key', '$1')}) and r.state = 'PENDING' and not r.in_doubt and o.id = r.operation_id and not o.dry_run
         returning r.operation_id
       )
       insert into bulk_counts (operation_id, state, code, n)
       select operation_id, 'SUPERSEDED', 'SUPERSEDED', count(*) from superseded group by operation_id
       on conflict (operation_id, state, code) do update set n = bulk_counts.n + excluded.n`,
      [rowKeyOf({ kind, ...card }, { userCardCode }), now(), rowTexts.zh.superseded, rowTexts.en.superseded],
    );
  };
