import { createSecretKey, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openAuditLog } from '../../src/audit/audit-log';
import { systemClock } from '../../src/shared/clock';
import { anIntent } from '../support/audit';
import { describeWithBrowser } from '../support/browser';
import { callers } from '../support/callers';
import { consoleBrowser, views, type ConsolePage, type View } from '../support/console-page';
import { testApp, type TestApp } from '../support/test-app';

const slow = { timeout: 20_000 };
const [zh] = views as [View, View];

/** More than one page reads, of long ago. No seal fits. */
const longFile = (): string => {
  const record = {
    ...{
      kind: 'MUTATION',
      at: '2020-01-01T00:00:00.000Z',
      caller: 'key:old',
      brandId: '1004',
      outcome: 'OK',
    },
    ...{
      operation: 'updateUserCard',
      targetHash: 'x'.repeat(400),
      targetKey: 'k',
      fields: [],
      requestIds: [],
    },
  };
  const line = JSON.stringify({ sequence: 1, ...record });
  return `${line}\n`.repeat(Math.ceil((20 * 1024 * 1024) / line.length));
};

/** A server with audit files, one with many and unreadable ones, and one without any. */
describeWithBrowser('the page of the audit log in a real browser', () => {
  const browser = consoleBrowser();
  const directory = mkdtempSync(join(tmpdir(), 'audit-'));
  const key = createSecretKey(randomBytes(32));
  const known = callers({
    crm: ['brand:1004:write', 'brand:1004:pii'],
    auditor: ['brand:*:read', 'admin'],
    reader: ['brand:1004:read'],
  });
  let app: TestApp;
  let long: TestApp;
  let without: TestApp;
  let seen: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    const [own, other] = [join(directory, 'own'), join(directory, 'long')].map((one) => ({
      directory: one,
      key,
    }));
    if (own === undefined || other === undefined) throw new Error('there are two directories');
    const killed = openAuditLog({ ...own, clock: systemClock, onError: () => undefined });
    killed.record(anIntent({ at: Date.now(), caller: 'key:till', operation: 'invalidateUserCard' }));
    const old = openAuditLog({ ...other, clock: systemClock, onError: () => undefined });
    old.close();
    writeFileSync(
      join(directory, 'long', '2020-01-01T00-00-00-000Z-00000000.jsonl'),
      `${longFile()}no record\n`,
    );
    const withAudit = async (audit: typeof own | undefined, upstream?: TestApp['sandbox']) =>
      testApp({
        ...(upstream && { upstream }),
        change: (config) => ({ ...config, auth: known.settings, ...(audit && { audit }) }),
        console: () => ({ assets: browser.assets() }),
      });
    app = await withAudit(own);
    long = await withAudit(other, app.sandbox);
    without = await withAudit(undefined, app.sandbox);
    const { cardId, openid, userCardCode } = app.sandbox.example;
    const userCard = { key: { brandId: '1004', cardId, openid, userCardCode } };
    for (const level of ['钻石会员', '超过十个字的等级名称太长了'])
      await app.ask(
        'mutation($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
        { input: { userCard, level } },
        known.headers.crm,
      );
    await app.ask(
      'query Service($by: UserCardRef!) { userCard(by: $by) { phoneNumber } }',
      { by: userCard },
      known.headers.crm,
    );
  }, 300_000);
  afterAll(async () => {
    for (const one of [without, long, app]) await one.close();
    known.remove();
    rmSync(directory, { recursive: true });
  });

  const open = async (view: View, path: string, on = app, caller: keyof typeof known.headers = 'auditor') => {
    const token = known.headers[caller].authorization.replace('Bearer ', '');
    seen = await browser.open(new URL(`/console${path}`, on.url), view, { token });
    ({ page } = seen);
    page.setDefaultTimeout(slow.timeout);
  };
  const entries = () => page.locator('.audit-entry');

  describe.each(views)('in $language at $width pixels', (view) => {
    const say = <T>(chinese: T, english: T): T => (view.language === 'zh' ? chinese : english);
    const shown = (text: string | RegExp) => page.getByText(text).first().waitFor();

    it('shows in six clicks that the records are as they were written', async () => {
      await open(view, '');
      await page.getByRole('link', { name: say('审计', 'Audit') }).click();
      await shown(say(/^已校验的 2 个文件均与写入时一致。$/, /^All verified files \(2\)/));
      await entries().nth(3).waitFor();
      expect(await entries().count()).toBe(4);
      await entries().filter({ hasText: 'invalidateUserCard' }).click();
      await shown(say('已记录意图，但没有结果', 'Its intent was recorded'));
      expect(await seen.clicks()).toBeLessThanOrEqual(6);
      expect(await seen.look('audit')).toEqual([]);
    }, 60_000);

    it('says that it is for administrators', async () => {
      await open(view, '#/audit', app, 'reader');
      await shown(say('查看审计记录需要 admin 权限', 'The audit log needs the scope admin'));
      expect(await seen.look('audit-forbidden')).toEqual([]);
    }, 60_000);

    it('says that there are no files', async () => {
      await open(view, '#/audit', without);
      await shown(say('未启用审计文件', 'No audit files are written'));
      expect(await seen.look('audit-not-configured')).toEqual([]);
    }, 60_000);

    it('says how far it has searched, and what it could not read or verify', async () => {
      await open(view, '#/audit', long);
      await shown(say('有 1 个文件未能校验', 'could not be verified: 1'));
      await page.getByLabel(say('操作者', 'Caller'), { exact: true }).fill('nobody');
      await page.keyboard.press('Enter');
      await shown(say(/之后没有符合条件的记录，可继续查找/, /Earlier records can be searched/));
      await shown(say(/有 1 行内容、0 个文件无法读取/, /cannot be read: 1; files: 0/));
      expect(await seen.look('audit-partly-read')).toEqual([]);
      await page.getByRole('button', { name: say('查找更早的记录', 'Search earlier records') }).click();
      await page.getByRole('heading', { name: say('没有符合条件的记录', 'No such actions') }).waitFor();
      expect(await seen.look('audit-nothing-found')).toEqual([]);
    }, 60_000);

    it('says which file was changed, and which records are not to be trusted', async () => {
      const files = readdirSync(join(directory, 'own')).map((name) => join(directory, 'own', name));
      const file = files.find((one) => readFileSync(one, 'utf8').includes('"Service"')) ?? '';
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace('"operation":"Service"', '"operation":"Another"'));
      await open(view, '#/audit');
      await shown(say(/从第 \d+ 行起与写入时不一致/, /is not as it was written from line \d+ on/));
      const untrusted = entries().filter({ hasText: say('不可信', 'Not to be trusted') });
      await untrusted.first().waitFor();
      expect(await untrusted.count()).toBe(1);
      expect(await seen.look('audit-broken')).toEqual([]);
      writeFileSync(file, text);
      await page.getByRole('button', { name: say('重新校验', 'Verify again') }).click();
      await shown(say('均与写入时一致', 'as they were written'));
    }, 60_000);
  });

  it('finds by caller, operation, kind, time and outcome', async () => {
    await open(zh, '#/audit');
    await entries().nth(3).waitFor();
    const search = async (count: number) => {
      await page.getByRole('button', { name: '查询' }).click();
      if (count > 0)
        await entries()
          .nth(count - 1)
          .waitFor();
      await entries().nth(count).waitFor({ state: 'detached' });
    };
    await page.getByLabel('操作者', { exact: true }).fill('CRM');
    await search(3);
    await page.getByLabel('操作', { exact: true }).fill('usercard');
    await search(2);
    await page.getByText('仅看未成功的操作').click();
    await search(1);
    await entries().click();
    await page.getByText('TOO_LONG').first().waitFor();
    await page.getByText('仅看未成功的操作').click();
    await page.getByLabel('操作', { exact: true }).fill('');
    await page.getByLabel('类型').selectOption('查看个人信息');
    await search(1);
    await page.getByText('phoneNumber').waitFor({ state: 'attached' });
    await page.getByLabel('类型').selectOption('全部类型');
    await page.getByLabel('结束时间（北京时间）').fill('2020-01-01T00:00');
    await search(0);
    await page.getByRole('heading', { name: '没有符合条件的记录' }).waitFor();
    await page.getByLabel('结束时间（北京时间）').fill('');
    await page.getByLabel('开始时间（北京时间）').fill('2020-01-01T00:00');
    await search(3);
    const address = page.url() + (await page.evaluate<string>('JSON.stringify({ ...localStorage })'));
    expect(address).not.toMatch(/CRM|2020/);
  }, 60_000);

  it('does not say that the files are as they were written if there are none', async () => {
    const [own, away] = [join(directory, 'own'), join(directory, 'away')];
    renameSync(own, away);
    mkdirSync(own);
    try {
      await open(zh, '#/audit');
      await page.getByText('审计目录中没有文件').waitFor();
      expect(await page.locator('.audit__verdict').innerText()).toBe('未知');
    } finally {
      rmSync(own, { recursive: true });
      renameSync(away, own);
    }
  }, 60_000);

  it('waits for the server while it is slow, and goes on when the connection is back', async () => {
    await open(zh, '');
    await page.locator('.search').waitFor();
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/graphql', async (route) => {
      await answered;
      await route.continue();
    });
    await page.getByRole('link', { name: '审计' }).click();
    await page.getByText('正在等待服务器应答').first().waitFor();
    await seen.goOffline();
    answer();
    await page.getByText('无法连接服务器').first().waitFor();
    await page.unroute('**/graphql');
    await page.context().setOffline(false);
    await entries().nth(3).waitFor();
  }, 60_000);
});
