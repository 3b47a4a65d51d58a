import { createSecretKey, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { callers } from '../../../support/callers';
import { testApp, type TestApp } from '../../../support/test-app';

const directory = mkdtempSync(join(tmpdir(), 'audit-'));
const known = callers({ shop: ['brand:1004:write', 'brand:1004:pii'], admin: ['admin'] });
let app: TestApp;
let without: TestApp;
beforeAll(async () => {
  const key = createSecretKey(randomBytes(32));
  app = await testApp({
    change: (config) => ({ ...config, auth: known.settings, audit: { directory, key } }),
  });
  without = await testApp({
    upstream: app.sandbox,
    change: (config) => ({ ...config, auth: known.settings }),
  });
});
afterAll(async () => {
  await without.close();
  await app.close();
  known.remove();
  rmSync(directory, { recursive: true });
});

interface Entries {
  readonly auditEntries: {
    readonly nodes: readonly Readonly<Record<string, unknown>>[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const entries = (args = '', headers: Readonly<Record<string, string>> = known.headers.admin) =>
  app.ask<Entries>(
    `{ auditEntries${args} { nodes { recordId fileName sequence kind caller brandId operation fields outcomeState outcome requestIds targetHash } pageInfo { hasNextPage endCursor } unreadableLines unreadableFiles searchedBackTo } }`,
    {},
    headers,
  );
const verification = (args = '') =>
  app.ask<{ readonly auditVerification: Readonly<Record<string, unknown>> }>(
    `{ auditVerification${args} { state fileCount files { fileName state goodRecords wrongLine } pageInfo { hasNextPage endCursor } } }`,
    {},
    known.headers.admin,
  );
const file = () => join(directory, readdirSync(directory)[0] ?? '');

const setLevel = (level: string) => {
  const { cardId, openid, userCardCode } = app.sandbox.example;
  return app.ask(
    'mutation Promote($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
    { input: { userCard: { key: { brandId: '1004', cardId, openid, userCardCode } }, level } },
    known.headers.shop,
  );
};
const lookUp = () =>
  app.ask(
    'query Phone($brandId: ID!, $openid: ID!) { brand(brandId: $brandId) { userCards(openid: $openid) { nodes { phoneNumber } } } }',
    { brandId: '1004', openid: app.sandbox.example.openid },
    known.headers.shop,
  );

beforeAll(async () => {
  await setLevel('钻石会员');
  await setLevel('超过十个字的等级名称太长了');
  await lookUp();
});

describe('auditEntries', () => {
  it('lists what callers did, the newest first, without what they wrote or saw', async () => {
    const { data, errors, text } = await entries();
    expect(errors).toEqual([]);
    expect(data?.auditEntries.nodes).toMatchObject([
      { kind: 'DECRYPTION', operation: 'Phone', caller: 'key:shop', fields: ['phoneNumber'], outcome: 'OK' },
      { kind: 'WRITE', operation: 'updateUserCard', outcomeState: 'RECORDED', outcome: 'TOO_LONG' },
      {
        kind: 'WRITE',
        operation: 'updateUserCard',
        brandId: '1004',
        outcome: 'OK',
        requestIds: [expect.any(String)],
      },
    ]);
    expect(data?.auditEntries).toMatchObject({
      unreadableLines: 0,
      unreadableFiles: 0,
      searchedBackTo: null,
    });
    expect(text).not.toContain('钻石会员');
    expect(text).not.toContain(app.sandbox.example.openid);
  });

  it.each([
    ['(filter: { caller: "SHOP", operation: "usercard" })', 2],
    ['(filter: { kind: DECRYPTION })', 1],
    ['(filter: { onlyProblems: true })', 1],
    ['(filter: { brandId: "1004" })', 3],
    ['(filter: { brandId: "1002" })', 0],
    ['(filter: { caller: "nobody" })', 0],
    ['(filter: { to: "2020-01-01T00:00:00Z" })', 0],
    ['(filter: { from: "2020-01-01T00:00:00+08:00" })', 3],
  ])('finds with %s', async (args, count) => {
    expect((await entries(args)).data?.auditEntries.nodes).toHaveLength(count);
  });

  it('goes on behind a page', async () => {
    const seen: unknown[] = [];
    let after = '';
    for (;;) {
      const { data } = await entries(`(first: 1${after})`);
      seen.push(...(data?.auditEntries.nodes ?? []));
      const { hasNextPage, endCursor } = data?.auditEntries.pageInfo ?? {};
      if (hasNextPage !== true) break;
      after = `, after: "${endCursor ?? ''}"`;
    }
    expect(seen).toEqual((await entries()).data?.auditEntries.nodes);
  });

  it.each([
    ['(first: 0)', 'first must be from 1 to 100.'],
    ['(after: "x")', 'after must be a cursor of this connection.'],
    ['(filter: { from: "yesterday" })', 'filter.from must be a date-time with an offset'],
    ['(filter: { to: "2026-01-01T00:00:00" })', 'filter.to must be a date-time with an offset'],
  ])('refuses %s', async (args, message) => {
    const { errors } = await entries(args);
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('is for administrators, and needs audit files', async () => {
    expect((await entries('', known.headers.shop)).errors[0]?.extensions.code).toBe('FORBIDDEN');
    const { errors } = await without.ask(
      '{ auditEntries { nodes { recordId } } }',
      {},
      { ...known.headers.admin, 'accept-language': 'zh' },
    );
    expect([errors[0]?.extensions.code, errors[0]?.message]).toEqual([
      'MISCONFIGURED',
      '没有审计文件：未配置 audit 时，审计记录仅写入服务器日志。',
    ]);
  });
});

describe('auditVerification', () => {
  it('says whether the files are as they were written, and where they are not', async () => {
    const good = (await verification()).data?.auditVerification;
    expect(good).toMatchObject({
      state: 'INTACT',
      fileCount: 1,
      files: [{ state: 'OPEN', wrongLine: null }],
    });
    const text = readFileSync(file(), 'utf8');
    writeFileSync(file(), text.replace('"operation":"Phone"', '"operation":"Other"'));
    const broken = (await verification()).data?.auditVerification;
    expect(broken).toMatchObject({ state: 'BROKEN', files: [{ state: 'TAMPERED' }] });
    const [line] = text.split('\n').flatMap((one, index) => (one.includes('"Phone"') ? [index + 1] : []));
    expect(broken).toMatchObject({ files: [{ wrongLine: line, goodRecords: (line ?? 0) - 1 }] });
    writeFileSync(file(), text);
  });

  it('does not call intact what it cannot verify, and goes through the files', async () => {
    const other = join(directory, '2020-01-01T00-00-00-000Z-00000000.jsonl');
    appendFileSync(other, '{}\n');
    const first = (await verification('(first: 1)')).data?.auditVerification;
    expect(first).toMatchObject({ state: 'INTACT', fileCount: 2, pageInfo: { hasNextPage: true } });
    const { endCursor } = first?.pageInfo as { readonly endCursor: string };
    const second = (await verification(`(first: 1, after: "${endCursor}")`)).data?.auditVerification;
    expect(second).toMatchObject({
      state: 'UNKNOWN',
      files: [{ state: 'UNKNOWN_KEY', goodRecords: 0 }],
      pageInfo: { hasNextPage: false },
    });
    const none = (await verification(`(after: "${basename(other)}")`)).data?.auditVerification;
    expect(none).toMatchObject({ state: 'UNKNOWN', files: [] });
    expect((await verification('(after: "../x")')).errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    rmSync(other);
  });
});
