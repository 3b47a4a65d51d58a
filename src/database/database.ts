/**
 * What a statement takes. Times are numbers: milliseconds since the Unix epoch in columns of the type bigint. An object goes into a
 * jsonb column as its JSON text.
 */
export type SqlValue = string | number | boolean | null | Uint8Array | readonly string[] | readonly number[];

/** A row as both databases return it: bigint as number, jsonb as its value, bytea as bytes. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** Runs single statements. Values are named $1, $2, …; they are never part of the text. */
export interface Sql {
  /**
   * The caller names the row's type, because SQL has none that TypeScript could check.
   *
   * @throws AppError DATABASE_UNAVAILABLE, with a `reason` in its message, if the database cannot be used now: nothing is known
   *   about the statement then, except that a transaction which was not committed had no effect
   * @throws AppError INTERNAL_SERVER_ERROR if the database refuses the statement; the message has its SQLSTATE and no value
   */
  query<Row extends SqlRow = SqlRow>(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

/** One change of the schema. It runs once in every database, in a transaction, and never changes after a release. */
export interface Migration {
  /** Unique and never reused: the part and a number, e.g. `bulk/001`. */
  readonly id: string;
  /** One statement or several, without values. */
  readonly sql: string;
}

/**
 * The one store of durable work: PGlite in a directory, or PostgreSQL 14 or later. The first statement opens it and applies the
 * migrations; until then it costs nothing. A failed opening is tried again by the next statement.
 */
export interface Database extends Sql {
  /** Commits what `work` did, or nothing of it if it rejects. Isolation: READ COMMITTED. Do not nest. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Opens the database now if it already exists, and says whether it does; a failure is a finding. Never rejects. */
  warmUp(): Promise<boolean>;
  /** Whether it has been opened. */
  readonly isOpen: () => boolean;
  /** Why the last statement found no database; `undefined` if it did, or none has run. */
  readonly failure: () => DatabaseFailure | undefined;
  close(): Promise<void>;
}

/**
 * Why the database cannot be used: PostgreSQL's SQLSTATE, the operating system's code (e.g. ECONNREFUSED), `timeout`, `closed`,
 * `locked` (another process uses the directory), `newer` (a later version of this server has changed the schema), or `other`.
 */
export type DatabaseFailure = string;
