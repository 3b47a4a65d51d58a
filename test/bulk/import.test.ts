import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBulkOperation, settledBulkOperation, uploadBulkFile } from '../support/bulk-client';
import { testApp, type TestApp } from '../support/test-app';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

const phoneOf = (index: number): string => `139${String(10_000_000 + index)}`;

describe('an import of a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bulk-'));
  let app: TestApp;
  let brandId = '';
  let cardId = '';
  beforeAll(async () => {
    app = await testApp({ change: (config) => ({ ...config, database: { directory } }) });
    ({ brandId, cardId } = app.sandbox.example);
  });
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('goes from the upload to a state for every row, and leaves nothing in clear', async () => {
    const rows = [
      `${phoneOf(1)},BULK000001,金卡`,
      `+86 ${phoneOf(2)},BULK000002,金卡`,
      `${phoneOf(1)},BULK000003,金卡`,
      `12,BULK000004,金卡`,
    ];
    const { status, body } = await uploadBulkFile(app, brandId, `手机号,会员卡号,等级\n${rows.join('\n')}\n`);
    expect([status, body]).toMatchObject([
      200,
      {
        format: 'csv',
        rowCount: 4,
        columns: ['手机号', '会员卡号', '等级'],
        kinds: { IMPORT_BY_PHONE: { missing: [] } },
      },
    ]);
    expect(JSON.stringify(body)).not.toContain(phoneOf(1));
    const created = await createBulkOperation(app, {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: 'first',
    });
    const ended = await settledBulkOperation(app, created.id);
    expect(ended).toMatchObject({ status: 'COMPLETED', total: 4, done: 4 });
    expect(ended.counts).toEqual(
      expect.arrayContaining([
        { state: 'SUCCEEDED', code: null, count: 2 },
        { state: 'SKIPPED', code: 'DUPLICATE_ROW', count: 1 },
      ]),
    );
    const imports = app.calls.filter((call) => call.interface === 'IMPORT_USER_CARD_BY_PHONE');
    expect(imports.map(({ lane, outcome }) => [lane, outcome])).toEqual([
      ['bulk', 'ok'],
      ['bulk', 'ok'],
    ]);
    const stored = filesBelow(directory).map((file) => readFileSync(file).toString('latin1'));
    expect(stored.some((text) => text.includes('IMPORT_BY_PHONE'))).toBe(true);
    for (const secret of [phoneOf(1), phoneOf(2), 'BULK000002'])
      expect(stored.some((text) => text.includes(secret))).toBe(false);
  });
});

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());
