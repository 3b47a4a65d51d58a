import type { Database, SqlRow } from '../database/database';
import type { Operation, RowCount, RowState, RowView } from './operation';
import { toOperation } from './operation-records';
import type { Sealing } from './sealing';
import { rowsPerChunk } from './uploads';

export interface Page {
  readonly offset: number;
  readonly first: number;
}

/** What people see of operations and their rows. */
export interface OperationViews {
  list(
    brandId: string,
    page: Page,
  ): Promise<{ readonly items: readonly Operation[]; readonly total: number }>;
  counts(id: string): Promise<readonly RowCount[]>;
  rows(
    id: string,
    page: Page & { readonly state?: RowState | undefined },
  ): Promise<{ readonly items: readonly RowView[]; readonly total: number }>;
}

export const createOperationViews = ({
  database,
  sealing,
}: {
  readonly database: Database;
  readonly sealing: Sealing;
}): OperationViews => {
  return {
    async list(brandId, { offset, first }) {
      const rows = await database.query(
        'select * from bulk_operations where brand_id = $1 order by created_at desc, id limit $2 offset $3',
        [brandId, first, offset],
      );
      const [count] = await database.query<{ n: number }>(
        'select count(*) as n from bulk_operations where brand_id = $1',
        [brandId],
      );
      return { items: rows.map((row) => toOperation(row, sealing)), total: count?.n ?? 0 };
    },
    async counts(id) {
      const final = await database.query<{ state: RowState; code: string; n: number }>(
        'select state, code, n from bulk_counts where operation_id = $1 and n > 0 order by state, code',
        [id],
      );
      const [open] = await database.query<{ pending: number; sent: number }>(openRows, [id]);
      const { pending = 0, sent = 0 } = open ?? {};
      return [
        ...(pending > 0 ? [{ state: 'PENDING' as const, code: undefined, count: pending }] : []),
        ...(sent > 0 ? [{ state: 'SENT' as const, code: undefined, count: sent }] : []),
        ...final.map(({ state, code, n }) => ({ state, code: code === '' ? undefined : code, count: n })),
      ];
    },
    async rows(id, { state, first, offset }) {
      const filter = state ?? null;
      const rows = await database.query<RowOfView>(
        `select number, state, mask, code, message, changed_at from bulk_rows
         where operation_id = $1 and ($2::text is null or state = $2) order by number limit $3 offset $4`,
        [id, filter, first, offset],
      );
      const [count] = await database.query<{ n: number }>(
        'select count(*) as n from bulk_rows where operation_id = $1 and ($2::text is null or state = $2)',
        [id, filter],
      );
      return {
        items: rows.map(({ code, message, changed_at: changedAt, ...row }) => ({
          ...row,
          code: code ?? undefined,
          message: message ?? undefined,
          changedAt,
        })),
        total: count?.n ?? 0,
      };
    },
  };
};

/**
 * Rows that are not final. While an operation goes on, those that wait are what was read of the file less the others: clients ask again
 * and again, and counting a million rows costs a second of the database.
 */
const openRows = `
with sent as (select count(*) as n from bulk_rows where operation_id = $1 and state = 'SENT')
select (select n from sent) as sent,
  case when status in ('CANCELED', 'COMPLETED')
    then (select count(*) from bulk_rows where operation_id = $1 and state = 'PENDING')
    else greatest(0, least(total, chunks_done * ${rowsPerChunk}) - (select n from sent)
      - (select coalesce(sum(n), 0) from bulk_counts where operation_id = $1))
  end as pending
from bulk_operations where id = $1`;

interface RowOfView extends SqlRow {
  readonly number: number;
  readonly state: RowState;
  readonly mask: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly changed_at: number;
}
