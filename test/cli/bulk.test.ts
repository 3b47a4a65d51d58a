import { execFile } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openTable } from '../../src/bulk/files/open-table';
import { runBulkCommand } from '../../src/cli/bulk';
import { callers } from '../support/callers';
import { build } from '../support/server-process';
import { testApp, type TestApp } from '../support/test-app';

// A new embedded database costs seconds of processor time, which a busy machine may not have.
jest.setTimeout(300_000);

const sample = join(__dirname, '..', '..', 'examples', 'members.csv');

describe('npm run bulk', () => {
  const known = callers({
    crm: ['brand:1004:write', 'brand:1004:pii'],
    reader: ['brand:1004:read'],
    leaving: ['brand:1004:write'],
  });
  const directory = mkdtempSync(join(tmpdir(), 'bulk-cli-'));
  const tokenOf = (name: 'crm' | 'reader' | 'leaving'): string =>
    known.headers[name].authorization.slice('Bearer '.length);
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: known.settings,
        database: { directory: join(directory, 'data') },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = async (token: string | undefined, ...argv: readonly string[]) => {
    let printed = '';
    const code = await runBulkCommand([...argv, '--server', new URL(app.url).origin], {
      print: (text) => (printed += text),
      isTerminal: false,
      token,
    });
    return { code, printed };
  };
  const command = (): readonly string[] => {
    const { brandId, cardId } = app.sandbox.example;
    return ['import', sample, '--brand', brandId, '--card', cardId, '--watch'];
  };

  it('imports the sample file of the README, and the same command again imports nothing', async () => {
    const results = join(directory, 'results.csv');
    const failed = join(directory, 'failed.csv');
    const first = await run(tokenOf('crm'), ...command(), '--results', results, '--failed', failed);
    expect(first.printed).toContain('6 rows');
    expect(first.printed).toMatch(/COMPLETED\n(?:.*\n)*\s+3 {2}SUCCEEDED\n/);
    expect(first.printed).toMatch(/1 {2}FAILED {2}DIGITS_LOST/);
    expect(first.printed).toMatch(/1 {2}SKIPPED {2}DUPLICATE_ROW/);
    expect(first.printed).toMatch(/1 {2}FAILED {2}PHONE_NOT_BOUND_TO_WECHAT/);
    expect(first.code).toBe(2);
    expect(readFileSync(results, 'utf8').match(/,o[\w-]{27}\r\n/g)).toHaveLength(3);
    expect(readFileSync(failed, 'utf8')).toContain('13812340000');
    expect(statSync(failed).mode & 0o777).toBe(0o600);
    const calls = app.arrived('IMPORT_USER_CARD_BY_PHONE');
    const again = await run(tokenOf('crm'), ...command());
    expect(again.printed).toContain('COMPLETED');
    expect(app.arrived('IMPORT_USER_CARD_BY_PHONE')).toBe(calls);
  });

  it.each([
    ['who may not write', 'reader' as const, /brandId 不是您可操作的品牌/],
    ['without a token', undefined, /身份凭证/],
  ])('tells a caller %s what the server says', async (_, name, expected) => {
    await expect(run(name && tokenOf(name), ...command())).rejects.toThrow(expected);
  });

  it.each(['csv', 'xlsx'])('writes a template as %s, to be filled in', async (format) => {
    const file = join(directory, `template.${format}`);
    await run(tokenOf('reader'), 'template', 'import', file);
    // A table with nothing but its example.
    await expect(openTable(createReadStream(file))).rejects.toThrow('ROWS_MISSING');
    // What somebody has filled in is not replaced.
    await expect(run(tokenOf('reader'), 'template', 'import', file)).rejects.toThrow('EEXIST');
  });

  it('has templates for callers only, and names those that there are', async () => {
    const ask = (path: string, token?: string) =>
      fetch(new URL(`/bulk/templates/${path}`, app.url), {
        headers: { 'accept-language': 'zh', ...(token && { authorization: `Bearer ${token}` }) },
      });
    expect((await ask('IMPORT_BY_PHONE.csv')).status).toBe(401);
    const found = await ask('SYNC_USER_POINTS.csv', tokenOf('reader'));
    expect(found.headers.get('content-disposition')).toBe(
      'attachment; filename="sync-user-points-template.csv"',
    );
    expect(await found.text()).toMatch(/^\ufeff?openid\*,会员卡号\*,积分\*\r\n例：/);
    for (const path of ['NOTHING.csv', 'IMPORT_BY_PHONE.jsonl', 'IMPORT_BY_PHONE', 'toString.csv']) {
      const refused = await ask(path, tokenOf('reader'));
      expect([refused.status, await refused.text()]).toEqual([
        404,
        expect.stringContaining('可下载的模板为'),
      ]);
    }
  });

  it('watches to the end as a process of its own', async () => {
    await build();
    const { brandId, cardId } = app.sandbox.example;
    const file = join(directory, 'few.csv');
    writeFileSync(file, '手机号,会员卡号\n13412349001,PROCESS001\n');
    const command = [
      join(__dirname, '../../dist/cli/bulk.js'),
      'import',
      file,
      '--brand',
      brandId,
      '--card',
      cardId,
    ];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...command, '--watch', '--server', new URL(app.url).origin],
      { env: { MEMBER_CARD_TOKEN: tokenOf('crm') } },
    );
    expect(stdout).toMatch(/COMPLETED\n\s+1 {2}SUCCEEDED\n$/);
  });

  it('pauses when the key of its creator is revoked', async () => {
    const { brandId, cardId } = app.sandbox.example;
    const file = join(directory, 'many.csv');
    const lines = Array.from({ length: 40 }, (_, row) => `1341234${String(1_000 + row)},REVOKE${row}`);
    writeFileSync(file, `手机号,会员卡号\n${lines.join('\n')}\n`);
    await run(tokenOf('leaving'), 'import', file, '--brand', brandId, '--card', cardId, '--rate', '4');
    const arrived = app.arrived('IMPORT_USER_CARD_BY_PHONE');
    while (app.arrived('IMPORT_USER_CARD_BY_PHONE') < arrived + 2)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const keys = JSON.parse(readFileSync(known.file, 'utf8')) as {
      readonly keys: readonly { readonly caller: string }[];
    };
    writeFileSync(
      known.file,
      JSON.stringify({ ...keys, keys: keys.keys.filter(({ caller }) => caller !== 'leaving') }),
    );
    const paused = async (): Promise<boolean> =>
      (
        await app.ask<{
          readonly brand: {
            readonly bulkOperations: { readonly nodes: readonly { readonly pauseReason: string | null }[] };
          };
        }>(
          `{ brand(brandId: "${brandId}") { bulkOperations { nodes { pauseReason } } } }`,
          {},
          known.headers.crm,
        )
      ).data?.brand.bulkOperations.nodes.some(({ pauseReason }) => pauseReason === 'ACCESS_LOST') === true;
    while (!(await paused())) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(app.arrived('IMPORT_USER_CARD_BY_PHONE')).toBeLessThan(arrived + 40);
  });

  it('says what is wrong with a file, where it is wrong', async () => {
    const file = join(directory, 'old.xls');
    writeFileSync(file, Buffer.from('d0cf11e0a1b11ae1', 'hex'));
    const { brandId, cardId } = app.sandbox.example;
    await expect(run(tokenOf('crm'), 'import', file, '--brand', brandId, '--card', cardId)).rejects.toThrow(
      /另存为 \.xlsx/,
    );
  });
});
