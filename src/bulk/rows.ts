import type { Database, Sql, SqlRow } from '../database/database';
import type { FinalState } from './operation';

/** A row that was marked as sent, before it is. */
export interface TakenRow {
  readonly number: number;
  readonly key: string;
  readonly sealed: string;
  readonly attempts: number;
  /** An earlier attempt may have been carried out: look it up first. */
  readonly inDoubt: boolean;
}

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

export interface NewRow {
  readonly number: number;
  readonly key: string;
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
  /** Marks up to `count` rows as sent and returns them. Settles those that need no call. */
  take(count: number): Promise<readonly TakenRow[]>;
  /** Ends a row, with its count, in one transaction. */
  finish(row: Pick<TakenRow, 'number' | 'key'>, end: RowEnd): Promise<void>;
  /** The row was not carried out, or nobody knows; it is due again at `dueAt`. */
  again(
    row: Pick<TakenRow, 'number'>,
    how: { readonly dueAt: number; readonly inDoubt: boolean; readonly countsAttempt: boolean },
  ): Promise<void>;
  /** What is left. `due`: when the next pending row is due. */
  left(): Promise<{ readonly open: number; readonly due: number | undefined }>;
}

export interface OwnedRowsDeps {
  readonly database: Database;
  readonly operationId: string;
  readonly owner: string;
  /** Rows of an import exist once over all operations; of other kinds, the newest wins. */
  readonly claims: boolean;
  /** A dry run claims nothing. */
  readonly dryRun: boolean;
  readonly texts: {
    readonly earlierRow: string;
    readonly earlierOperation: string;
    readonly superseded: string;
  };
  readonly now: () => number;
}

const isOwner = `exists (select 1 from bulk_operations where id = $1 and owner = $2)`;

export const createOwnedRows = (deps: OwnedRowsDeps): OwnedRows => {
  const { database, operationId: id, owner, claims, dryRun, texts, now } = deps;

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
    await sql.query(
      `insert into bulk_counts (operation_id, state, code, n) values ($1, $2, $3, 1)
       on conflict (operation_id, state, code) do update set n = bulk_counts.n + 1`,
      [id, state, code ?? ''],
    );
    if (!claims || dryRun) return;
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

  /** Why the row needs no call; `undefined` if it does. */
  const settled = async (sql: Sql, { key, number }: Candidate): Promise<RowEnd | undefined> => {
    if (!claims) {
      const [newer] = await sql.query(
        `select 1 as one from bulk_rows r join bulk_operations o on o.id = r.operation_id
         where r.key = $1 and r.state in ('PENDING', 'SENT') and not o.dry_run
           and ((r.operation_id = $2 and r.number > $3)
             or o.created_at > (select created_at from bulk_operations where id = $2)) limit 1`,
        [key, id, number],
      );
      return newer && { state: 'SUPERSEDED', code: 'SUPERSEDED', message: texts.superseded, keep: false };
    }
    const [claim] = await sql.query<ClaimRow>(
      dryRun
        ? 'select operation_id, number, is_done from bulk_claims where key = $1 and ($2::text is not null or $3 > 0)'
        : `insert into bulk_claims (key, operation_id, number) values ($1, $2, $3)
           on conflict (key) do update set key = excluded.key returning operation_id, number, is_done`,
      [key, id, number],
    );
    if (claim === undefined || (claim.operation_id === id && claim.number === number)) return undefined;
    const isOwn = claim.operation_id === id;
    const [earlier] = await sql.query<{ result: string | null; card_key: string | null }>(
      'select result, card_key from bulk_rows where operation_id = $1 and number = $2',
      [claim.operation_id, claim.number],
    );
    return {
      state: 'SKIPPED',
      code: isOwn ? 'DUPLICATE_ROW' : 'DONE_EARLIER',
      message: isOwn ? texts.earlierRow.replace('{row}', String(claim.number)) : texts.earlierOperation,
      result: earlier?.result ?? undefined,
      cardKey: earlier?.card_key ?? undefined,
      keep: false,
    };
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
          `insert into bulk_rows (operation_id, number, state, key, mask, sealed, code, message, changed_at)
           select $1, number, state, key, mask, sealed, nullif(code, ''), nullif(message, ''), $9 from unnest(
             $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]
           ) as row (number, state, key, mask, sealed, code, message)`,
          [
            id,
            rows.map(({ number }) => number),
            rows.map(({ refused }) => (refused === undefined ? 'PENDING' : 'FAILED')),
            rows.map(({ key }) => key),
            rows.map(({ mask }) => mask),
            rows.map(({ sealed }) => sealed),
            rows.map(({ refused }) => refused?.code ?? ''),
            rows.map(({ refused }) => refused?.message ?? ''),
            now(),
          ],
        );
        for (const { refused } of rows)
          if (refused !== undefined)
            await sql.query(
              `insert into bulk_counts (operation_id, state, code, n) values ($1, 'FAILED', $2, 1)
               on conflict (operation_id, state, code) do update set n = bulk_counts.n + 1`,
              [id, refused.code],
            );
        return true;
      }),
    async recover() {
      await database.query(
        `update bulk_rows set state = 'PENDING', in_doubt = true where operation_id = $1 and state = 'SENT' and ${isOwner}`,
        [id, owner],
      );
    },
    take: (count) =>
      database.transaction(async (sql) => {
        const found = await sql.query<Candidate>(
          `select number, key, sealed, in_doubt from bulk_rows
           where operation_id = $1 and state = 'PENDING' and due_at <= $3 and ${isOwner} order by number limit $4`,
          [id, owner, now(), count],
        );
        const taken: TakenRow[] = [];
        for (const row of found) {
          const ended = row.in_doubt ? undefined : await settled(sql, row);
          if (ended !== undefined) {
            await end(sql, row, ended);
            continue;
          }
          const [marked] = await sql.query<{ attempts: number }>(
            `update bulk_rows set state = 'SENT', attempts = attempts + 1, changed_at = $4
             where operation_id = $1 and number = $3 and state = 'PENDING'
               and exists (select 1 from bulk_operations where id = $1 and owner = $2 and status in ('RUNNING', 'CANCELED'))
             returning attempts`,
            [id, owner, row.number, now()],
          );
          if (marked !== undefined)
            taken.push({
              number: row.number,
              key: row.key,
              sealed: row.sealed ?? '',
              attempts: marked.attempts,
              inDoubt: row.in_doubt,
            });
        }
        return taken;
      }),
    finish: (row, to) => database.transaction((sql) => end(sql, row, to)),
    async again({ number }, { dueAt, inDoubt, countsAttempt }) {
      await database.query(
        `update bulk_rows set state = 'PENDING', due_at = $4, in_doubt = $5, attempts = attempts - $6
         where operation_id = $1 and number = $3 and state = 'SENT' and ${isOwner}`,
        [id, owner, number, dueAt, inDoubt, countsAttempt ? 0 : 1],
      );
    },
    async left() {
      const [row] = await database.query<{ open: number; due: number | null }>(
        `select count(*) as open, min(due_at) as due from bulk_rows where operation_id = $1 and state in ('PENDING', 'SENT')`,
        [id],
      );
      return { open: row?.open ?? 0, due: row?.due ?? undefined };
    },
  };
};

interface Candidate extends SqlRow {
  readonly number: number;
  readonly key: string;
  readonly sealed: string | null;
  readonly in_doubt: boolean;
}

interface ClaimRow extends SqlRow {
  readonly operation_id: string;
  readonly number: number;
  readonly is_done: boolean;
}
