import type { Database, Sql, SqlRow } from '../database/database';
import { countRows } from './counts';
import { createEarlierCheck, type EarlierCheckDeps } from './earlier-rows';
import { hasKey } from './key-index';
import { isOwner } from './lease';
import type { RowEnd } from './row-check';

/** A row of a dry run. It is not marked as sent: nothing is. */
export interface DryRow {
  readonly number: number;
  readonly key: string;
  readonly sealed: string;
  readonly inDoubt: false;
  readonly attempts: number;
  readonly isUpdate: boolean;
  readonly result: string | undefined;
  /** Set if an earlier row of the file imports the member, and this one then updates the card. */
  readonly duplicateOf: string | undefined;
}

export interface DryEnd {
  readonly row: Pick<DryRow, 'number' | 'key'>;
  readonly end: RowEnd;
}

/**
 * The rows of a dry run. They are taken in the order of the file and ended together, in two transactions for each batch instead of two for
 * each row. An embedded database has no statistics, so statements leave it one index: each key is looked up by itself, beside expressions
 * (`operation_id || ''`) that no other index has, and rows are named by a range. Otherwise each batch reads all rows of the operation.
 */
export interface DryRows {
  /** Rows after `after` that have to be checked, and how those end that need no check. Both are empty behind the last row. */
  take(
    after: number,
    count: number,
  ): Promise<{ readonly due: readonly DryRow[]; readonly ends: readonly DryEnd[] }>;
  /** Ends rows, with their counts, in one transaction. `imported`: keys of members whom they import, each with its row. */
  finish(ends: readonly DryEnd[], imported: ReadonlyMap<string, number>): Promise<void>;
}

export interface DryRowsDeps extends EarlierCheckDeps {
  readonly database: Database;
  readonly owner: string;
  readonly now: () => number;
}

interface StoredRow extends SqlRow {
  readonly number: number;
  readonly key: string;
  readonly update_key: string | null;
  readonly sealed: string | null;
  readonly is_update: boolean;
  readonly result: string | null;
  readonly message: string | null;
  readonly attempts: number;
}

/** Nothing is checked once somebody has paused it. */
const goesOn = `exists (select 1 from bulk_operations where id = $1 and owner = $2 and status = 'RUNNING')`;

/** The condition of a row that waits and has the key, for one index (`DryRows`). $1: the operation; `number`: a comparison with it, e.g. `> $3`. */
const isPendingWith = (key: string, number = '> 0'): string =>
  `${hasKey('key', key)} and state = 'PENDING' and operation_id || '' = $1 and number + 0 ${number}`;

export const createDryRows = (deps: DryRowsDeps): DryRows => {
  const { database, operationId: id, owner, order, texts, now } = deps;
  const check = createEarlierCheck(deps);

  /** Of rows that change a card, only the last is sent. Ends the others of these cards, wherever they are in the file. */
  const supersedeOlder = async (sql: Sql, keys: readonly string[]): Promise<void> => {
    const repeated = await sql.query<{ key: string; newest: number }>(
      `select asked.key, found.newest from unnest($2::text[]) as asked (key) cross join lateral (
         select max(number) as newest, count(*) as n from bulk_rows
         where ${isPendingWith('asked.key')}) as found where found.n > 1`,
      [id, [...keys]],
    );
    for (const { key, newest } of repeated) {
      const ended = await sql.query<{ state: string; code: string }>(
        `update bulk_rows set state = 'SUPERSEDED', code = 'SUPERSEDED', message = $5, sealed = null, changed_at = $6
         where ${isPendingWith('$3', '< $4')} and ${isOwner} returning state, code`,
        [id, owner, key, newest, texts.laterRow.replace('{row}', String(newest)), now()],
      );
      await countRows(sql, id, ended);
    }
  };

  /** Rows behind the batch that are about a member whom a row of it imports. */
  const endDuplicates = async (
    sql: Sql,
    imported: ReadonlyMap<string, number>,
    last: number,
  ): Promise<void> => {
    const repeated = await sql.query<{ key: string }>(
      `select asked.key from unnest($2::text[]) as asked (key) cross join lateral (
         select count(*) as n from bulk_rows
         where ${isPendingWith('asked.key', '> $3')}) as found where found.n > 0`,
      [id, [...imported.keys()], last],
    );
    for (const { key } of repeated) {
      const message = texts.earlierRow.replace('{row}', String(imported.get(key)));
      const ended = await sql.query<{ state: string; code: string }>(
        order === 'UPDATE'
          ? // Its values are checked when its turn comes.
            `update bulk_rows set is_update = true, message = $5
             where ${isPendingWith('$3', '> $4')} and not is_update and ${isOwner}`
          : `update bulk_rows set state = 'SKIPPED', code = 'DUPLICATE_ROW', message = $5, sealed = null, changed_at = $6::bigint
             where ${isPendingWith('$3', '> $4')} and ${isOwner} returning state, code`,
        [id, owner, key, last, message, ...(order === 'UPDATE' ? [] : [now()])],
      );
      await countRows(sql, id, ended);
    }
  };

  return {
    take: (after, max) =>
      database.transaction(async (sql) => {
        const next = (): Promise<readonly StoredRow[]> =>
          sql.query<StoredRow>(
            `select number, key, update_key, sealed, is_update, result, message, attempts from bulk_rows
             where operation_id = $1 and number > $3 and state = 'PENDING' and ${goesOn} order by number limit $4`,
            [id, owner, after, max],
          );
        let rows = await next();
        if (order === 'NEWEST_WINS' && rows.length > 0) {
          await supersedeOlder(
            sql,
            rows.map(({ key }) => key),
          );
          rows = await next();
        }
        const ended = await check(sql, rows);
        const due: DryRow[] = [];
        const ends: DryEnd[] = [];
        for (const row of rows) {
          const { number, key, sealed, attempts, is_update: isMarked, message } = row;
          const found = ended.get(number);
          if (found?.send === 'NOTHING') {
            ends.push({ row: { number, key }, end: found.end });
            continue;
          }
          due.push({
            number,
            key,
            sealed: sealed ?? '',
            inDoubt: false,
            attempts,
            isUpdate: found?.send === 'UPDATE',
            result: found?.result ?? row.result ?? undefined,
            duplicateOf: isMarked ? (message ?? undefined) : undefined,
          });
        }
        return { due, ends };
      }),
    async finish(ends, imported) {
      const numbers = ends.map(({ row }) => row.number);
      await database.transaction(async (sql) => {
        const ended = await sql.query<{ state: string; code: string | null }>(
          `update bulk_rows r set state = e.state, code = nullif(e.code, ''), message = nullif(e.message, ''), is_update = false,
             result = coalesce(nullif(e.result, ''), r.result), card_key = nullif(e.card_key, ''),
             sealed = case when e.keep = 1 then r.sealed else null end, attempts = r.attempts + 1, changed_at = $3
           from unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[])
             as e (number, state, code, message, result, card_key, keep)
           where r.operation_id = $1 and r.number = e.number and r.number between $11 and $12 and r.state = 'PENDING'
             and ${isOwner} returning r.state, r.code`,
          [
            id,
            owner,
            now(),
            numbers,
            ends.map(({ end }) => end.state),
            ends.map(({ end }) => end.code ?? ''),
            ends.map(({ end }) => end.message ?? ''),
            ends.map(({ end }) => end.result ?? ''),
            ends.map(({ end }) => end.cardKey ?? ''),
            ends.map(({ end }) => (end.keep ? 1 : 0)),
            Math.min(...numbers),
            Math.max(...numbers),
          ],
        );
        await countRows(sql, id, ended);
        if (imported.size > 0) await endDuplicates(sql, imported, Math.max(...numbers));
      });
    },
  };
};
