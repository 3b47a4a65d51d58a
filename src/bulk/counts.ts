import type { Sql } from '../database/database';

/** Adds rows that have become final to the counts of their operation. */
export const countRows = async (
  sql: Sql,
  id: string,
  ended: readonly { readonly state: string; readonly code?: string | null | undefined }[],
): Promise<void> => {
  const counts = new Map<string, { readonly state: string; readonly code: string; readonly n: number }>();
  for (const { state, code } of ended) {
    const key = `${state} ${code ?? ''}`;
    counts.set(key, { state, code: code ?? '', n: (counts.get(key)?.n ?? 0) + 1 });
  }
  for (const { state, code, n } of counts.values())
    await sql.query(
      `insert into bulk_counts (operation_id, state, code, n) values ($1, $2, $3, $4)
       on conflict (operation_id, state, code) do update set n = bulk_counts.n + excluded.n`,
      [id, state, code, n],
    );
};

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
