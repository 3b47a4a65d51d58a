import type { Clock } from '../shared/clock';
import type { Database, DatabaseFailure, Migration, Sql, SqlRow, SqlValue } from './database';
import type { Driver, Session } from './driver';
import { isMade, openEmbedded } from './embedded';
import { databaseError, databaseFailure, Unusable } from './failure';
import { migrate } from './migrate';

/** Where the database is. */
export type DatabaseSettings = { readonly directory: string } | { readonly url: string };

export interface DatabaseOptions {
  readonly settings: DatabaseSettings;
  /** In order: those of one part follow each other. */
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  /** Called when the database becomes unusable, with the reason, and when it can be used again. */
  readonly onChange?: (failure: DatabaseFailure | undefined) => void;
  /** Called if the embedded database cannot make a checkpoint. The next statement fails, and those after it open it again. */
  readonly onError?: (error: unknown) => void;
}

/** Nothing is opened yet: the first statement does that. */
export const createDatabase = ({
  settings,
  migrations,
  clock,
  onChange,
  onError = () => undefined,
}: DatabaseOptions): Database => {
  let opening: Promise<Driver> | undefined;
  let failure: DatabaseFailure | undefined;
  let isClosed = false;

  const note = (next: DatabaseFailure | undefined): void => {
    // Whoever closes it knows.
    if (next === failure || isClosed) return;
    failure = next;
    onChange?.(next);
  };
  const open = async (): Promise<Driver> => {
    const driver = await openDriver(settings, { clock, onError });
    try {
      await driver.use((session) => migrate(session, { migrations, now: clock.wallNow() }));
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  };
  const opened = (): Promise<Driver> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const use = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    try {
      if (isClosed) throw new Unusable('closed');
      const driver = await opened();
      const result = await driver.use(work);
      note(undefined);
      return result;
    } catch (error) {
      const reason = databaseFailure(error);
      note(reason);
      // Its thread has ended, or its directory belongs to another process: only a new opening can help.
      if ('directory' in settings && (reason === 'closed' || reason === 'locked')) reopen();
      throw databaseError(error);
    }
  };
  const reopen = (): void => {
    const former = opening;
    opening = undefined;
    former?.then((driver) => driver.close()).catch(() => undefined);
  };

  return {
    query: <Row extends SqlRow>(sql: string, values: readonly SqlValue[] = []) =>
      use((session) => session.query(sql, values)) as Promise<readonly Row[]>,
    async transaction(work) {
      const end = await use((session) => inTransaction(session, work));
      if ('error' in end) throw end.error;
      return end.result;
    },
    async warmUp() {
      if ('directory' in settings && !isMade(settings.directory)) return false;
      await use((session) => session.query('select 1', [])).catch(() => undefined);
      return true;
    },
    isOpen: () => opening !== undefined,
    failure: () => failure,
    async close() {
      isClosed = true;
      await opening?.then((driver) => driver.close()).catch(() => undefined);
    },
  };
};

/** How a transaction ended: an error of the work is no error of the database, and its connection is clean. */
type End<T> = { readonly result: T } | { readonly error: unknown };

const inTransaction = async <T>(session: Session, work: (sql: Sql) => Promise<T>): Promise<End<T>> => {
  const refused: unknown[] = [];
  const sql: Sql = {
    async query<Row extends SqlRow>(text: string, values: readonly SqlValue[] = []) {
      try {
        return (await session.query(text, values)) as readonly Row[];
      } catch (error) {
        refused.push(error);
        throw databaseError(error);
      }
    },
  };
  await session.run('begin');
  try {
    const result = await work(sql);
    // PostgreSQL turns the commit of a transaction with an error into a rollback, without an error.
    if (refused.length > 0) throw databaseError(refused[0]);
    await session.run('commit');
    return { result };
  } catch (error) {
    // Rejects if the connection is lost, and then that is the error.
    await session.run('rollback');
    return { error };
  }
};

const openDriver = async (
  settings: DatabaseSettings,
  deps: { readonly clock: Clock; readonly onError: (error: unknown) => void },
): Promise<Driver> => {
  if ('directory' in settings) return openEmbedded({ ...settings, ...deps });
  // Loaded on demand, as PGlite is by its thread: a server without a database needs neither.
  const { openPostgres } = await import('./postgres.js');
  return openPostgres(settings);
};
