import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bulkFields,
  createBulkOperation,
  readBulkOperation,
  settledBulkOperation,
  uploadBulkFile,
  type BulkState,
} from '../support/bulk-client';
import { bytesOf, cellsOf, readTable } from '../support/table-files';
import { firstAttempts } from '../support/first-attempts';
import { testApp, type TestApp } from '../support/test-app';
import { formats } from '../../src/bulk/files/recognise';
import { writeTable } from '../../src/bulk/files/write/write-table';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

let phones = 20_000_001;
const newPhone = (): string => `136${String((phones += 1))}`;
let codes = 0;
const newCode = (): string => `OP${String((codes += 1)).padStart(8, '0')}`;

describe('bulk operations', () => {
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

  let keys = 0;
  const begin = async (
    lines: readonly string[],
    { header = '手机号,会员卡号', ...input }: Readonly<Record<string, unknown>> = {},
  ): Promise<BulkState> => {
    const { body } = await uploadBulkFile(app, brandId, `${String(header)}\n${lines.join('\n')}\n`);
    return createBulkOperation(app, {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: `test-${(keys += 1)}`,
      ...input,
    });
  };
  const change = async (name: string, id: string, more: object = {}): Promise<BulkState> => {
    const type = name === 'Retry' ? 'BulkOperationRetryInput' : 'BulkOperationInput';
    const { data, errors } = await app.ask<Record<string, { readonly bulkOperation: BulkState }>>(
      `mutation($input: ${type}!) { bulkOperation${name}(input: $input) { bulkOperation { ${bulkFields} } userErrors { code } } }`,
      { input: { bulkOperation: { id }, ...more } },
    );
    const operation = data?.[`bulkOperation${name}`]?.bulkOperation;
    if (operation === undefined) throw new Error(JSON.stringify({ data, errors }));
    return operation;
  };
  const download = (id: string, file: string, more = '') =>
    app
      .ask<{ readonly node: Record<string, string> }>(
        `query($id: ID!) { node(id: $id) { ... on BulkOperation { path: ${file}Path } } }`,
        { id },
      )
      .then(({ data }) => fetch(app.url.replace('/graphql', String(data?.node.path) + more)));
  const stateCounts = ({ counts }: BulkState): Record<string, number> =>
    Object.fromEntries(
      counts.map(({ state, code, count }) => [code === null ? state : `${state} ${code}`, count]),
    );
  const importsSent = (): number => app.arrived('IMPORT_USER_CARD_BY_PHONE');

  /** A member who was imported by a mutation. */
  const existing = async (
    more: object = {},
  ): Promise<readonly [phone: string, code: string, openid: string]> => {
    const [phone, code] = [newPhone(), newCode()];
    const cardTemplate = { key: { brandId, cardId } };
    const { data } = await app.ask<{ readonly importUserCardByPhone: { readonly openid: string | null } }>(
      'mutation($input: ImportUserCardByPhoneInput!) { importUserCardByPhone(input: $input) { openid } }',
      { input: { cardTemplate, phoneNumber: phone, userCardCode: code, level: '银卡', ...more } },
    );
    return [phone, code, String(data?.importUserCardByPhone.openid)];
  };

  it('checks every row in a dry run and sends nothing', async () => {
    const before = importsSent();
    const phone = newPhone();
    const { id } = await begin(
      [`${phone},${newCode()},金卡`, `${newPhone()},${newCode()},${'长'.repeat(50)}`, `无,${newCode()},金卡`],
      { header: '手机号,会员卡号,等级', dryRun: true },
    );
    const ended = await settledBulkOperation(app, id);
    expect(ended).toMatchObject({ status: 'COMPLETED', done: 3 });
    expect(stateCounts(ended)).toMatchObject({ SUCCEEDED: 1, 'FAILED TOO_LONG': 1 });
    expect(importsSent()).toBe(before);
    // A dry run claims nothing: the same member can be imported.
    const real = await settledBulkOperation(app, (await begin([`${phone},${newCode()}`])).id);
    expect(stateCounts(real)).toEqual({ SUCCEEDED: 1 });
  });

  describe('in a dry run', () => {
    const reasonsOf = async (id: string): Promise<Record<number, string | null>> => {
      const { data } = await app.ask<{
        readonly node: {
          readonly rows: { readonly nodes: readonly { number: number; message: string | null }[] };
        };
      }>(
        'query($id: ID!) { node(id: $id) { ... on BulkOperation { rows(first: 100) { nodes { number message } } } } }',
        { id },
      );
      const rows = data?.node.rows.nodes ?? [];
      return Object.fromEntries(
        rows.filter(({ message }) => message !== null).map(({ number, message }) => [number, message]),
      );
    };
    const dryRun = async (lines: readonly string[], order: object = {}): Promise<BulkState> =>
      settledBulkOperation(app, (await begin(lines, { dryRun: true, ...order })).id);

    it('finds rows about one member in the file, near and far, and members of earlier operations', async () => {
      const [phone, wrong, imported] = [newPhone(), newPhone(), newPhone()];
      const header = '手机号,会员卡号,等级';
      const line = (own: string, level = '金卡'): string => `${own},${newCode()},${level}`;
      await settledBulkOperation(app, (await begin([line(imported)], { header })).id);
      const others = Array.from({ length: 120 }, () => line(newPhone()));
      const before = importsSent();
      const lines = [
        ...[line(phone), line(phone), line(imported), line(wrong, '长'.repeat(50)), line(wrong)],
        ...[...others, line(phone), line(wrong)],
      ];
      const ended = await dryRun(lines, { header });
      expect(stateCounts(ended)).toEqual({
        SUCCEEDED: 122,
        'SKIPPED DUPLICATE_ROW': 3,
        'SKIPPED DONE_EARLIER': 1,
        'FAILED TOO_LONG': 1,
      });
      expect(importsSent()).toBe(before);
      const text = await (await download(ended.id, 'results')).text();
      // Rows are counted as a spreadsheet shows them: the first one is row 2. A row that fails imports nobody.
      expect(text.match(/Row 2 of the file is about the same member\./g)).toHaveLength(2);
      expect(text.match(/Row 6 of the file is about the same member\./g)).toHaveLength(1);
    });

    it('says in Chinese which row is about the same member', async () => {
      const phone = newPhone();
      const { body } = await uploadBulkFile(
        app,
        brandId,
        `手机号,会员卡号\n${phone},${newCode()}\n${phone},${newCode()}\n`,
      );
      const { data } = await app.ask<{ readonly bulkOperationCreate: { readonly bulkOperation: BulkState } }>(
        `mutation($input: BulkOperationCreateInput!) { bulkOperationCreate(input: $input) { bulkOperation { id } } }`,
        {
          input: {
            kind: 'IMPORT_BY_PHONE',
            cardTemplate: { key: { brandId, cardId } },
            fileId: body.fileId,
            dryRun: true,
            idempotencyKey: `test-${(keys += 1)}`,
          },
        },
        { 'accept-language': 'zh' },
      );
      const { id } = await settledBulkOperation(app, data?.bulkOperationCreate.bulkOperation.id ?? '');
      expect(await reasonsOf(id)).toEqual({ 3: '文件第 2 行为同一会员。' });
    });

    it('says which row of the file changes a card last', async () => {
      const { openid, userCardCode } = app.sandbox.example;
      const line = (level: string): string => `${openid},${userCardCode},${level}`;
      const order = { kind: 'UPDATE_USER_CARDS', header: 'openid,会员卡号,等级' };
      const ended = await dryRun([line('一级'), line('二级'), line('三级')], order);
      expect(stateCounts(ended)).toEqual({ SUCCEEDED: 1, 'SUPERSEDED SUPERSEDED': 2 });
      const reason = 'Row 4 of the file changes the same card later.';
      expect(await reasonsOf(ended.id)).toEqual({ 2: reason, 3: reason });
    });

    it('checks rows that would update a member whom the file imports', async () => {
      const phone = newPhone();
      const header = '手机号,会员卡号,等级';
      const line = (level: string): string => `${phone},${newCode()},${level}`;
      const lines = [line('金卡'), line('银卡'), line('长'.repeat(50))];
      const ended = await dryRun(lines, { header, onExisting: 'UPDATE' });
      expect(stateCounts(ended)).toEqual({
        SUCCEEDED: 1,
        'SUCCEEDED DUPLICATE_ROW': 1,
        'FAILED TOO_LONG': 1,
      });
    });

    it('does not wait for the time at which rows may be sent', async () => {
      const order = { notBefore: '2099-01-01T00:00:00+08:00', maxPerSecond: 1, maxRowsPerDay: 1 };
      const lines = Array.from({ length: 5 }, () => `${newPhone()},${newCode()}`);
      expect(stateCounts(await dryRun(lines, order))).toEqual({ SUCCEEDED: 5 });
    });
  });

  it('sends rows although many operations wait for their time', async () => {
    const order = { notBefore: '2099-01-01T00:00:00+08:00' };
    const waiting: string[] = [];
    for (let index = 0; index < 11; index += 1)
      waiting.push((await begin([`${newPhone()},${newCode()}`], order)).id);
    const { id: now } = await begin([`${newPhone()},${newCode()}`]);
    let looks = 0;
    // So often that it never will.
    await until(
      async () => (await readBulkOperation(app, now)).status === 'COMPLETED' || (looks += 1) > 1_000,
    );
    expect(stateCounts(await readBulkOperation(app, now))).toEqual({ SUCCEEDED: 1 });
    for (const id of waiting) await change('Cancel', id);
  });

  it('sends answers of the form and a validity under their names', async () => {
    const line = `${newPhone()},${newCode()},女,张三,是`;
    const ended = await settledBulkOperation(
      app,
      (await begin([line], { header: '手机号,会员卡号,性别,姓名,永久有效', dryRun: true })).id,
    );
    // The template may not ask for them, which is WeChat Pay's to say; here nothing is malformed.
    expect(stateCounts(ended)).toEqual({ SUCCEEDED: 1 });
  });

  it('imports a member once over all operations, and shows the openid again', async () => {
    const phone = newPhone();
    const first = await settledBulkOperation(app, (await begin([`${phone},${newCode()}`])).id);
    const recorded = (): number =>
      app.audit.filter(
        ({ kind, operation, fields }) =>
          kind === 'DECRYPTION' && operation === 'bulkResults' && fields[0] === 'results',
      ).length;
    const [before, records] = [importsSent(), recorded()];
    const second = await settledBulkOperation(app, (await begin([`${phone},${newCode()}`])).id);
    expect(stateCounts(second)).toEqual({ 'SKIPPED DONE_EARLIER': 1 });
    expect(importsSent()).toBe(before);
    const [one, other] = await Promise.all(
      [first, second].map(async ({ id }) => (await download(id, 'results')).text()),
    );
    const openid = /,(o[\w-]{27})\r\n$/.exec(one ?? '')?.[1];
    expect(openid).toBeDefined();
    expect(other).toContain(openid);
    expect(one).not.toContain(phone);
    expect(recorded() - records).toBe(2);
  });

  it('returns the rows that failed with their own columns, to mend and send again', async () => {
    const unbound = `138${String(Math.floor(Math.random() * 9_000) + 1_000)}0000`;
    const code = newCode();
    const ended = await settledBulkOperation(
      app,
      (await begin([`${newPhone()},${newCode()}`, `${unbound},${code}`])).id,
    );
    expect(stateCounts(ended)).toEqual({ SUCCEEDED: 1, 'FAILED PHONE_NOT_BOUND_TO_WECHAT': 1 });
    const failed = await (await download(ended.id, 'failedRows')).text();
    expect(failed).toMatch(/^手机号,会员卡号,/);
    expect(failed).toContain(unbound);
    expect(failed).toContain('PHONE_NOT_BOUND_TO_WECHAT');
    const again = await settledBulkOperation(
      app,
      (await change('Retry', ended.id, { states: ['FAILED'] })).id,
    );
    expect(stateCounts(again)).toEqual({ SUCCEEDED: 1, 'FAILED PHONE_NOT_BOUND_TO_WECHAT': 1 });
  });

  it.each(formats)('returns files in every format; rows to mend of %s in their own', async (format) => {
    const rows = [
      [newPhone(), newCode(), '金卡'],
      ['12', newCode(), '=1+1'],
    ];
    const header = ['手机号', '会员卡号', '等级'];
    const { body } = await uploadBulkFile(
      app,
      brandId,
      await bytesOf(writeTable(format, header, from(rows))),
    );
    const { id } = await createBulkOperation(app, {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: `test-${(keys += 1)}`,
    });
    await settledBulkOperation(app, id);
    const tableOf = async (file: string, more = '') =>
      readTable(new Uint8Array(await (await download(id, file, more)).arrayBuffer()));
    const mended = await tableOf('failedRows');
    expect(mended.format).toBe(format);
    expect(mended.columns.slice(0, 3)).toEqual(header);
    expect(cellsOf(mended).map((cells) => cells.slice(0, 5))).toEqual([
      [...(rows[1] ?? []), 'FAILED', 'PHONE_MALFORMED'],
    ]);
    const csv = cellsOf(await tableOf('results'));
    expect(csv).toHaveLength(2);
    const other = await tableOf('results', `&format=${format}`);
    expect([other.format, cellsOf(other)]).toEqual([format, csv]);
    const refused = await download(id, 'results', '&format=pdf');
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('format must be one of csv, jsonl, xlsx.'),
    ]);
  });

  it('pauses, goes on and is canceled at any moment', async () => {
    const { id } = await begin(
      Array.from({ length: 30 }, () => `${newPhone()},${newCode()}`),
      { maxPerSecond: 20 },
    );
    await until(async () => (await readBulkOperation(app, id)).done > 2);
    expect(await change('Pause', id)).toMatchObject({ status: 'PAUSED', pauseReason: 'REQUESTED' });
    await until(async () => (await readBulkOperation(app, id)).counts.every(({ state }) => state !== 'SENT'));
    const before = importsSent();
    expect((await readBulkOperation(app, id)).done).toBeLessThan(30);
    await change('Resume', id);
    await until(() => Promise.resolve(importsSent() > before));
    await change('Cancel', id);
    await until(async () => (await readBulkOperation(app, id)).counts.every(({ state }) => state !== 'SENT'));
    const ended = await readBulkOperation(app, id);
    expect(ended).toMatchObject({ status: 'CANCELED', done: 30 });
    expect(Object.keys(stateCounts(ended)).sort()).toEqual(['CANCELED', 'SUCCEEDED']);
    // What is canceled does not begin again.
    expect(await change('Resume', id)).toMatchObject({ status: 'CANCELED' });
  });

  it('stops itself when more than 20 % of its last rows fail', async () => {
    const before = importsSent();
    const lines = Array.from({ length: 90 }, (_, index) =>
      index % 2 === 0 ? `${newPhone()},${newCode()}` : `135${String(1_000 + index)}0000,${newCode()}`,
    );
    const { id } = await begin(lines);
    const paused = await settledBulkOperation(app, id);
    expect(paused).toMatchObject({ status: 'PAUSED', pauseReason: 'TOO_MANY_FAILURES' });
    expect(importsSent() - before).toBeLessThan(110);
    await change('Cancel', id);
  });

  it('lets the newest row of a card win', async () => {
    const { openid, userCardCode } = app.sandbox.example;
    const line = (level: string): string => `${openid},${userCardCode},${level}`;
    const ended = await settledBulkOperation(
      app,
      (
        await begin([line('一级'), line('二级'), line('三级')], {
          kind: 'UPDATE_USER_CARDS',
          header: 'openid,会员卡号,等级',
        })
      ).id,
    );
    expect(stateCounts(ended)).toEqual({ SUCCEEDED: 1, 'SUPERSEDED SUPERSEDED': 2 });
    const card = app.sandbox
      .state()
      .userCardsOf(brandId, openid)
      .find(({ user_card_code }) => user_card_code === userCardCode);
    expect(card?.level).toBe('三级');
  });

  it.each([{ kind: 'UPDATE_USER_CARDS' }, { kind: 'IMPORT_BY_OPENID', onExisting: 'UPDATE' }])(
    'gives way to a mutation that comes later: %j',
    async (order) => {
      const { openid, userCardCode } = app.sandbox.example;
      const { id } = await begin([`${openid},${userCardCode},夜间等级`], {
        ...order,
        header: 'openid,会员卡号,等级',
        notBefore: '2099-01-01T00:00:00+08:00',
      });
      await until(async () => (await readBulkOperation(app, id)).status === 'RUNNING');
      await app.ask(
        'mutation($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
        {
          input: { userCard: { key: { brandId, cardId, openid, userCardCode } }, level: '人工等级' },
        },
      );
      // A row that did not give way would be canceled.
      expect(stateCounts(await change('Cancel', id))).toEqual({ 'SUPERSEDED SUPERSEDED': 1 });
    },
  );

  describe('if the card of a member exists', () => {
    const level = '手机号,会员卡号,等级';
    const levelOf = (phone: string): unknown => app.sandbox.state().cardOfPhone(cardId, phone)?.level;
    const updates = (): number => app.arrived('UPDATE_USER_CARD');

    it('skips it, and changes nothing', async () => {
      const [phone, code] = await existing();
      const before = updates();
      const ended = await settledBulkOperation(
        app,
        (await begin([`${phone},${code},金卡`], { header: level })).id,
      );
      expect(Object.keys(stateCounts(ended))).toEqual([expect.stringMatching(/^SKIPPED /)]);
      expect([levelOf(phone), updates() - before]).toEqual(['银卡', 0]);
    });

    it('updates it if that is ordered, and imports the others', async () => {
      const [phone, code] = await existing();
      const [second, secondCode] = [newPhone(), newCode()];
      const before = updates();
      const order = { header: level, onExisting: 'UPDATE' };
      const first = await settledBulkOperation(
        app,
        (await begin([`${phone},${code},金卡`, `${second},${secondCode},银卡`], order)).id,
      );
      expect(stateCounts(first)).toEqual({ SUCCEEDED: 1, 'SUCCEEDED UPDATED': 1 });
      expect([levelOf(phone), levelOf(second), updates() - before]).toEqual(['金卡', '银卡', 1]);
      // What an earlier operation has imported is updated without a second import; of several rows, the newest wins.
      const imported = importsSent();
      const again = await settledBulkOperation(
        app,
        (
          await begin(
            [
              `${phone},${code},一级`,
              `${second},${secondCode},一级`,
              `${second},${secondCode},二级`,
              `${phone},${code},二级`,
            ],
            order,
          )
        ).id,
      );
      expect(stateCounts(again)).toEqual({ 'SUCCEEDED UPDATED': 2, 'SUPERSEDED SUPERSEDED': 2 });
      expect([levelOf(phone), levelOf(second), updates() - before]).toEqual(['二级', '二级', 3]);
      expect(importsSent()).toBe(imported);
      expect(await (await download(again.id, 'results')).text()).toMatch(/UPDATED,,o[\w-]{27}\r\n/);
    });

    it('updates by openid too, and says why it cannot', async () => {
      const { openid, userCardCode } = app.sandbox.example;
      const header = 'openid,会员卡号,等级';
      const byOpenid = async (line: string) => {
        const order = { kind: 'IMPORT_BY_OPENID', header, onExisting: 'UPDATE' };
        return stateCounts(await settledBulkOperation(app, (await begin([line], order)).id));
      };
      expect(await byOpenid(`${openid},${userCardCode},铂金`)).toEqual({ 'SUCCEEDED UPDATED': 1 });
      expect(await byOpenid(`${openid},${newCode()},铂金`)).toEqual({ 'FAILED NOT_FOUND': 1 });
      const [one, other, third] = [await existing(), await existing(), await existing()];
      const byPhone = await begin(
        [
          `${one[0]},${newCode()},金卡`,
          `${other[0]},${other[1]},${'长'.repeat(50)}`,
          `${third[0]},${third[1]},`,
        ],
        { header: level, onExisting: 'UPDATE' },
      );
      expect(stateCounts(await settledBulkOperation(app, byPhone.id))).toEqual({
        'FAILED OPENID_UNKNOWN': 1,
        'FAILED TOO_LONG': 1,
        'SKIPPED CARD_ALREADY_EXISTS': 1,
      });
      await expect(
        begin([`${openid},${userCardCode},铂金`], {
          kind: 'UPDATE_USER_CARDS',
          header,
          onExisting: 'UPDATE',
        }),
      ).rejects.toThrow(/onExisting/);
    });
  });

  describe('a comparison', () => {
    const header = 'openid,会员卡号,会员等级,有效天数,状态';
    const compare = async (lines: readonly string[], more: object = {}): Promise<BulkState> =>
      begin(lines, { kind: 'COMPARE', header, ...more });
    const reads = (): number => firstAttempts(app, 'GET_USER_CARD');

    it('finds what differs, and its file makes it equal', async () => {
      // The template of the example is permanent, and so are all of its cards.
      const term = app.sandbox
        .state()
        .templatesOf(brandId)
        .find(({ valid_date_information: { type } }) => type === 'FIX_TERM');
      const order = { cardTemplate: { key: { brandId, cardId: term?.card_id } } };
      const yesterday = new Date(Date.now() - 86_400_000).toISOString();
      const member = () => existing({ ...order, pickupTime: yesterday });
      const [higher, same, longer, ended] = [await member(), await member(), await member(), await member()];
      const lines = [
        `${higher[2]},${higher[1]},金卡,,有效`,
        `${same[2]},${same[1]},银卡,,`,
        `${longer[2]},${longer[1]},,400 天,正常`,
        `${ended[2]},${ended[1]},金卡,,作废`,
        `${ended[2]},${newCode()},金卡,,`,
      ];
      const before = [reads(), app.arrived('UPDATE_USER_CARD')];
      const first = await settledBulkOperation(app, (await compare(lines, order)).id);
      expect(stateCounts(first)).toEqual({
        'SUCCEEDED DIFFERS': 2,
        'SUCCEEDED EQUAL': 1,
        'SUCCEEDED STATE_DIFFERS': 1,
        'SUCCEEDED CARD_NOT_FOUND': 1,
      });
      expect([reads(), app.arrived('UPDATE_USER_CARD')]).toEqual([
        Number(before[0]) + lines.length,
        before[1],
      ]);
      expect(await (await download(first.id, 'results')).text()).toContain('Differs in: level.');
      const file = await (await download(first.id, 'differences')).text();
      expect(file).toContain(`${longer[2]},${longer[1]},,,,400,,EFFECTIVE,银卡,,,365,\r\n`);
      const { body } = await uploadBulkFile(app, brandId, file);
      expect(body.kinds).toMatchObject({ UPDATE_USER_CARDS: { missing: [], ambiguous: [] } });
      const update = await createBulkOperation(app, {
        kind: 'UPDATE_USER_CARDS',
        ...order,
        fileId: body.fileId,
        idempotencyKey: `test-${(keys += 1)}`,
      });
      expect(stateCounts(await settledBulkOperation(app, update.id))).toEqual({ SUCCEEDED: 2 });
      const second = await settledBulkOperation(app, (await compare(lines, order)).id);
      expect(stateCounts(second)).toEqual({
        'SUCCEEDED EQUAL': 3,
        'SUCCEEDED STATE_DIFFERS': 1,
        'SUCCEEDED CARD_NOT_FOUND': 1,
      });
    });

    it('is with WeChat Pay, not with the cache', async () => {
      const [phone, code, openid] = await existing();
      const line = `${openid},${code},银卡,,`;
      expect(stateCounts(await settledBulkOperation(app, (await compare([line])).id))).toEqual({
        'SUCCEEDED EQUAL': 1,
      });
      Object.assign(app.sandbox.state().cardOfPhone(cardId, phone) ?? {}, { level: '铜卡' });
      expect(stateCounts(await settledBulkOperation(app, (await compare([line])).id))).toEqual({
        'SUCCEEDED DIFFERS': 1,
      });
    });

    it('spends no more calls on a day than it may', async () => {
      const [, , openid] = await existing();
      const before = reads();
      const { id } = await compare(
        Array.from({ length: 5 }, () => `${openid},${newCode()},银卡,,`),
        { maxRowsPerDay: 3 },
      );
      await until(async () => (await readBulkOperation(app, id)).done === 3);
      // Also after it was given up and taken again.
      await change('Pause', id);
      await change('Resume', id);
      await until(async () => (await readBulkOperation(app, id)).status === 'RUNNING');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await readBulkOperation(app, id)).toMatchObject({ status: 'RUNNING', done: 3 });
      expect(reads() - before).toBe(3);
      await change('Cancel', id);
    });
  });

  it('pauses if the template does not exist, before any row is sent', async () => {
    const before = importsSent();
    const { id } = await begin([`${newPhone()},${newCode()}`], {
      cardTemplate: { key: { brandId, cardId: 'pbLatjvWOibDc5-none' } },
    });
    expect(await settledBulkOperation(app, id)).toMatchObject({
      status: 'PAUSED',
      pauseReason: 'TEMPLATE_NOT_USABLE',
    });
    expect(importsSent()).toBe(before);
    await change('Cancel', id);
  });

  it('returns the same operation for the same key, and takes a file more than once', async () => {
    const { body } = await uploadBulkFile(app, brandId, `手机号,会员卡号\n${newPhone()},${newCode()}\n`);
    const order = {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: 'the-same',
      dryRun: true,
    };
    const dry = await createBulkOperation(app, order);
    await settledBulkOperation(app, dry.id);
    expect((await createBulkOperation(app, order)).id).toBe(dry.id);
    const other = await uploadBulkFile(app, brandId, `手机号,会员卡号\n${newPhone()},${newCode()}\n`);
    for (const change of [{ fileId: other.body.fileId }, { dryRun: false }])
      await expect(createBulkOperation(app, { ...order, ...change })).rejects.toThrow(/idempotencyKey/);
    const real = await createBulkOperation(app, { ...order, dryRun: false, idempotencyKey: 'another' });
    expect(stateCounts(await settledBulkOperation(app, real.id))).toEqual({ SUCCEEDED: 1 });
  });

  it('says what is wrong with an order, all at once', async () => {
    const { body } = await uploadBulkFile(app, brandId, `电话,编号\n${newPhone()},${newCode()}\n`);
    const refused = createBulkOperation(app, {
      kind: 'IMPORT_BY_OPENID',
      cardTemplate: { key: { brandId, cardId } },
      fileId: body.fileId,
      idempotencyKey: 'has blanks',
      dailyWindow: '25:00-07:00',
      maxPerSecond: 0,
      columns: [{ column: 'LEVEL', header: 'none' }],
    });
    await expect(refused).rejects.toThrow(/idempotencyKey.*/);
    await refused.catch((error: unknown) => {
      for (const field of ['dailyWindow', 'maxPerSecond', 'header', 'openid'])
        expect(String(error)).toContain(field);
    });
  });
});

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
};
