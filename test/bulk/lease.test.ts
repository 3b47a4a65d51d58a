import { createSecretKey, randomBytes } from 'node:crypto';
import { createEngine, lookMs } from '../../src/bulk/engine';
import { createLeases, leaseMs } from '../../src/bulk/lease';
import { createOperations } from '../../src/bulk/operations';
import { createRowKeys } from '../../src/bulk/row-keys';
import { bulkMigrations } from '../../src/bulk/schema';
import { createSealing } from '../../src/bulk/sealing';
import { createUploads } from '../../src/bulk/uploads';
import type { Database } from '../../src/database/database';
import { nowMs } from '../../src/database/now';
import { createDatabase } from '../../src/database/open-database';
import { systemClock } from '../../src/shared/clock';
import { embeddedDirectory } from '../support/both-databases';
import { fakeClock } from '../support/fake-clock';
import { keyRing } from '../support/key-ring';

// A new embedded database costs seconds of processor time.
jest.setTimeout(300_000);

/** As the README promises. */
const takeoverMs = 15_000;

describe('the owner of a bulk operation', () => {
  const directory = embeddedDirectory();
  const sealing = createSealing(keyRing('k1'));
  let database: Database;
  beforeAll(() => {
    database = createDatabase({ settings: { directory }, migrations: bulkMigrations, clock: systemClock });
  });
  afterAll(() => database.close());

  const ends = { record: () => Promise.resolve(), recorded: () => undefined };
  let orders = 0;
  const order = async (): Promise<string> => {
    const operations = createOperations({
      ...{ database, sealing, ends, retainResultsMs: 1, now: systemClock.wallNow },
      onWork: () => undefined,
    });
    const created = await operations.create({
      brandId: '1004',
      kind: 'COMPARE',
      createdBy: 'crm',
      scopes: '',
      language: 'en',
      settings: { cardId: 'c', mapping: {}, defaults: {}, columns: [] },
      onExisting: 'SKIP',
      dryRun: false,
      idempotencyKey: `order-${(orders += 1)}`,
      upload: {
        ...{ id: 'no-file', brandId: '1004', format: 'csv', columns: [], rowCount: 1, digest: '' },
        expiresAt: Infinity,
      },
    });
    if (created === 'keyUsed') throw new Error(created);
    return created.id;
  };
  const none = { ids: [], brandIds: [], now: systemClock.wallNow() };
  const leasesOf = (owner: string, clock = systemClock) => createLeases({ database, clock, owner });
  const leftMs = async (id: string): Promise<number> => {
    const [row] = await database.query<{ left: number }>(
      `select lease_until - ${nowMs} as left from bulk_operations where id = $1`,
      [id],
    );
    return Number(row?.left);
  };
  /** As if so much time had passed in the database. */
  const passes = (id: string, ms: number) =>
    database.query('update bulk_operations set lease_until = lease_until - $2::bigint where id = $1', [
      id,
      ms,
    ]);

  it('is another one within the promised time after it was killed: its lease and one look', async () => {
    expect(leaseMs + lookMs).toBeLessThan(takeoverMs);
    const id = await order();
    const lease = await leasesOf('killed').take(none);
    expect(lease?.row.id).toBe(id);
    await lease?.renew(undefined);
    // Whenever it is killed, no more than this is left.
    expect(await leftMs(id)).toBeLessThanOrEqual(leaseMs);

    const clock = fakeClock(systemClock.wallNow());
    const seen: string[] = [];
    const { rowKeyOf, cardKeyOf } = createRowKeys(createSecretKey(randomBytes(32)));
    const unused = () => Promise.reject(new Error('the file of the operation is gone'));
    const engine = createEngine({
      ...{ database, clock, sealing, rowKeyOf, cardKeyOf, ends },
      uploads: createUploads({
        ...{ database, sealing, now: clock.wallNow, retainMs: 1 },
        digestKey: createSecretKey(randomBytes(32)),
      }),
      runner: { problem: unused, run: unused, check: unused, openidOf: unused },
      retainResultsMs: 1,
      retainPausedMs: 1_000_000,
      onChange: ({ id: changed, reason }) => seen.push(`${changed} ${String(reason)}`),
      onError: (error) => {
        throw error as Error;
      },
    });
    const turn = async (ms: number): Promise<void> => {
      await clock.advance(ms);
      // What the engine asks of the database before it waits again.
      for (let asked = 0; asked < 20; asked += 1) await database.query('select 1');
    };
    engine.wake();
    await turn(0);
    await turn(lookMs);
    expect(seen).toEqual([]);
    await passes(id, leaseMs);
    await turn(lookMs);
    expect(seen).toEqual([`${id} ROWS_UNREADABLE`]);
    await engine.stop();
  });

  it('is never two: who lost the lease is told, and sends nothing from before that moment', async () => {
    const id = await order();
    const clock = fakeClock();
    const first = await leasesOf('first', clock).take(none);
    expect(first?.row.id).toBe(id);
    expect(await leasesOf('second').take(none)).toBeUndefined();
    // Its own clock ends its right to send before the database's gives the operation to another one.
    expect(first?.until()).toBeLessThan(clock.now() + leaseMs);
    await clock.advance(leaseMs / 2);
    expect(await first?.renew(undefined)).toBe('VALIDATING');
    expect(first?.until()).toBeGreaterThan(clock.now());
    await passes(id, leaseMs);
    expect((await leasesOf('second').take(none))?.row.id).toBe(id);
    expect(await first?.renew(undefined)).toBe('lost');
    await first?.release();
    expect(await leftMs(id)).toBeGreaterThan(0);
    expect(await leasesOf('third').take(none)).toBeUndefined();
  });
});
