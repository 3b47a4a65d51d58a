import { Pool, types } from 'pg';
import type { SqlRow } from './database';
import type { Driver, Session } from './driver';

export interface PostgresOptions {
  /** e.g. postgres://user:password@host:5432/name?sslmode=verify-full */
  readonly url: string;
}

/** The engine's statements are short, so a few connections serve a process. */
const connections = 8;
const connectMs = 5_000;
/** A statement takes longer only if the server hangs. Shorter than a lease, so that its owner notices first. */
const statementMs = 8_000;

/** Counts and times fit a number; pg would return text. */
const { INT8 } = types.builtins;

export const openPostgres = ({ url }: PostgresOptions): Driver => {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs,
    keepAlive: true,
    // An idle connection must not keep a process alive that has nothing else to do.
    allowExitOnIdle: true,
    types: {
      getTypeParser: (oid, format) =>
        oid === INT8 ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  // A lost idle connection: the next statement opens another, and says so if it cannot.
  pool.on('error', () => undefined);
  // The pool listens to idle ones only, and an error that nobody hears ends the process. Whoever uses the connection is told by
  // the statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    async use(work) {
      const client = await pool.connect();
      let isClean = false;
      const session: Session = {
        query: async (sql, values) =>
          (await client.query<SqlRow>({ text: sql, values: values.map(sendable) })).rows,
        async run(sql) {
          await client.query(sql);
        },
      };
      try {
        const result = await work(session);
        isClean = true;
        return result;
      } finally {
        client.release(!isClean);
      }
    },
    close: () => pool.end(),
  };
};

const sendable = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value) : value);
