import type { Database, Sql } from '../database/database';
import type { CancelReason, Operation } from './operation';
import type { EndListener } from './operation-end';
import { toOperation } from './operation-records';
import { recount } from './counts';
import type { Sealing } from './sealing';

export interface CancelDeps {
  readonly database: Database;
  readonly sealing: Sealing;
  /** How long rows and results are kept after the end, ms. */
  readonly retainResultsMs: number;
  readonly ends: EndListener;
}

export interface CancelOrder {
  readonly id: string;
  readonly now: number;
  readonly reason: CancelReason;
  /** Only if it has been paused since then, ms since the Unix epoch. */
  readonly pausedSince?: number | undefined;
}

/** Ends an operation and erases what its rows would have sent. Returns `undefined` if it has ended, or is not paused for so long. */
export const cancelOperation = async (
  { database, sealing, retainResultsMs, ends }: CancelDeps,
  { id, now, reason, pausedSince }: CancelOrder,
): Promise<Operation | undefined> => {
  const canceled = await database.transaction(async (sql) => {
    const [row] = await sql.query(
      `update bulk_operations set status = 'CANCELED', reason = $4, changed_at = $2, finished_at = $2, expires_at = $2::bigint + $3::bigint
       where id = $1 and status not in ('CANCELED', 'COMPLETED')
         and ($5::bigint is null or (status = 'PAUSED' and changed_at <= $5)) returning *`,
      [id, now, retainResultsMs, reason, pausedSince ?? null],
    );
    if (row === undefined) return undefined;
    await cancelRows(sql, id, now);
    const operation = toOperation(row, sealing);
    await ends.record(sql, { ...operation, finishedAt: now });
    return operation;
  });
  if (canceled !== undefined) ends.recorded();
  return canceled;
};

/** Cancels the operations that have been paused since `pausedSince`. Returns them. */
export const cancelForgotten = async (
  deps: CancelDeps,
  { now, pausedSince }: { readonly now: number; readonly pausedSince: number },
): Promise<readonly Operation[]> => {
  const found = await deps.database.query<{ id: string }>(
    `select id from bulk_operations where status = 'PAUSED' and changed_at <= $1`,
    [pausedSince],
  );
  const canceled: Operation[] = [];
  for (const { id } of found) {
    const operation = await cancelOperation(deps, { id, now, reason: 'PAUSED_TOO_LONG', pausedSince });
    if (operation !== undefined) canceled.push(operation);
  }
  return canceled;
};

/** Rows that may have been sent keep their state until their outcome is known. */
const cancelRows = async (sql: Sql, id: string, now: number): Promise<void> => {
  await sql.query(
    `update bulk_rows set state = 'CANCELED', sealed = null, changed_at = $2 where operation_id = $1 and state = 'PENDING' and not in_doubt`,
    [id, now],
  );
  // What was to be sent again is free for another operation.
  await sql.query(
    `delete from bulk_claims c using bulk_rows r where c.operation_id = $1 and not c.is_done
       and r.operation_id = c.operation_id and r.number = c.number and r.state = 'CANCELED'`,
    [id],
  );
  await recount(sql, id);
};
