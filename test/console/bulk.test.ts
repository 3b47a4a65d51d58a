import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { createBulkOperation, settledBulkOperation, uploadBulkFile } from '../support/bulk-client';
import { embeddedDirectory } from '../support/both-databases';
import { describeWithBrowser } from '../support/browser';
import { callers } from '../support/callers';
import { consoleBrowser, views, type ConsolePage, type View } from '../support/console-page';
import { testApp, type TestApp } from '../support/test-app';

const slow = { timeout: 60_000 };
const [zh] = views as [View, View];

let phones = 0;
/** A file to import: `bad` of its rows have no phone number. */
const membersFile = (count: number, bad: number) => {
  const lines = Array.from({ length: count }, (_, index) => {
    phones += 1;
    const phone = index < bad ? '未提供' : `135${String(30_000_000 + phones)}`;
    return `${phone},CN${String(phones).padStart(8, '0')},金卡`;
  });
  return csv(`手机号,会员卡号,等级\n${lines.join('\n')}\n`);
};
const csv = (text: string) => ({ name: '会员.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

describeWithBrowser('the page of bulk operations in a real browser', () => {
  const directory = embeddedDirectory();
  const known = callers({
    all: ['brand:*:write', 'brand:*:pii'],
    writer: ['brand:*:write'],
    reader: ['brand:*:read'],
  });
  const browser = consoleBrowser();
  let app: TestApp;
  let seen: ConsolePage;
  let page: Page;
  let clicks = 0;

  beforeAll(async () => {
    const fast = { brand: 1_000, partner: 1_000 };
    app = await testApp({
      sandbox: { brands: 16 },
      change: (config) => ({
        ...config,
        auth: known.settings,
        database: { directory },
        directory: { brandIds: ['1004'], retainDays: 365 },
        wechatPay: {
          ...config.wechatPay,
          limits: Object.fromEntries(interfaceNames.map((one) => [one, fast])),
        },
      }),
      console: () => ({ assets: browser.assets() }),
    });
    await fetch(`${app.sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((one) => [one, 1_000])) }),
    });
    const as = known.headers.all;
    const { body } = await uploadBulkFile(app, '1004', membersFile(4, 1).buffer, as);
    const staff = {
      ask: <T>(query: string, variables?: Readonly<Record<string, unknown>>) =>
        app.ask<T>(query, variables, as),
    };
    const { id } = await createBulkOperation(staff, {
      kind: 'IMPORT_BY_PHONE',
      cardTemplate: { key: { brandId: '1004', cardId: app.sandbox.example.cardId } },
      fileId: body.fileId,
      idempotencyKey: 'first',
    });
    await settledBulkOperation(staff, id);
  }, 300_000);
  afterAll(async () => {
    await app.close();
    known.remove();
  });
  const open = async ({
    view = zh,
    caller = 'all',
    brandId = '1004',
    path = 'bulk',
  }: Partial<{
    view: View;
    caller: keyof typeof known.headers;
    brandId: string;
    path: string;
  }> = {}): Promise<void> => {
    const token = known.headers[caller].authorization.replace('Bearer ', '');
    seen = await browser.open(new URL(`/console#/${path}`, app.url), view, { token, brandId });
    ({ page } = seen);
    page.setDefaultTimeout(slow.timeout);
    clicks = 0;
  };
  const sayIn =
    ({ language }: View) =>
    <T>(chinese: T, english: T): T =>
      language === 'zh' ? chinese : english;
  const button = (name: string | RegExp, exact = true) => page.getByRole('button', { name, exact });
  const click = async (locator: Locator) => {
    clicks += 1;
    await locator.click();
  };
  /** A file is chosen with one click on its place. */
  const choose = async (file: { name: string; mimeType: string; buffer: Buffer }) => {
    clicks += 1;
    await page.locator('.drop input[type=file]').setInputFiles(file);
  };
  const chooseTemplate = async (name: string) => {
    clicks += 1;
    await page.getByLabel(name).selectOption({ index: 1 });
  };
  const saved = async (locator: Locator): Promise<string> => {
    const file = page.waitForEvent('download');
    await click(locator);
    return readFileSync(await (await file).path(), 'utf8');
  };
  const tally = (state: string) => page.locator(`.tally--${state} dd`).first().innerText();
  const importsSent = () => app.arrived('IMPORT_USER_CARD_BY_PHONE');

  describe.each(views)('in $language at $width pixels', (view) => {
    const say = sayIn(view);

    it('shows that there are no operations yet', async () => {
      await open({ view, brandId: view === zh ? '20003' : '20004' });
      await page.getByText(say('还没有批量任务', 'No bulk operations yet')).waitFor();
      expect(await seen.look('bulk-empty')).toEqual([]);
    }, 120_000);

    it('takes a file from its columns to its results', async () => {
      await open({ view });
      await click(button(say('新建任务', 'New operation')));
      await page.getByLabel(say('会员卡模板', 'Card template')).waitFor();
      expect(await seen.look('bulk-new')).toEqual([]);
      await choose(membersFile(12, 3));
      await chooseTemplate(say('会员卡模板', 'Card template'));
      await page.getByText(say('前 12 行（已脱敏）', 'The first 12 rows, masked')).waitFor();
      await page
        .getByText(/135\*{4}\d{4}/)
        .first()
        .waitFor();
      expect(await seen.look('bulk-columns')).toEqual([]);
      await click(button(say('校验', 'Check')));
      await page
        .getByText(say('3 行有误，其余 9 行符合规则', '3 rows have errors, 9 meet the rules'))
        .waitFor();
      await page.locator('.table__state').nth(2).waitFor();
      expect(await page.locator('.table__state').count()).toBe(3);
      expect(await seen.look('bulk-checked')).toEqual([]);
      // What was checked is not what would be sent then.
      await page.getByLabel(say('每秒最多行数', 'Rows per second, at most')).fill('50');
      await page.locator('.check-result').waitFor({ state: 'detached' });
      await click(button(say('开始，共 12 行', 'Start with 12 rows')));
      await page.getByText(say('已完成', 'Completed'), { exact: true }).waitFor();
      await page.locator('.table__state').first().waitFor();
      expect(await seen.look('bulk-done')).toEqual([]);
      await click(button(say('返回任务列表', 'All operations')));
      await page.locator('.operation').nth(1).waitFor();
      expect(await seen.look('bulk-list')).toEqual([]);
    }, 240_000);

    it('has a state for offline, and goes on when the connection is back', async () => {
      await open({ view });
      await page.locator('.operation').first().waitFor();
      await seen.goOffline();
      await click(page.locator('.operation').first());
      await page.getByText(say('无法连接服务器', 'cannot be reached')).waitFor();
      expect(await seen.look('bulk-offline')).toEqual([]);
      await page.context().setOffline(false);
      await page.locator('.progress').waitFor();
    }, 120_000);

    it('says what a credential may not do', async () => {
      await open({ view, caller: 'reader' });
      await page.getByText(say('只能查看任务', 'you can only look')).waitFor();
      expect(await button(say('新建任务', 'New operation')).isDisabled()).toBe(true);
      await click(page.locator('.operation').first());
      await page
        .getByText(say('需要该品牌的 write 与 pii 权限', 'need the permissions write and pii'))
        .waitFor();
      expect(await seen.look('bulk-read-only')).toEqual([]);
    }, 120_000);
  });

  it('imports 300 rows with 40 bad ones in six clicks, and the mended rows in six more', async () => {
    await open({ path: '' });
    await click(page.getByRole('link', { name: '批量任务' }));
    const before = importsSent();
    await click(button('新建任务'));
    const file = membersFile(300, 40);
    await choose(file);
    await chooseTemplate('会员卡模板');
    await click(button('校验'));
    await page.getByText('40 行有误，其余 260 行符合规则').waitFor();
    expect(importsSent()).toBe(before);
    await click(button('开始，共 300 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    expect([await tally('SUCCEEDED'), await tally('FAILED')]).toEqual(['260', '40']);
    expect(importsSent() - before).toBe(260);
    expect(clicks).toBeLessThanOrEqual(6);

    clicks = 0;
    const failed = await saved(button('下载失败明细'));
    expect(failed.match(/未提供/g)).toHaveLength(40);
    await click(button('上传修改后的文件'));
    let mended = 0;
    await choose(csv(failed.replaceAll('未提供', () => `134${String(40_000_000 + (mended += 1))}`)));
    await click(button('开始，共 40 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    expect(await tally('SUCCEEDED')).toBe('40');
    expect(importsSent() - before).toBe(300);
    expect(clicks).toBeLessThanOrEqual(6);
    const kept = await page.evaluate<string>(
      'location.href + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })',
    );
    expect(kept).not.toMatch(/13[45]\d{8}|会员\.csv/);
  }, 400_000);

  it('compares with WeChat Pay, and downloads the differences as a file that updates', async () => {
    const cards = Array.from(
      { length: 20 },
      (_, index) => `o1004-member-${String(index + 1).padStart(5, '0')}`,
    )
      .flatMap((openid) => app.sandbox.state().userCardsOf('1004', openid))
      .filter(({ user_card_state, level }) => user_card_state === 'EFFECTIVE' && level !== undefined);
    const [same] = cards;
    const other = cards.find((card) => card !== same && card.card_id === same?.card_id);
    if (same === undefined || other === undefined) throw new Error('the sandbox has no such members');
    const chooseItsTemplate = async () => {
      clicks += 1;
      await page.getByLabel('会员卡模板').selectOption(same.card_id);
    };
    await open();
    await click(button('新建任务'));
    await page.getByLabel('任务类型').selectOption('COMPARE');
    const rows = [
      [same.openid, same.user_card_code, same.level],
      [other.openid, other.user_card_code, '黑金卡'],
    ];
    await choose(csv(`openid,会员卡号,等级\n${rows.map((row) => row.join(',')).join('\n')}\n`));
    await chooseItsTemplate();
    const sent = app.arrived('UPDATE_USER_CARD');
    await click(button('开始，共 2 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    await page.getByText('DIFFERS').first().waitFor();
    await page.getByText('EQUAL').first().waitFor();
    expect(await seen.look('bulk-compared')).toEqual([]);
    const differences = await saved(button('下载差异明细'));
    expect(differences).toContain(other.openid);
    expect(differences).not.toContain(same.openid);
    expect(app.arrived('UPDATE_USER_CARD')).toBe(sent);
    await click(button('返回任务列表'));
    await click(button('新建任务'));
    await page.getByLabel('任务类型').selectOption('UPDATE_USER_CARDS');
    await choose(csv(differences));
    await chooseItsTemplate();
    await click(button('开始，共 1 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    expect(await tally('SUCCEEDED')).toBe('1');
    expect(app.sandbox.state().userCardsOf('1004', other.openid)[0]?.level).toBe('黑金卡');
  }, 240_000);

  it('enters members in the directory, where they are found by their phone number', async () => {
    const [card] = app.sandbox.state().userCardsOf('1004', 'o1004-member-00003');
    const code = card?.user_card_code ?? '';
    await open();
    await click(button('新建任务'));
    await page.getByLabel('任务类型').selectOption('RECORD_MEMBERS');
    await choose(csv(`会员卡号,openid,手机号\n${code},o1004-member-00003,13600007777\n`));
    await chooseTemplate('会员卡模板');
    await click(button('开始，共 1 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    expect(await tally('SUCCEEDED')).toBe('1');
    await page.getByRole('link', { name: '会员查询' }).click();
    await page.locator('.search').getByText('手机号', { exact: true }).click();
    await page.locator('.search input[type="tel"]').fill('13600007777');
    await page.keyboard.press('Enter');
    await page.locator('.member__code', { hasText: code }).waitFor();
  }, 240_000);

  it('reads a file without a column that was recognised, if the reader says so', async () => {
    await open();
    await click(button('新建任务'));
    await choose(csv('手机号,会员卡号,等级\n13500001234,NOLEVEL1,稀有卡\n'));
    await chooseTemplate('会员卡模板');
    await page.getByLabel('等级：文件中的列').selectOption('');
    await click(button('开始，共 1 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    expect(await tally('SUCCEEDED')).toBe('1');
    const cards = app.sandbox.state().userCardsOfCode('1004', 'NOLEVEL1');
    expect(cards.map(({ level }) => level === '稀有卡')).toEqual([false]);
  }, 120_000);

  it('lists rows as far as somebody reads on', async () => {
    await open();
    await click(button('新建任务'));
    await choose(membersFile(130, 130));
    await chooseTemplate('会员卡模板');
    await click(button('校验'));
    await page.getByText('130 行有误，其余 0 行符合规则').waitFor();
    await page.locator('.table__state').first().waitFor();
    for (let shown = 20; shown < 130; shown += 20) {
      expect(await page.locator('.table__state').count()).toBe(shown);
      await button('加载更多').click();
      await page.locator('.table__state').nth(shown).waitFor();
    }
    expect(await page.locator('.table__state').count()).toBe(130);
    expect(await button('加载更多').count()).toBe(0);
  }, 120_000);

  it('pauses, resumes and cancels', async () => {
    await open();
    await click(button('新建任务'));
    await choose(membersFile(200, 0));
    await chooseTemplate('会员卡模板');
    await page.getByLabel('每秒最多行数').fill('1');
    const stream = page.waitForRequest('**/graphql/stream');
    await click(button('开始，共 200 行'));
    await stream;
    await page.getByText('每秒最多 1 行').waitFor();
    await click(button('暂停'));
    await page.getByText('由用户暂停。').waitFor();
    expect(await seen.look('bulk-paused')).toEqual([]);
    await click(button('继续'));
    await page.getByText('执行中', { exact: true }).waitFor();
    await click(button('取消任务'));
    await click(page.locator('dialog').getByRole('button', { name: '取消任务', exact: true }));
    await page.getByText('已取消', { exact: true }).waitFor();
    await page.locator('.tally--CANCELED').waitFor();
  }, 120_000);

  it('shows what the server refuses at its field, and a file that it cannot read', async () => {
    await open();
    await click(button('新建任务'));
    await choose({
      name: 'a.xlsx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('PK\u0003\u0004no'),
    });
    await page.locator('.t-alert--error').waitFor();
    expect(await seen.look('bulk-file-refused')).toEqual([]);
    await choose(csv('姓名,备注\n王小明,老会员\n'));
    await chooseTemplate('会员卡模板');
    await page.getByText('请指明以下内容所在的列：手机号、会员卡号').waitFor();
    expect(await button('开始，共 1 行').isDisabled()).toBe(true);
    await page.getByLabel('手机号：文件中的列').selectOption('备注');
    await page.getByLabel('会员卡号：文件中的列').selectOption('备注');
    await page.getByLabel('每日时段起').fill('08:00');
    await page.getByLabel('每秒最多行数').fill('1000');
    await click(button('校验'));
    await page.locator('.field__error', { hasText: 'dailyWindow' }).waitFor();
    await page.locator('.field__error', { hasText: 'maxPerSecond' }).waitFor();
  }, 120_000);

  it('downloads the empty table, and updates cards that exist', async () => {
    await open();
    await click(button('新建任务'));
    expect(await saved(button('下载 CSV'))).toContain('手机号*,会员卡号*');
    const file = membersFile(2, 0);
    await choose(file);
    await chooseTemplate('会员卡模板');
    await click(button('开始，共 2 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    await click(button('返回任务列表'));
    await click(button('新建任务'));
    await choose(csv(file.buffer.toString().replaceAll('金卡', '铂金卡')));
    await chooseTemplate('会员卡模板');
    await page.getByLabel('会员卡已存在时').selectOption('UPDATE');
    await click(button('开始，共 2 行'));
    await page.getByText('已有会员卡的将更新').waitFor();
    await page.getByText('已完成', { exact: true }).waitFor();
    await page.getByText('UPDATED').first().waitFor();
    expect(await tally('SUCCEEDED')).toBe('2');
  }, 240_000);

  it('does not start a file twice if the answer was lost', async () => {
    await open();
    await click(button('新建任务'));
    await choose(membersFile(3, 0));
    await chooseTemplate('会员卡模板');
    const before = importsSent();
    await page.route(
      '**/graphql',
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await click(button('开始，共 3 行'));
    await page.getByText('无法连接服务器').waitFor();
    await click(button('开始，共 3 行'));
    await page.getByText('已完成', { exact: true }).waitFor();
    expect(await tally('SUCCEEDED')).toBe('3');
    expect(importsSent() - before).toBe(3);
  }, 120_000);

  it('lets nobody without pii download results', async () => {
    await open({ caller: 'writer' });
    await click(page.locator('.operation').first());
    await page.getByText('需要该品牌的 write 与 pii 权限').waitFor();
    expect(await button('下载全部结果').isDisabled()).toBe(true);
  }, 120_000);
});
