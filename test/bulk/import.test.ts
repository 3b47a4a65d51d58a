import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createBulkOperation,
  readBulkOperation,
  settledBulkOperation,
  uploadBulkFile,
  type BulkState,
} from '../support/bulk-client';
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
    const before = app.calls.length;
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
    const imports = app.calls.slice(before).filter((call) => call.interface === 'IMPORT_USER_CARD_BY_PHONE');
    expect(imports.map(({ lane, outcome }) => [lane, outcome])).toEqual([
      ['bulk', 'ok'],
      ['bulk', 'ok'],
    ]);
    const stored = filesBelow(directory).map((file) => readFileSync(file).toString('latin1'));
    expect(stored.some((text) => text.includes('IMPORT_BY_PHONE'))).toBe(true);
    for (const secret of [phoneOf(1), phoneOf(2), 'BULK000002'])
      expect(stored.some((text) => text.includes(secret))).toBe(false);
  });

  it.each(['a read', 'a notification'] as const)(
    'that lost its openid gets it when %s of WeChat Pay names the card',
    async (by) => {
      const [phone, code] = by === 'a read' ? [phoneOf(11), 'LATE000011'] : [phoneOf(12), 'LATE000012'];
      const begin = async (name: string): Promise<BulkState> => {
        const { body } = await uploadBulkFile(app, brandId, `手机号,会员卡号\n${phone},${code}\n`);
        const order = { kind: 'IMPORT_BY_PHONE', cardTemplate: { key: { brandId, cardId } } };
        const { id } = await createBulkOperation(app, {
          ...order,
          fileId: body.fileId,
          idempotencyKey: name,
        });
        return settledBulkOperation(app, id);
      };
      const resultsOf = async ({ id }: BulkState): Promise<string> => {
        const { data } = await app.ask<{ readonly node: { readonly resultsPath: string } }>(
          'query($id: ID!) { node(id: $id) { ... on BulkOperation { resultsPath } } }',
          { id },
        );
        return (await fetch(app.url.replace('/graphql', String(data?.node.resultsPath)))).text();
      };
      app.sandbox.faults.set([
        { kind: 'reset', when: 'after', interface: 'IMPORT_USER_CARD_BY_PHONE', times: 1 },
      ]);
      const imported = await begin(`late ${by}`.replaceAll(' ', '-'));
      expect(imported.counts).toEqual([{ state: 'SUCCEEDED', code: 'IMPORTED_OPENID_UNKNOWN', count: 1 }]);
      const skipped = await begin(`again ${by}`.replaceAll(' ', '-'));
      expect(skipped.counts).toEqual([{ state: 'SKIPPED', code: 'DONE_EARLIER', count: 1 }]);
      const openid = app.sandbox.state().cardOfPhone(cardId, phone)?.openid ?? 'none';
      expect(await resultsOf(imported)).not.toContain(openid);
      if (by === 'a read')
        await app.ask(
          'query($brandId: ID!, $openid: ID!) { brand(brandId: $brandId) { userCards(openid: $openid) { nodes { openid } } } }',
          { brandId, openid },
        );
      else await app.sandbox.users.lookAtPoints({ brandId, cardId, userCardCode: code }).delivered;
      for (let looks = 0; looks < 400; looks += 1) {
        if ((await readBulkOperation(app, imported.id)).counts[0]?.code === null) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect((await readBulkOperation(app, imported.id)).counts).toEqual([
        { state: 'SUCCEEDED', code: null, count: 1 },
      ]);
      for (const one of [imported, skipped]) expect(await resultsOf(one)).toContain(openid);
    },
  );
});

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());
