import type { Database, Sql } from '../database/database';
import { countRows } from './counts';
import type { DailyBudget } from './daily-budget';
import { hasOneOfKeys } from './key-index';
import { isOwner } from './lease';
import { createRowCheck, type Candidate, type RowCheckDeps, type RowEnd } from './row-check';

/** A row that was marked as sent, before it is. */
export interface TakenRow {
  readonly number: number;
  readonly key: string;
  readonly sealed: string;
  readonly attempts: number;
  /** An earlier attempt may have been carried out: look it up first. */
  readonly inDoubt: boolean;
  /** The card exists: it is updated in place of being imported. */
  readonly isUpdate: boolean;
  /** What is known of the card that exists, sealed. */
  readonly result: string | undefined;
}

export interface NewRow {
  readonly number: number;
  readonly key: string;
  /** Of the card that an import may have to update. */
  readonly updateKey?: string | undefined;
  readonly mask: string;
  readonly sealed: string;
  readonly refused?: { readonly code: string; readonly message: string };
}

/** The rows of one operation, as its owner changes them. Nothing changes once another process is the owner. */
export interface OwnedRows {
  /** Adds the rows of one part of the file and says so, in one transaction. Returns false if another process is the owner. */
  add(rows: readonly NewRow[], chunk: number): Promise<boolean>;
  /** Rows that were marked as sent by an owner that is gone: perhaps sent. */
  recover(): Promise<void>;
  /** Marks up to `count` rows as sent, within the budget of the day, and returns them. Settles those that need no call. */
  take(count: number): Promise<readonly TakenRow[]>;
  /** Ends a row, with its count, in one transaction. */
  finish(row: Pick<TakenRow, 'number' | 'key'>, end: RowEnd): Promise<void>;
  /** The row was not carried out, or nobody knows; it is due again at `dueAt`. */
  again(
    row: Pick<TakenRow, 'number'>,
    how: {
      readonly dueAt: number;
      readonly inDoubt: boolean;
      readonly countsAttempt: boolean;
      /** From now on the row is an update of the card that exists. `result`: what is known of it, sealed. */
      readonly update?: { readonly result: string };
    },
  ): Promise<void>;
  /** Whether some row is not final. */
  hasOpen(): Promise<boolean>;
}

export interface OwnedRowsDeps extends RowCheckDeps {
  readonly database: Database;
  readonly owner: string;
  readonly budget: DailyBudget;
  readonly now: () => number;
}

/** How long a row waits for another one of its operation, ms. */
const laterMs = 1_000;

export const createOwnedRows = (deps: OwnedRowsDeps): OwnedRows => {
  const { database, operationId: id, owner, order, budget, now } = deps;
  const claims = order === 'FIRST_WINS' || order === 'UPDATE';
  const check = createRowCheck(deps);

  const end = async (
    sql: Sql,
    { number, key }: Pick<TakenRow, 'number' | 'key'>,
    to: RowEnd,
  ): Promise<void> => {
    const { state, code, message, result, cardKey, keep } = to;
    const ended = await sql.query(
      `update bulk_rows set state = $4, code = $5, message = $6, result = coalesce($7, result), card_key = $10, in_doubt = false,
         sealed = case when $8 then sealed else null end, changed_at = $9
       where operation_id = $1 and number = $3 and state in ('PENDING', 'SENT') and ${isOwner} returning number`,
      [id, owner, number, state, code ?? null, message ?? null, result ?? null, keep, now(), cardKey ?? null],
    );
    if (ended.length === 0) return;
    await countRows(sql, id, [{ state, code }]);
    if (!claims) return;
    if (state === 'SUCCEEDED' || state === 'UNKNOWN')
      await sql.query(
        'update bulk_claims set is_done = true where key = $1 and operation_id = $2 and number = $3',
        [key, id, number],
      );
    else
      await sql.query('delete from bulk_claims where key = $1 and operation_id = $2 and number = $3', [
        key,
        id,
        number,
      ]);
  };

  /** Older rows of the card that may have been sent are not sent again after this one. */
  const overtakeOlder = async (
    sql: Sql,
    { key, update_key: updateKey, number }: Candidate,
  ): Promise<void> => {
    const keys = updateKey === null ? [key] : [key, updateKey];
    for (const column of ['key', 'update_key'])
      await sql.query(
        `update bulk_rows r set is_overtaken = true from bulk_operations o
         where ${hasOneOfKeys(`r.${column}`, '$1')} and r.state in ('PENDING', 'SENT') and o.id = r.operation_id and not o.dry_run
           and ((r.operation_id = $2 and r.number < $3)
             or o.created_at < (select created_at from bulk_operations where id = $2))`,
        [keys, id, number],
      );
  };

  return {
    add: (rows, chunk) =>
      database.transaction(async (sql) => {
        const owned = await sql.query(
          'update bulk_operations set chunks_done = $3 + 1 where id = $1 and owner = $2 and chunks_done = $3 returning id',
          [id, owner, chunk],
        );
        if (owned.length === 0) return false;
        await sql.query(
          `insert into bulk_rows (operation_id, number, state, key, update_key, mask, sealed, code, message, changed_at)
           select $1, number, state, key, nullif(update_key, ''), mask, sealed, nullif(code, ''), nullif(message, ''), $10 from unnest(
             $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]
           ) as row (number, state, key, update_key, mask, sealed, code, message)`,
          [
            id,
            rows.map(({ number }) => number),
            rows.map(({ refused }) => (refused === undefined ? 'PENDING' : 'FAILED')),
            rows.map(({ key }) => key),
            rows.map(({ updateKey }) => updateKey ?? ''),
            rows.map(({ mask }) => mask),
            rows.map(({ sealed }) => sealed),
            rows.map(({ refused }) => refused?.code ?? ''),
            rows.map(({ refused }) => refused?.message ?? ''),
            now(),
          ],
        );
        await countRows(
          sql,
          id,
          rows.flatMap(({ refused }) =>
            refused === undefined ? [] : [{ state: 'FAILED', code: refused.code }],
          ),
        );
        return true;
      }),
    async recover() {
      await database.query(
        `update bulk_rows set state = 'PENDING', in_doubt = true where operation_id = $1 and state = 'SENT' and ${isOwner}`,
        [id, owner],
      );
    },
    async take(count) {
      const allowed = Math.min(count, budget.free(now()));
      if (allowed <= 0) return [];
      const rows = await database.transaction(async (sql) => {
        const found = await sql.query<Candidate>(
          `select number, key, update_key, sealed, in_doubt, is_update, result, is_overtaken from bulk_rows
           where operation_id = $1 and state = 'PENDING' and due_at <= $3 and ${isOwner} order by number limit $4`,
          [id, owner, now(), allowed],
        );
        const taken: TakenRow[] = [];
        for (const row of found) {
          const { number, key, is_update: isUpdate, in_doubt: inDoubt } = row;
          // What may have made a card is looked up. What sets its state gives way to what is newer, in doubt or not.
          const due =
            inDoubt && !isUpdate && order !== 'NEWEST_WINS'
              ? ({ send: 'ROW' } as const)
              : await check(sql, row);
          if (due.send === 'NOTHING') {
            await end(sql, row, due.end);
            continue;
          }
          if (due.send === 'LATER') {
            await sql.query(
              `update bulk_rows set due_at = $4 where operation_id = $1 and number = $3 and ${isOwner}`,
              [id, owner, number, now() + laterMs],
            );
            continue;
          }
          const [marked] = await sql.query<{ attempts: number; result: string | null }>(
            `update bulk_rows set state = 'SENT', attempts = attempts + 1, changed_at = $4, is_update = $5, result = coalesce($6, result)
             where operation_id = $1 and number = $3 and state = 'PENDING'
               and exists (select 1 from bulk_operations where id = $1 and owner = $2 and status in ('RUNNING', 'CANCELED'))
             returning attempts, result`,
            [id, owner, number, now(), due.send === 'UPDATE', 'result' in due ? (due.result ?? null) : null],
          );
          if (marked !== undefined) {
            if (isUpdate || order === 'NEWEST_WINS') await overtakeOlder(sql, row);
            taken.push({
              number,
              key,
              sealed: row.sealed ?? '',
              attempts: marked.attempts,
              inDoubt,
              isUpdate: due.send === 'UPDATE',
              result: marked.result ?? undefined,
            });
          }
        }
        if (taken.length > 0) await budget.store(sql, { id, owner }, { at: now(), rows: taken.length });
        return taken;
      });
      budget.spend(now(), rows.length);
      return rows;
    },
    finish: (row, to) => database.transaction((sql) => end(sql, row, to)),
    async again({ number }, { dueAt, inDoubt, countsAttempt, update }) {
      await database.query(
        `update bulk_rows set state = 'PENDING', due_at = $4, in_doubt = $5, attempts = attempts - $6,
           is_update = is_update or $7, result = coalesce($8, result)
         where operation_id = $1 and number = $3 and state = 'SENT' and ${isOwner}`,
        [
          id,
          owner,
          number,
          dueAt,
          inDoubt,
          countsAttempt ? 0 : 1,
          update !== undefined,
          update?.result ?? null,
        ],
      );
    },
    async hasOpen() {
      const found = await database.query(
        `select 1 as one from bulk_rows where operation_id = $1 and state in ('PENDING', 'SENT') limit 1`,
        [id],
      );
      return found.length > 0;
    },
  };
};
