import { readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { logSizes } from '../../src/database/checkpoints';
import { createDatabase } from '../../src/database/open-database';
import type { Database } from '../../src/database/database';
import { systemClock } from '../../src/shared/clock';
import { embeddedDirectory } from '../support/both-databases';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

const megabyte = 1024 * 1024;
/** PostgreSQL writes its log to files of this size. */
const segment = 16;

describe('the write-ahead log of the embedded database', () => {
  const directory = embeddedDirectory();
  const errors: unknown[] = [];
  let database: Database;

  beforeAll(async () => {
    database = createDatabase({
      settings: { directory },
      migrations: [{ id: 'test/001', sql: 'create table things (id bigint primary key)' }],
      clock: systemClock,
      onError: (error) => errors.push(error),
    });
    await database.query('select 1');
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query('checkpoint');
    errors.length = 0;
  });

  const logged = (): number => {
    const log = join(directory, 'data', 'pg_wal');
    const files = readdirSync(log, { withFileTypes: true }).filter((file) => file.isFile());
    return files.reduce((total, { name }) => total + statSync(join(log, name)).size, 0) / megabyte;
  };
  /** What `write` writes between two looks at the log. */
  const betweenLooks = 16 * 2;
  /** Writes to the log, and to nothing else. */
  const write = async (megabytes: number): Promise<number> => {
    let most = 0;
    for (let written = 0; written < megabytes; written += 2) {
      await database.query("select pg_logical_emit_message(false, 'test', repeat('x', $1))", [2 * megabyte]);
      most = Math.max(most, logged());
    }
    return most;
  };

  it('does not grow with what is written', async () => {
    expect(await write(5 * logSizes.due)).toBeLessThanOrEqual(logSizes.due + betweenLooks + 2 * segment);
    expect(errors).toEqual([]);
  });

  it('is not shortened within a transaction, which still is all or nothing', async () => {
    await expect(
      database.transaction(async (sql) => {
        await sql.query('insert into things values (1)');
        for (let written = 0; written < 2 * logSizes.due; written += 2)
          await sql.query("select pg_logical_emit_message(false, 'test', repeat('x', $1))", [2 * megabyte]);
        expect(logged()).toBeGreaterThanOrEqual(2 * logSizes.due);
        throw new Error('of the work');
      }),
    ).rejects.toThrow('of the work');
    for (let work = 0; work < 16; work += 1)
      expect(await database.query('select id from things where id = 1')).toEqual([]);
    await database.query('select 1');
    expect(logged()).toBeLessThanOrEqual(logSizes.due + segment);
  });

  it('has the database opened again if it cannot be shortened', async () => {
    // A checkpoint writes the states of transactions to this folder.
    const states = join(directory, 'data', 'pg_xact');
    renameSync(states, `${states}.aside`);
    await expect(write(3 * logSizes.due)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    renameSync(`${states}.aside`, states);
    expect(errors).toEqual([
      expect.objectContaining({
        code: 'DATABASE_UNAVAILABLE',
        message: 'the embedded database cannot shorten its write-ahead log (58P01)',
      }),
    ]);
    // The lock of the directory is given up in the background.
    while (database.failure() !== undefined) await database.query('select 1').catch(() => undefined);
    await database.query('insert into things values (2)');
    expect(await write(3 * logSizes.due)).toBeLessThanOrEqual(logSizes.due + betweenLooks + 2 * segment);
  });
});
