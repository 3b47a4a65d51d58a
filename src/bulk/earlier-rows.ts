import type { Sql, SqlRow } from '../database/database';
import { hasKey } from './key-index';
import type { DueRow, RowOrder } from './row-check';

export interface EarlierCheckDeps {
  readonly operationId: string;
  readonly order: RowOrder;
  readonly texts: {
    readonly earlierRow: string;
    readonly earlierOperation: string;
    readonly laterRow: string;
    readonly superseded: string;
  };
}

interface Asked {
  readonly number: number;
  readonly key: string;
  readonly update_key: string | null;
}

interface ClaimRow extends SqlRow {
  readonly key: string;
  readonly is_done: boolean;
  readonly result: string | null;
  readonly card_key: string | null;
}

export type FoundEarlier = Extract<DueRow, { readonly send: 'UPDATE' | 'NOTHING' }> & {
  readonly result?: string | undefined;
};

/**
 * What other operations have done, or are to do, about the rows of a dry run: the decisions of `createRowCheck` for a batch, without
 * claims. Rows that are absent from the result would be sent.
 */
export const createEarlierCheck = ({ operationId: id, order, texts }: EarlierCheckDeps) => {
  /** Keys of cards that rows of later operations are to change. */
  const changedLater = async (sql: Sql, rows: readonly Asked[]): Promise<ReadonlySet<string>> => {
    const keys = rows.flatMap(({ key, update_key: updateKey }) =>
      updateKey === null ? [key] : [key, updateKey],
    );
    const from = (column: string): string => `
      select asked.key from unnest($1::text[]) as asked (key) cross join lateral (
        select count(*) as n from bulk_rows r join bulk_operations o on o.id = r.operation_id || ''
        where ${hasKey(`r.${column}`, 'asked.key')} and r.state in ('PENDING', 'SENT') and not o.dry_run
          and o.created_at > (select created_at from bulk_operations where id = $2)) as found where found.n > 0`;
    const found = await sql.query<{ key: string }>(`${from('key')} union ${from('update_key')}`, [keys, id]);
    return new Set(found.map(({ key }) => key));
  };

  return async (sql: Sql, rows: readonly Asked[]): Promise<ReadonlyMap<number, FoundEarlier>> => {
    const found = new Map<number, FoundEarlier>();
    if (order === 'NONE' || rows.length === 0) return found;
    if (order !== 'NEWEST_WINS') {
      const claims = await sql.query<ClaimRow>(
        `select c.key, c.is_done, r.result, r.card_key from bulk_claims c
         left join bulk_rows r on r.operation_id = c.operation_id and r.number = c.number where c.key = any($1::text[])`,
        [rows.map(({ key }) => key)],
      );
      const byKey = new Map(claims.map((claim) => [claim.key, claim]));
      for (const { number, key } of rows) {
        const claim = byKey.get(key);
        if (claim === undefined) continue;
        const result = claim.result ?? undefined;
        if (order === 'UPDATE' && claim.is_done) found.set(number, { send: 'UPDATE', result });
        else
          found.set(number, {
            send: 'NOTHING',
            end: {
              state: 'SKIPPED',
              code: 'DONE_EARLIER',
              message: texts.earlierOperation,
              result,
              cardKey: claim.card_key ?? undefined,
              keep: false,
            },
          });
      }
      if (order === 'FIRST_WINS') return found;
    }
    const updates = rows.filter(
      ({ number }) => order === 'NEWEST_WINS' || found.get(number)?.send === 'UPDATE',
    );
    if (updates.length === 0) return found;
    const later = await changedLater(sql, updates);
    const end = { state: 'SUPERSEDED', code: 'SUPERSEDED', message: texts.superseded, keep: false } as const;
    for (const { number, key, update_key: updateKey } of updates)
      if (later.has(key) || (updateKey !== null && later.has(updateKey)))
        found.set(number, { send: 'NOTHING', end });
    return found;
  };
};
