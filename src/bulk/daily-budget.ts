import type { Sql } from '../database/database';
import { beijingDay } from './daily-window';
import type { SpentRows } from './operation';

/** How many rows of an operation may be sent on one day in Beijing. What was sent is in the database, so a new owner goes on counting. */
export interface DailyBudget {
  /** How many more may be sent today; Infinity without a budget. */
  free(now: number): number;
  /** Says in the transaction of `sql` that rows are marked as sent. */
  store(
    sql: Sql,
    operation: { readonly id: string; readonly owner: string },
    sent: { readonly at: number; readonly rows: number },
  ): Promise<void>;
  /** The same to this process, once it is committed. */
  spend(at: number, rows: number): void;
}

export const createDailyBudget = (max: number | undefined, spent: SpentRows): DailyBudget => {
  let last = spent;
  const spentOn = (day: number): number => (last.day === day ? last.rows : 0);
  return {
    free: (now) => (max === undefined ? Infinity : Math.max(0, max - spentOn(beijingDay(now)))),
    async store(sql, { id, owner }, { at, rows }) {
      const day = beijingDay(at);
      await sql.query(
        'update bulk_operations set spent_day = $3, spent_rows = $4 where id = $1 and owner = $2',
        [id, owner, day, spentOn(day) + rows],
      );
    },
    spend(at, rows) {
      const day = beijingDay(at);
      last = { day, rows: spentOn(day) + rows };
    },
  };
};
