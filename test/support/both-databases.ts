import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from './postgres-server';

/** A directory for the embedded database of one `describe`. */
export const embeddedDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'database-'));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
};

/** A PostgreSQL for one `describe`, with an empty database at `url()`. Both are there once its tests run. */
export const postgresServer = (): { readonly server: () => PostgresServer; readonly url: () => string } => {
  let server: PostgresServer | undefined;
  let url = '';
  const started = (): PostgresServer => {
    if (server === undefined) throw new Error('PostgreSQL is started before the tests, and not before that');
    return server;
  };
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.newDatabase();
  });
  afterAll(() => server?.close());
  return { server: started, url: () => url };
};
