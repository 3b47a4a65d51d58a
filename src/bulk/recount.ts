import type { Sql } from '../database/database';

/** The counts of final rows, from the rows. */
export const recount = async (sql: Sql, id: string): Promise<void> => {
  await sql.query('delete from bulk_counts where operation_id = $1', [id]);
  await sql.query(
    `insert into bulk_counts (operation_id, state, code, n)
     select operation_id, state, coalesce(code, ''), count(*) from bulk_rows
     where operation_id = $1 and state not in ('PENDING', 'SENT') group by operation_id, state, coalesce(code, '')`,
    [id],
  );
};
