import type { Cipher } from '../shared/cipher';
import type { Sql, SqlRow, SqlValue } from './database';

/** A column whose values are encrypted (shared/cipher.ts). */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The columns of its primary key, in order. */
  readonly key: Readonly<Record<string, 'text' | 'integer' | 'bigint'>>;
  /** Other columns that `contextOf` needs. */
  readonly also?: readonly string[];
  /** What the value of this row is bound to. */
  readonly contextOf: (row: SqlRow) => string;
}

export interface Resealed {
  /** Values that are under the first key now. */
  readonly moved: number;
  /** Values that cannot be read, because their key is not configured. */
  readonly unreadable: number;
}

export interface ResealOptions {
  readonly database: Sql;
  readonly cipher: Cipher;
  /** The ids of the configured keys, the first one first. */
  readonly keyIds: readonly string[];
  readonly signal: AbortSignal;
}

/** Few enough that nothing else waits long for the database or the processor. */
const rowsAtOnce = 100;

/** Encrypts the column's values again that are not under the first key. What somebody else changes meanwhile stays as it is. */
export const resealColumn = async (
  { table, column, key, also = [], contextOf }: SealedColumn,
  { database, cipher, keyIds, signal }: ResealOptions,
): Promise<Resealed> => {
  const names = Object.keys(key);
  const types = Object.values(key);
  const listed = names.join(', ');
  const formerIds = keyIds.slice(1);
  let moved = 0;
  let unreadable = 0;
  let after: readonly SqlValue[] | undefined;
  while (!signal.aborted) {
    const rows = await database.query(
      `select ${[...names, ...also].join(', ')}, ${column} as sealed from ${table}
       where split_part(${column}, '.', 1) = any($1::text[])
         ${after === undefined ? '' : `and (${listed}) > (${types.map((type, at) => `$${at + 3}::${type}`).join(', ')})`}
       order by ${listed} limit $2`,
      [formerIds, rowsAtOnce, ...(after ?? [])],
    );
    const readable = rows.flatMap((row) => {
      const was = String(row.sealed);
      const plain = cipher.decrypt(contextOf(row), was);
      return plain === undefined ? [] : [{ row, was, sealed: cipher.encrypt(contextOf(row), plain) }];
    });
    unreadable += rows.length - readable.length;
    if (readable.length > 0) {
      const given = [...types.map((type) => `${type}[]`), 'text[]', 'text[]'];
      const changed = await database.query(
        `update ${table} t set ${column} = n.sealed
         from unnest(${given.map((type, at) => `$${at + 1}::${type}`).join(', ')}) as n (${listed}, was, sealed)
         where ${names.map((name) => `t.${name} = n.${name}`).join(' and ')} and t.${column} = n.was returning 1 as one`,
        [
          ...names.map((name) => readable.map(({ row }) => row[name]) as string[] | number[]),
          readable.map(({ was }) => was),
          readable.map(({ sealed }) => sealed),
        ],
      );
      moved += changed.length;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) break;
    after = names.map((name) => last[name] as SqlValue);
  }
  const [unknown] = await database.query<{ n: number }>(
    `select count(*) as n from ${table} where ${column} is not null and split_part(${column}, '.', 1) <> all($1::text[])`,
    [keyIds],
  );
  return { moved, unreadable: unreadable + (unknown?.n ?? 0) };
};
