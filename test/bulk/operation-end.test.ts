import { createSecretKey, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Clock } from '../../src/shared/clock';
import { systemClock } from '../../src/shared/clock';
import {
  createBulkOperation,
  readBulkOperation,
  settledBulkOperation,
  uploadBulkFile,
  type BulkState,
} from '../support/bulk-client';
import { describeWithPostgres, startPostgres, type PostgresServer } from '../support/postgres-server';
import { testApp, type TestApp } from '../support/test-app';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver';

// A busy machine may not have the processor time.
jest.setTimeout(300_000);

const dayMs = 86_400_000;
/** Time that passes by itself, and by days at once. */
let ahead = 0;
const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + ahead,
  wallNow: () => systemClock.wallNow() + ahead,
};

describeWithPostgres('the end of a bulk operation', () => {
  let server: PostgresServer;
  let sql: Client;
  let receiver: WebhookReceiver;
  let app: TestApp;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.close());
  // One of them moves the clock, and with it everything that was before.
  beforeEach(async () => {
    ahead = 0;
    const url = await server.newDatabase();
    sql = new Client({ connectionString: url });
    sql.on('error', () => undefined);
    await sql.connect();
    receiver = await startReceiver();
    app = await testApp({
      clock,
      change: (config) => ({
        ...config,
        database: { url },
        bulk: { retainFilesDays: 1, retainResultsDays: 3, retainPausedDays: 5 },
        webhooks: [
          {
            id: 'crm',
            url: receiver.url,
            secret: createSecretKey(randomBytes(32)),
            kinds: ['BULK_OPERATION_ENDED'],
            personalMembers: [],
            allowPrivateNetwork: true,
          },
        ],
      }),
    });
  });
  afterEach(async () => {
    await app.close();
    await receiver.close();
    await sql.end();
  });

  let rows = 0;
  const newLine = (): string => `132${String(30_000_000 + (rows += 1))},END${String(rows).padStart(6, '0')}`;
  const upload = async (...lines: readonly string[]): Promise<unknown> => {
    const { body } = await uploadBulkFile(
      app,
      app.sandbox.example.brandId,
      `手机号,会员卡号\n${lines.join('\n')}\n`,
    );
    return body.fileId;
  };
  const begin = (fileId: unknown, order: object = {}): Promise<BulkState> => {
    const { brandId, cardId } = app.sandbox.example;
    return createBulkOperation(app, {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId,
      idempotencyKey: `end-${(rows += 1)}`,
      ...order,
    });
  };
  const change = (name: string, id: string, more = '') =>
    app.ask(
      `mutation($id: ID!) { bulkOperation${name}(input: { bulkOperation: { id: $id } ${more} }) { bulkOperation { status } } }`,
      { id },
    );
  /** What the receiver was told of the operation. */
  const toldOf = (id: string) => {
    const own = receiver.received.filter(({ body }) => body.includes(operationIds.get(id) ?? '?'));
    return own.map(({ body, headers }) => ({
      id: headers['webhook-id'],
      status: (JSON.parse(body) as { readonly data: { readonly status: string } }).data.status,
    }));
  };
  const operationIds = new Map<string, string>();
  const remember = async ({ id }: BulkState): Promise<string> => {
    const { data } = await app.ask<{ readonly node: { readonly operationId: string } }>(
      'query($id: ID!) { node(id: $id) { ... on BulkOperation { operationId } } }',
      { id },
    );
    operationIds.set(id, String(data?.node.operationId));
    return id;
  };
  const withoutQueue = async (work: () => Promise<void>): Promise<void> => {
    await sql.query('alter table webhook_deliveries rename to webhook_deliveries_away');
    try {
      await work();
    } finally {
      await sql.query('alter table webhook_deliveries_away rename to webhook_deliveries');
    }
  };

  it('is final together with its message, or not at all', async () => {
    const canceled = await remember(
      await begin(await upload(newLine()), { notBefore: '2099-01-01T00:00:00+08:00' }),
    );
    const unbound = `138${String(1_000 + Math.floor(Math.random() * 9_000))}0000,END999999`;
    let completed = '';
    await withoutQueue(async () => {
      completed = await remember(await begin(await upload(newLine(), unbound)));
      // Every row is final; the status cannot be.
      await until(
        async () =>
          app.reports.some(({ error }) => String(error).includes('42P01')) ||
          (await readBulkOperation(app, completed)).status === 'COMPLETED',
      );
      expect(await readBulkOperation(app, completed)).toMatchObject({ status: 'RUNNING', done: 2 });
      expect((await change('Cancel', canceled)).errors).toHaveLength(1);
      expect((await readBulkOperation(app, canceled)).status).not.toBe('CANCELED');
    });
    expect(await settledBulkOperation(app, completed)).toMatchObject({ status: 'COMPLETED' });
    await change('Cancel', canceled);
    await until(() => toldOf(completed).length > 0 && toldOf(canceled).length > 0);
    expect(toldOf(completed).map(({ status }) => status)).toEqual(['COMPLETED']);
    expect(toldOf(canceled).map(({ status }) => status)).toEqual(['CANCELED']);
    // An operation that goes on ends again.
    await change('Retry', completed, 'states: [FAILED]');
    await settledBulkOperation(app, completed);
    await until(() => toldOf(completed).length > 1);
    expect(new Set(toldOf(completed).map(({ id }) => id)).size).toBe(2);
  });

  it('comes by itself if it was paused for the days of the setting', async () => {
    const id = await remember(
      await begin(await upload(newLine()), { notBefore: '2099-01-01T00:00:00+08:00' }),
    );
    await until(async () => (await readBulkOperation(app, id)).status === 'RUNNING');
    await change('Pause', id);
    ahead += 4 * dayMs;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await readBulkOperation(app, id)).status).toBe('PAUSED');
    ahead += 2 * dayMs;
    await until(async () => (await readBulkOperation(app, id)).status === 'CANCELED');
    const { data } = await app.ask<{ readonly node: object }>(
      'query($id: ID!) { node(id: $id) { ... on BulkOperation { status cancelReason counts { state count } } } }',
      { id },
    );
    expect(data?.node).toEqual({
      status: 'CANCELED',
      cancelReason: 'PAUSED_TOO_LONG',
      counts: [{ state: 'CANCELED', count: 1 }],
    });
    const { rows: kept } = await sql.query('select 1 from bulk_rows where sealed is not null');
    expect(kept).toEqual([]);
    await until(() => toldOf(id).length > 0);
    expect(toldOf(id)).toMatchObject([{ status: 'CANCELED' }]);
  });

  it('is followed by the erasure of its file, rows and results, after the days of the settings', async () => {
    const fileId = await upload(newLine());
    const id = await remember(await begin(fileId));
    await settledBulkOperation(app, id);
    const countOf = async (): Promise<Record<string, number>> => {
      const count = async (table: string, where: string, value: string): Promise<number> => {
        const { rowCount } = await sql.query(`select 1 from ${table} where ${where} = $1`, [value]);
        return rowCount ?? 0;
      };
      return {
        files: await count('bulk_files', 'id', String(fileId)),
        chunks: await count('bulk_chunks', 'file_id', String(fileId)),
        rows: await count('bulk_rows', 'operation_id', operationIds.get(id) ?? ''),
      };
    };
    expect(await countOf()).toEqual({ files: 1, chunks: 1, rows: 1 });
    ahead += 1.5 * dayMs;
    await until(async () => (await countOf()).chunks === 0);
    expect(await countOf()).toEqual({ files: 0, chunks: 0, rows: 1 });
    await expect(begin(fileId)).rejects.toThrow(/upload it again/);
    ahead += 2 * dayMs;
    await until(async () => (await countOf()).rows === 0);
    const { data } = await app.ask<{ readonly node: object }>(
      'query($id: ID!) { node(id: $id) { ... on BulkOperation { status done resultsPath failedRowsPath rows { totalCount } } } }',
      { id },
    );
    expect(data?.node).toEqual({
      status: 'COMPLETED',
      done: 1,
      resultsPath: null,
      failedRowsPath: null,
      rows: { totalCount: 0 },
    });
  });
});

/** Looks until it holds, or so often that it never will. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let looks = 0; looks < 1_000 && !(await holds()); looks += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
};
