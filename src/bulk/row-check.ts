import type { Sql, SqlRow } from '../database/database';
import { hasOneOfKeys } from './key-index';
import type { FinalState } from './operation';

export interface RowEnd {
  readonly state: FinalState;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Sealed: what the result file shows. */
  readonly result?: string | undefined;
  /** The card whose openid is not known yet. */
  readonly cardKey?: string | undefined;
  /** Keep the row's values, so that it can be sent again. */
  readonly keep: boolean;
}

/** How rows about the same member or card get along. */
export type RowOrder =
  /** Of all operations, one row imports a member; the others need no call. */
  | 'FIRST_WINS'
  /** One row imports a member; the others, and rows whose card WeChat Pay has already, update it. Of these, the newest wins. */
  | 'UPDATE'
  /** A row gives way to a newer one. */
  | 'NEWEST_WINS'
  /** Rows change nothing, so they leave each other alone. */
  | 'NONE';

/** What becomes of a row that is due. */
export type DueRow =
  | { readonly send: 'ROW' }
  /** `result`: of the row that imported the member, sealed. */
  | { readonly send: 'UPDATE'; readonly result: string | undefined }
  /** Another row of the operation is being sent; look again later. */
  | { readonly send: 'LATER' }
  | { readonly send: 'NOTHING'; readonly end: RowEnd };

export interface Candidate extends SqlRow {
  readonly number: number;
  readonly key: string;
  readonly sealed: string | null;
  readonly in_doubt: boolean;
  readonly is_update: boolean;
  readonly update_key: string | null;
  readonly result: string | null;
  /** A newer row or mutation has been sent since this row was. */
  readonly is_overtaken: boolean;
}

export interface RowCheckDeps {
  readonly operationId: string;
  readonly order: RowOrder;
  readonly texts: {
    readonly earlierRow: string;
    readonly earlierOperation: string;
    readonly laterRow: string;
    readonly superseded: string;
  };
}

/** Decides in the transaction of `sql` what becomes of a row. A dry run has `createEarlierCheck`. */
export const createRowCheck = ({ operationId: id, order, texts }: RowCheckDeps) => {
  /** The row, unless a newer one is about the same card. */
  const unlessNewer = async (
    sql: Sql,
    { key, update_key: updateKey, number }: Candidate,
    due: DueRow,
  ): Promise<DueRow> => {
    const [newer] = await sql.query<{ operation_id: string; number: number }>(
      `select r.operation_id, r.number from bulk_rows r join bulk_operations o on o.id = r.operation_id
       where (${hasOneOfKeys('r.key', '$1')} or ${hasOneOfKeys('r.update_key', '$1')}) and r.state in ('PENDING', 'SENT') and not o.dry_run
         and ((r.operation_id = $2 and r.number > $3)
           or o.created_at > (select created_at from bulk_operations where id = $2)) limit 1`,
      [updateKey === null ? [key] : [key, updateKey], id, number],
    );
    if (newer === undefined) return due;
    const isOwn = newer.operation_id === id;
    const message = isOwn ? texts.laterRow.replace('{row}', String(newer.number)) : texts.superseded;
    return { send: 'NOTHING', end: { state: 'SUPERSEDED', code: 'SUPERSEDED', message, keep: false } };
  };

  return async (sql: Sql, row: Candidate): Promise<DueRow> => {
    const { key, number } = row;
    if (order === 'NONE') return { send: 'ROW' };
    if (row.is_overtaken && (row.is_update || order === 'NEWEST_WINS')) {
      const message = texts.superseded;
      return { send: 'NOTHING', end: { state: 'SUPERSEDED', code: 'SUPERSEDED', message, keep: false } };
    }
    if (row.is_update) return unlessNewer(sql, row, { send: 'UPDATE', result: row.result ?? undefined });
    if (order === 'NEWEST_WINS') return unlessNewer(sql, row, { send: 'ROW' });
    const [claim] = await sql.query<ClaimRow>(
      `insert into bulk_claims (key, operation_id, number) values ($1, $2, $3)
       on conflict (key) do update set key = excluded.key returning operation_id, number, is_done`,
      [key, id, number],
    );
    if (claim === undefined || (claim.operation_id === id && claim.number === number)) return { send: 'ROW' };
    const isOwn = claim.operation_id === id;
    const [earlier] = await sql.query<{ result: string | null; card_key: string | null }>(
      'select result, card_key from bulk_rows where operation_id = $1 and number = $2',
      [claim.operation_id, claim.number],
    );
    const result = earlier?.result ?? undefined;
    if (order === 'UPDATE' && claim.is_done) return unlessNewer(sql, row, { send: 'UPDATE', result });
    if (order === 'UPDATE' && isOwn) return { send: 'LATER' };
    return {
      send: 'NOTHING',
      end: {
        state: 'SKIPPED',
        code: isOwn ? 'DUPLICATE_ROW' : 'DONE_EARLIER',
        message: isOwn ? texts.earlierRow.replace('{row}', String(claim.number)) : texts.earlierOperation,
        result,
        cardKey: earlier?.card_key ?? undefined,
        keep: false,
      },
    };
  };
};

interface ClaimRow extends SqlRow {
  readonly operation_id: string;
  readonly number: number;
  readonly is_done: boolean;
}
