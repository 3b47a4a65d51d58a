import { createDailyBudget } from '../../src/bulk/daily-budget';
import { createDryRows } from '../../src/bulk/dry-rows';
import type { RowOrder } from '../../src/bulk/row-check';
import { createRowKeys } from '../../src/bulk/row-keys';
import { rowTexts } from '../../src/bulk/row-texts';
import { createOwnedRows } from '../../src/bulk/rows';
import { bulkMigrations } from '../../src/bulk/schema';
import { createSupersede } from '../../src/bulk/supersede';
import type { Database, Sql, SqlRow, SqlValue } from '../../src/database/database';
import { createDatabase } from '../../src/database/open-database';
import { systemClock } from '../../src/shared/clock';
import { createSecretKey } from 'node:crypto';
import { embeddedDirectory } from '../support/both-databases';

// A new embedded database costs seconds of processor time.
jest.setTimeout(300_000);

describe('the indexes of keys in an embedded database', () => {
  const directory = embeddedDirectory();
  const count = 60_000;
  let database: Database;
  beforeAll(async () => {
    database = createDatabase({ settings: { directory }, migrations: bulkMigrations, clock: systemClock });
    for (const id of ['first', 'second'])
      await database.query(
        `insert into bulk_operations (id, brand_id, kind, status, created_by, scopes, language, settings, on_existing, dry_run,
           idempotency_key, request_hash, file_id, total, created_at, changed_at, owner)
         values ($1, '1004', 'IMPORT_BY_PHONE', 'RUNNING', 'crm', '', 'en', '', 'SKIP', false, $1, '', '', 0, 0, 0, 'me')`,
        [id],
      );
    // Each member is in both operations, and twice in each.
    await database.query(
      `insert into bulk_rows (operation_id, number, state, key, update_key, mask, sealed, is_update, changed_at)
       select id, number, 'PENDING', md5((number % $1 / 2)::text) || repeat('k', 11), md5('u' || number % $1 / 2) || repeat('k', 11), '', '', true, 0
       from unnest(array['first', 'second']) as id, generate_series(1, $1::int) as number`,
      [count],
    );
  });
  afterAll(() => database.close());

  it('fit in the memory for pages, a million rows of an import that updates cards', async () => {
    const [size] = await database.query<{ pages: number; indexes: number }>(
      `select setting::bigint * 8192 as pages, pg_relation_size('bulk_rows_key') + pg_relation_size('bulk_rows_update_key') as indexes
       from pg_settings where name = 'shared_buffers'`,
    );
    expect(((size?.indexes ?? Infinity) * 1_000_000) / (2 * count)).toBeLessThan(size?.pages ?? 0);
    // They fill with the database, and are most of what a file of a million rows takes.
    expect(size?.pages).toBeLessThanOrEqual(64 * 1024 * 1024);
  });

  /** Statements as they were executed; each is undone. */
  const recording = (said: { text: string; values: readonly SqlValue[] }[]): Database => {
    const over = (sql: Sql): Sql => ({
      query: async <Row extends SqlRow>(text: string, values: readonly SqlValue[] = []) => {
        said.push({ text, values });
        return sql.query<Row>(text, values);
      },
    });
    return {
      ...database,
      ...over(database),
      transaction: (work) => database.transaction((sql) => work(over(sql))),
    };
  };

  it('serve every statement that looks for keys', async () => {
    const said: { text: string; values: readonly SqlValue[] }[] = [];
    const recorded = recording(said);
    const base = { operationId: 'first', owner: 'me', texts: rowTexts.en, now: () => 1, database: recorded };
    for (const order of ['FIRST_WINS', 'UPDATE', 'NEWEST_WINS'] satisfies RowOrder[]) {
      const dry = createDryRows({ ...base, order });
      const { due } = await dry.take(0, 2);
      await dry.finish(
        due.map((row) => ({ row, end: { state: 'SUCCEEDED', keep: false } })),
        new Map(due.map(({ key, number }) => [key, number])),
      );
      await createOwnedRows({
        ...base,
        order,
        budget: createDailyBudget(undefined, { day: 0, rows: 0 }),
      }).take(2);
    }
    const { rowKeyOf } = createRowKeys(createSecretKey(Buffer.alloc(32)));
    await createSupersede({ database: recorded, rowKeyOf, now: () => 1 })('UPDATE_USER_CARD', {
      brandId: '1004',
      cardId: 'card',
      userCardCode: 'code',
    });
    const looking = said.filter(
      ({ text }) =>
        text.includes('bulk_rows') && !text.includes('bulk_claims') && /\b(update_)?key = /.test(text),
    );
    const plans = new Map<string, string>();
    for (const { text, values } of looking) {
      if (plans.has(text)) continue;
      const lines = await database.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
      plans.set(text, lines.map((line) => line['QUERY PLAN']).join('\n'));
    }
    expect(plans.size).toBeGreaterThanOrEqual(8);
    for (const plan of plans.values()) {
      expect(plan).toMatch(/bulk_rows_(update_)?key/);
      expect(plan).not.toMatch(/Seq Scan on bulk_rows|bulk_rows_open/);
    }
  });
});
