import { createDryRows, type DryRows } from '../../src/bulk/dry-rows';
import { rowTexts } from '../../src/bulk/row-texts';
import { bulkMigrations } from '../../src/bulk/schema';
import type { Database } from '../../src/database/database';
import { createDatabase } from '../../src/database/open-database';
import { systemClock } from '../../src/shared/clock';
import { embeddedDirectory } from '../support/both-databases';
import { relativeCost } from '../support/relative-cost';

// A new embedded database costs seconds of processor time.
jest.setTimeout(300_000);

describe('the rows of a dry run in an embedded database', () => {
  const directory = embeddedDirectory();
  let database: Database;
  beforeAll(() => {
    database = createDatabase({ settings: { directory }, migrations: bulkMigrations, clock: systemClock });
  });
  afterAll(() => database.close());

  /** An operation with so many rows that are all about different members. */
  const operationOf = async (id: string, rows: number): Promise<DryRows> => {
    await database.query(
      `insert into bulk_operations (id, brand_id, kind, status, created_by, scopes, language, settings, on_existing, dry_run,
         idempotency_key, request_hash, file_id, total, created_at, changed_at, owner)
       values ($1, '1004', 'IMPORT_BY_PHONE', 'RUNNING', 'crm', '', 'en', '', 'SKIP', true, $1, '', '', $2, 0, 0, 'me')`,
      [id, rows],
    );
    await database.query(
      `insert into bulk_rows (operation_id, number, state, key, mask, sealed, changed_at)
       select $1, number, 'PENDING', md5($1 || number), '', '', 0 from generate_series(1, $2::int) as number`,
      [id, rows],
    );
    const order = 'FIRST_WINS' as const;
    return createDryRows({ database, operationId: id, owner: 'me', order, texts: rowTexts.en, now: () => 1 });
  };
  /** Takes and ends the next 50 rows. */
  const batchesOf = (rows: DryRows): (() => Promise<void>) => {
    let after = 0;
    return async () => {
      const { due } = await rows.take(after, 50);
      expect(due).toHaveLength(50);
      after += 50;
      await rows.finish(
        due.map((row) => ({ row, end: { state: 'SUCCEEDED', keep: false } })),
        new Map(due.map(({ key, number }) => [key, number])),
      );
    };
  };

  it('cost the same, however many there are', async () => {
    const [few, many] = [await operationOf('few', 500), await operationOf('many', 60_000)];
    expect(await relativeCost(batchesOf(many), { unit: batchesOf(few), below: 4 })).toBeLessThan(4);
  });
});
