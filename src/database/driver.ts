import type { SqlRow, SqlValue } from './database';

/** One connection, used by one piece of work at a time. */
export interface Session {
  query(sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Several statements without values and results. */
  run(sql: string): Promise<void>;
}

/** What differs between the two databases. Errors are those of the database; `failure.ts` reads them. */
export interface Driver {
  /** Gives `work` a connection of its own. After an error the connection is not reused unless it is known to be clean. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
