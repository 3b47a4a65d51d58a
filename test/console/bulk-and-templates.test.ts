import { deflateSync, crc32 } from 'node:zlib';
import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Fault } from '../../src/sandbox/faults';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { createBulkOperation, settledBulkOperation, uploadBulkFile } from '../support/bulk-client';
import { embeddedDirectory } from '../support/both-databases';
import { describeWithBrowser, launch } from '../support/browser';
import { callers } from '../support/callers';
import { bundleConsole, openConsole, views, type ConsolePage, type View } from '../support/console-page';
import { testApp, type TestApp } from '../support/test-app';

const slow = { timeout: 60_000 };
const [zh] = views as [View, View];

/** A picture in one colour, of any size. */
const png = (width: number, height: number): Buffer => {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const rows = Buffer.alloc(height * (1 + 3 * width), 90);
  for (let row = 0; row < height; row += 1) rows[row * (1 + 3 * width)] = 0;
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

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

/** One server over the sandbox, and one Chromium, for both pages. */
describeWithBrowser('bulk operations and card templates in a real browser', () => {
  const directory = embeddedDirectory();
  const known = callers({
    all: ['brand:*:write', 'brand:*:pii'],
    writer: ['brand:*:write'],
    reader: ['brand:*:read'],
  });
  let browser: Browser;
  let app: TestApp;
  let seen: ConsolePage;
  let page: Page;
  let clicks = 0;

  let bundle: Awaited<ReturnType<typeof bundleConsole>>;
  beforeAll(async () => {
    bundle = await bundleConsole();
    const { assets } = bundle;
    const fast = { brand: 1_000, partner: 1_000 };
    app = await testApp({
      sandbox: { brands: 16, maxTemplatesPerType: 20 },
      change: (config) => ({
        ...config,
        auth: known.settings,
        server: { ...config.server, queryDeadlineMs: 3_000 },
        database: { directory },
        wechatPay: {
          ...config.wechatPay,
          limits: Object.fromEntries(interfaceNames.map((one) => [one, fast])),
        },
      }),
      console: () => ({ assets }),
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
    browser = await launch();
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
    bundle.remove();
    known.remove();
  });
  afterEach(async () => {
    app.sandbox.faults.set([]);
    await page.context().close();
    expect(seen.complaints).toEqual([]);
    // WeChat Pay stores the pictures of cards.
    expect([...seen.elsewhere].filter((host) => !host.endsWith('.qpic.cn'))).toEqual([]);
  });

  const open = async (
    path: 'bulk' | 'templates',
    {
      view = zh,
      caller = 'all',
      brand = '1004',
    }: Partial<{ view: View; caller: keyof typeof known.headers; brand: string }> = {},
  ): Promise<void> => {
    const token = known.headers[caller].authorization.replace('Bearer ', '');
    const address = new URL(`/console#/${path}`, app.url).href;
    seen = await openConsole(browser, address, view, token, brand);
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
      await open('bulk', { view, brand: view === zh ? '20003' : '20004' });
      await page.getByText(say('还没有批量任务', 'No bulk operations yet')).waitFor();
      expect(await seen.look('bulk-empty')).toEqual([]);
    }, 120_000);

    it('takes a file from its columns to its results', async () => {
      await open('bulk', { view });
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

    it('shows templates, and the card while somebody types', async () => {
      await open('templates', { view });
      await page.locator('.template').nth(2).waitFor();
      expect(await seen.look('templates')).toEqual([]);
      await click(button(say('新建模板', 'New template')));
      await page.getByLabel(say('卡名称', 'Card name')).fill('超过十个字的卡名称太长');
      await page.locator('.card-face__title', { hasText: '超过十个字的卡名称太长' }).waitFor();
      await click(button(say('添加自定义问题', 'Add a question of your own')));
      await click(button(say('创建模板', 'Create')));
      await page.locator('.field__error', { hasText: '10' }).first().waitFor();
      // The first wrong field has the focus.
      expect(await page.evaluate('document.activeElement.value')).toBe('超过十个字的卡名称太长');
      expect(await seen.look('template-errors')).toEqual([]);
      await click(button(say('返回模板列表', 'All templates')));
      await click(page.locator('.template').first());
      await click(button(say('作废模板', 'Invalidate template')));
      expect(await seen.look('template-invalidate')).toEqual([]);
    }, 240_000);

    it.each<[string, number, string, string, Fault]>([
      ['unavailable', 6, '服务暂时不可用', 'Not available', { kind: 'systemError' }],
      ['rate-limited', 8, '请求过多', 'Too many', { kind: 'rateLimited' }],
    ])(
      'has a state for templates that are %s',
      async (name, index, chinese, english, fault) => {
        app.sandbox.faults.set([{ ...fault, interface: 'LIST_CARD_TEMPLATES' }]);
        // A brand of no other test, so that it is not in the cache.
        await open('templates', { view, brand: String(20_000 + index + (view === zh ? 0 : 1)) });
        await page.getByText(say(chinese, english)).first().waitFor();
        expect(await seen.look(`templates-${name}`)).toEqual([]);
      },
      120_000,
    );

    it('has a state for a slow list of templates', async () => {
      await open('bulk', { view });
      await page.locator('.operation').first().waitFor();
      let answer = (): void => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/graphql', async (route) => {
        await answered;
        await route.continue();
      });
      await page.getByRole('link', { name: say('卡模板', 'Templates') }).click();
      await page.getByText(say('正在等待微信支付应答', 'Waiting for WeChat Pay')).first().waitFor();
      expect(await seen.look('templates-slow')).toEqual([]);
      answer();
      await page.locator('.template').first().waitFor();
    }, 120_000);

    it('has a state for offline, and goes on when the connection is back', async () => {
      await open('bulk', { view });
      await page.locator('.operation').first().waitFor();
      await page.context().setOffline(true);
      await click(page.locator('.operation').first());
      await page.getByText(say('无法连接服务器', 'cannot be reached')).waitFor();
      expect(await seen.look('bulk-offline')).toEqual([]);
      await page.context().setOffline(false);
      await page.locator('.progress').waitFor();
    }, 120_000);

    it('says what a credential may not do', async () => {
      await open('bulk', { view, caller: 'reader' });
      await page.getByText(say('只能查看任务', 'you can only look')).waitFor();
      expect(await button(say('新建任务', 'New operation')).isDisabled()).toBe(true);
      await click(page.locator('.operation').first());
      await page
        .getByText(say('需要该品牌的 write 与 pii 权限', 'need the permissions write and pii'))
        .waitFor();
      expect(await seen.look('bulk-read-only')).toEqual([]);
      await page.getByRole('link', { name: say('卡模板', 'Templates') }).click();
      await page.locator('.template').first().click();
      await page.getByText(say('只能查看模板', 'you can only look')).waitFor();
      expect(await page.getByLabel(say('卡名称', 'Card name')).isDisabled()).toBe(true);
      expect(await seen.look('template-read-only')).toEqual([]);
    }, 120_000);
  });

  it('imports 300 rows with 40 bad ones in six clicks, and the mended rows in six more', async () => {
    await open('bulk');
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

  it('creates a template in six clicks', async () => {
    await open('templates');
    await page.locator('.template').first().waitFor();
    await click(button('新建模板'));
    await page.getByLabel('卡名称').fill('新春会员卡');
    await page.keyboard.press('Tab');
    await page.keyboard.type('全场 9 折');
    await page.getByLabel('会员初始等级').fill('银卡');
    await choose({ name: 'card.png', mimeType: 'image/png', buffer: png(716, 320) });
    await page.locator('.card-face__picture').waitFor();
    await click(button('创建模板'));
    await page.getByText('模板已创建').waitFor();
    await page.locator('.template', { hasText: '新春会员卡' }).waitFor();
    expect(clicks).toBeLessThanOrEqual(6);
  }, 120_000);

  it('sends only what was changed of a template', async () => {
    await open('templates');
    await click(page.locator('.template').first());
    const save = button('保存修改');
    await save.waitFor();
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel('会员权益').fill('生日双倍积分');
    const sent = page.waitForRequest((request) =>
      (request.postData() ?? '').includes('ConsoleUpdateTemplate'),
    );
    await click(save);
    const { variables } = JSON.parse((await sent).postData() ?? '{}') as {
      variables: { input: Readonly<Record<string, unknown>> };
    };
    expect(Object.keys(variables.input).sort()).toEqual(['benefits', 'cardTemplate']);
    await page.locator('.template', { hasText: '生日双倍积分' }).waitFor();
  }, 120_000);

  it('invalidates a template only after its name was typed', async () => {
    await open('templates', { brand: '1002' });
    await click(page.locator('.template').first());
    await click(button('作废模板'));
    const dialog = page.locator('dialog');
    const confirm = dialog.getByRole('button', { name: '作废模板' });
    expect(await confirm.isDisabled()).toBe(true);
    const [, title = ''] = /「(.+)」/.exec(await dialog.innerText()) ?? [];
    await dialog.locator('input').fill(title);
    await click(confirm);
    await page.getByText('模板已作废').waitFor();
    await page.getByText('失效', { exact: true }).waitFor();
  }, 120_000);

  it('shows why a picture is refused, and says when it will be cropped', async () => {
    await open('templates');
    await page.locator('.template').first().waitFor();
    await click(button('新建模板'));
    await choose({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
    await page.locator('.t-alert--error').waitFor();
    await choose({ name: 'b.png', mimeType: 'image/png', buffer: Buffer.alloc(1_200_000) });
    await page.getByText('图片为 1.1 MB').waitFor();
    await choose({ name: 'c.png', mimeType: 'image/png', buffer: png(300, 300) });
    await page.getByText('图片为 300 × 300 像素').waitFor();
  }, 120_000);

  it('pauses, resumes and cancels', async () => {
    await open('bulk');
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
    await open('bulk');
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
    await open('bulk');
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
    await open('bulk');
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
    await open('bulk', { caller: 'writer' });
    await click(page.locator('.operation').first());
    await page.getByText('需要该品牌的 write 与 pii 权限').waitFor();
    expect(await button('下载全部结果').isDisabled()).toBe(true);
  }, 120_000);
});
