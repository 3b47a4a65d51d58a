import { Client } from 'pg';
import { openPostgres } from '../../src/database/postgres';
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Migration } from '../../src/database/database';
import { createDatabase, type DatabaseSettings } from '../../src/database/open-database';
import { systemClock } from '../../src/shared/clock';
import { embeddedDirectory, postgresServer } from '../support/both-databases';
import { describeWithPostgres } from '../support/postgres-server';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

const migrations: readonly Migration[] = [
  {
    id: 'test/001',
    sql: 'create table things (id bigint primary key, name text, bytes bytea, more jsonb); create index on things (name)',
  },
  { id: 'test/002', sql: 'alter table things add column names text[]' },
];
const open = (settings: DatabaseSettings, own = migrations): Database =>
  createDatabase({ settings, migrations: own, clock: systemClock });

/** What holds for both databases. */
const promises = (settings: () => DatabaseSettings): void => {
  let database: Database;
  beforeAll(() => {
    database = open(settings());
  });
  afterAll(() => database.close());

  it('returns the same values whichever database it is', async () => {
    await database.query('insert into things values ($1, $2, $3, $4, $5)', [
      2 ** 52,
      "it's 二十",
      Buffer.from([0, 1, 255]),
      JSON.stringify({ a: [1] }),
      ['x', 'y"z'],
    ]);
    const [row] = await database.query('select * from things where id = $1', [2 ** 52]);
    expect(row).toMatchObject({ id: 2 ** 52, name: "it's 二十", more: { a: [1] }, names: ['x', 'y"z'] });
    expect(Buffer.from(row?.bytes as Uint8Array).equals(Buffer.from([0, 1, 255]))).toBe(true);
    expect(
      await database.query('select count(*) as n from things where id = any($1::bigint[])', [[1, 2 ** 52]]),
    ).toEqual([{ n: 1 }]);
  });

  it('keeps all of a transaction or nothing of it', async () => {
    const own = new Error('of the work');
    await expect(
      database.transaction(async (sql) => {
        await sql.query('insert into things (id) values (10)');
        throw own;
      }),
    ).rejects.toBe(own);
    expect(database.failure()).toBeUndefined();
    await database.transaction((sql) => sql.query('insert into things (id) values (11)'));
    expect(await database.query('select id from things where id in (10, 11)')).toEqual([{ id: 11 }]);
  });

  it('does not call a transaction done whose statement was refused', async () => {
    await expect(
      database.transaction(async (sql) => {
        await sql.query('insert into things (id) values (20)');
        await sql.query('insert into things (id) values (20)').catch(() => undefined);
      }),
    ).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(await database.query('select id from things where id = 20')).toEqual([]);
  });

  it('says which statement was refused by its SQLSTATE, and repeats no value', async () => {
    const refused = await database
      .query('select $1::bigint', ['13800138000x'])
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: expect.stringMatching(/\(22P02\)/) as string,
    });
    expect(String((refused as Error).stack)).not.toContain('13800138000');
    expect(database.failure()).toBeUndefined();
  });

  it('gives concurrent transactions their turn', async () => {
    await database.query('insert into things (id, name) values (30, $1)', ['0']);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        database.transaction(async (sql) => {
          const [row] = await sql.query<{ name: string }>('select name from things where id = 30 for update');
          await sql.query('update things set name = $1 where id = 30', [String(Number(row?.name) + 1)]);
        }),
      ),
    );
    expect(await database.query('select name from things where id = 30')).toEqual([{ name: '20' }]);
  });
};

describe('the embedded database', () => {
  const directory = embeddedDirectory();

  promises(() => ({ directory }));

  it('has applied each migration once, adds new ones, and refuses a database that knows more', async () => {
    const own = join(directory, randomUUID());
    const first = open({ directory: own });
    await first.query('select 1');
    await first.close();
    const later = open({ directory: own }, [
      ...migrations,
      { id: 'test/003', sql: 'create table more (id text)' },
    ]);
    expect(await later.query('select id from schema_migrations order by id')).toEqual(
      ['test/001', 'test/002', 'test/003'].map((id) => ({ id })),
    );
    await later.close();
    const former = open({ directory: own });
    await expect(former.query('select 1')).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('(newer)') as string,
    });
    expect(former.failure()).toBe('newer');
    await former.close();
  });

  it('is made anew if the process that made it was killed', async () => {
    const begun = join(directory, 'begun');
    mkdirSync(join(begun, 'data'), { recursive: true });
    writeFileSync(join(begun, 'making'), '');
    writeFileSync(join(begun, 'data/PG_VERSION'), '18\n');
    const database = open({ directory: begun });
    expect(await database.warmUp()).toBe(false);
    expect(await database.query('select count(*) as n from things')).toEqual([{ n: 0 }]);
    expect(existsSync(join(begun, 'making'))).toBe(false);
    await database.close();
  });

  it('says nothing of being closed, whatever is asked of it meanwhile and later', async () => {
    const changes: unknown[] = [];
    const database = createDatabase({
      settings: { directory: join(directory, 'closed') },
      migrations,
      clock: systemClock,
      onChange: (failure) => changes.push(failure),
    });
    await database.query('select 1');
    const meanwhile = database.query('select 2').catch(() => undefined);
    await database.close();
    await meanwhile;
    await expect(database.query('select 3')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(changes).toEqual([]);
  });

  it('costs nothing until it is used', async () => {
    const unused = join(directory, randomUUID());
    const database = open({ directory: unused });
    await database.warmUp();
    await database.close();
    expect(existsSync(unused)).toBe(false);
  });

  it('forgets a transaction in the middle of which its lock could not be renewed', async () => {
    const own = join(directory, randomUUID());
    let ahead = 0;
    const database = createDatabase({
      settings: { directory: own },
      migrations,
      clock: { ...systemClock, now: () => systemClock.now() + ahead },
    });
    const lock = join(own, 'owner.lock');
    await database.query('select 1');
    await expect(
      database.transaction(async (sql) => {
        await sql.query('insert into things (id) values (40)');
        // The lock is looked at again. As on a full disk, it can neither be read nor written.
        ahead += 6_000;
        renameSync(lock, `${lock}.aside`);
        mkdirSync(lock);
        await sql.query('insert into things (id) values (41)');
      }),
    ).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(database.failure()).toBe('EISDIR');
    rmSync(lock, { recursive: true });
    renameSync(`${lock}.aside`, lock);
    await database.transaction((sql) => sql.query('insert into things (id) values (42)'));
    expect(await database.query('select id from things')).toEqual([{ id: 42 }]);
    await database.close();
  });

  it('says so if its directory cannot be made, and works once it can', async () => {
    const blocked = join(directory, randomUUID());
    writeFileSync(blocked, '');
    const changes: unknown[] = [];
    const database = createDatabase({
      settings: { directory: blocked },
      migrations: [],
      clock: systemClock,
      onChange: (failure) => changes.push(failure),
    });
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(database.failure()).toBe('EEXIST');
    rmSync(blocked);
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(changes).toEqual(['EEXIST', undefined]);
    await database.close();
  });
});

describeWithPostgres('PostgreSQL', () => {
  const { server, url } = postgresServer();

  promises(() => ({ url: url() }));

  it('is migrated once by processes that start together', async () => {
    const fresh = await server().newDatabase();
    const both = [open({ url: fresh }), open({ url: fresh })];
    await Promise.all(both.map((one) => one.query('select 1')));
    expect(await both[0]?.query('select count(*) as n from schema_migrations')).toEqual([{ n: 2 }]);
    await Promise.all(both.map((one) => one.close()));
  });

  it('bears a server that ends in the moment in which a connection is taken from the pool', async () => {
    const driver = openPostgres({ url: url() });
    const heard: number[] = [];
    // The pool stops listening to a connection when it hands it out.
    const handed = jest.spyOn(Client.prototype, 'removeListener').mockImplementation(function (
      this: Client,
      name,
      listener,
    ) {
      this.off(name, listener);
      if (name === 'error') heard.push(this.listenerCount('error'));
      return this;
    });
    try {
      await driver.use((session) => session.query('select 1', []));
    } finally {
      handed.mockRestore();
      await driver.close();
    }
    // An error that nobody hears is thrown, and ends the process.
    expect(heard).toEqual([1]);
  });

  it('is unavailable while it is away, and works again when it is back', async () => {
    const database = open({ url: url() });
    await database.query('select 1');
    await server().kill();
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(database.failure()).toEqual(expect.any(String));
    await server().start();
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(database.failure()).toBeUndefined();
    await database.close();
  });
});
