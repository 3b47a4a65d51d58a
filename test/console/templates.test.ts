import { deflateSync, crc32 } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { Fault } from '../../src/sandbox/faults';
import { describeWithBrowser } from '../support/browser';
import { callers } from '../support/callers';
import { consoleBrowser, views, type ConsolePage, type View } from '../support/console-page';
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

describeWithBrowser('the page of card templates in a real browser', () => {
  const known = callers({
    all: ['brand:*:write', 'brand:*:pii'],
    reader: ['brand:*:read'],
  });
  const browser = consoleBrowser();
  let app: TestApp;
  let seen: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    app = await testApp({
      sandbox: { brands: 16, maxTemplatesPerType: 40 },
      change: (config) => ({ ...config, auth: known.settings }),
      console: () => ({ assets: browser.assets() }),
    });
  }, 300_000);
  afterAll(async () => {
    await app.close();
    known.remove();
  });
  afterEach(() => {
    app.sandbox.faults.set([]);
  });

  const open = async ({
    view = zh,
    caller = 'all',
    brandId = '1004',
    path = 'templates',
    waitSeconds,
  }: Partial<{
    view: View;
    caller: keyof typeof known.headers;
    brandId: string;
    path: string;
    /** How long the server may wait for WeChat Pay. Default: as configured. */
    waitSeconds: number;
  }> = {}): Promise<void> => {
    const token = known.headers[caller].authorization.replace('Bearer ', '');
    seen = await browser.open(new URL(`/console#/${path}`, app.url), view, { token, brandId, waitSeconds });
    ({ page } = seen);
    page.setDefaultTimeout(slow.timeout);
  };
  const sayIn =
    ({ language }: View) =>
    <T>(chinese: T, english: T): T =>
      language === 'zh' ? chinese : english;
  const button = (name: string | RegExp, exact = true) => page.getByRole('button', { name, exact });
  const choose = (file: { name: string; mimeType: string; buffer: Buffer }) =>
    page.locator('.drop input[type=file]').setInputFiles(file);

  describe.each(views)('in $language at $width pixels', (view) => {
    const say = sayIn(view);

    it('shows templates, and the card while somebody types', async () => {
      await open({ view });
      await page.locator('.template').nth(2).waitFor();
      expect(await seen.look('templates')).toEqual([]);
      await button(say('新建模板', 'New template')).click();
      await page.getByLabel(say('卡名称', 'Card name')).fill('超过十个字的卡名称太长');
      await page.locator('.card-face__title', { hasText: '超过十个字的卡名称太长' }).waitFor();
      await button(say('添加自定义问题', 'Add a question of your own')).click();
      await button(say('创建模板', 'Create')).click();
      await page.locator('.field__error', { hasText: '10' }).first().waitFor();
      // The first wrong field has the focus.
      expect(await page.evaluate('document.activeElement.value')).toBe('超过十个字的卡名称太长');
      expect(await seen.look('template-errors')).toEqual([]);
      await button(say('返回模板列表', 'All templates')).click();
      await page.locator('.template').first().click();
      await button(say('作废模板', 'Invalidate template')).click();
      expect(await seen.look('template-invalidate')).toEqual([]);
    }, 240_000);

    it.each<[string, number, string, string, Fault]>([
      ['unavailable', 6, '服务暂时不可用', 'Not available', { kind: 'systemError' }],
      ['rate-limited', 8, '请求过多', 'Too many', { kind: 'rateLimited' }],
    ])(
      'has a state for templates that are %s',
      async (name, index, chinese, english, fault) => {
        app.sandbox.faults.set([{ ...fault, interface: 'LIST_CARD_TEMPLATES' }]);
        // A brand of no other test, so that it is not in the cache. The server gives up after a second.
        await open({ view, brandId: String(20_000 + index + (view === zh ? 0 : 1)), waitSeconds: 1 });
        await page.getByText(say(chinese, english)).first().waitFor();
        expect(await seen.look(`templates-${name}`)).toEqual([]);
      },
      120_000,
    );

    it('has a state for a slow list of templates', async () => {
      await open({ view, path: 'budget' });
      await page.locator('.interface').first().waitFor();
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

    it('says what a credential may not do', async () => {
      await open({ view, caller: 'reader' });
      await page.locator('.template').first().click();
      await page.getByText(say('只能查看模板', 'you can only look')).waitFor();
      expect(await page.getByLabel(say('卡名称', 'Card name')).isDisabled()).toBe(true);
      expect(await seen.look('template-read-only')).toEqual([]);
    }, 120_000);
  });

  it('creates a template in six clicks', async () => {
    await open({ path: '' });
    await page.getByRole('link', { name: '卡模板' }).click();
    await page.locator('.template').first().waitFor();
    await button('新建模板').click();
    await page.getByLabel('卡名称').fill('新春会员卡');
    await page.keyboard.press('Tab');
    await page.keyboard.type('全场 9 折');
    await page.getByLabel('会员初始等级').fill('银卡');
    await choose({ name: 'card.png', mimeType: 'image/png', buffer: png(716, 320) });
    await page.locator('.card-face__picture').waitFor();
    await button('创建模板').click();
    await page.getByText('模板已创建').waitFor();
    await page.locator('.template', { hasText: '新春会员卡' }).waitFor();
    // And one for the choice of a file.
    expect((await seen.clicks()) + 1).toBeLessThanOrEqual(6);
  }, 120_000);

  it('sends only what was changed of a template', async () => {
    await open();
    await page.locator('.template').first().click();
    const save = button('保存修改');
    await save.waitFor();
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel('会员权益').fill('生日双倍积分');
    const sent = page.waitForRequest((request) =>
      (request.postData() ?? '').includes('ConsoleUpdateTemplate'),
    );
    await save.click();
    const { variables } = JSON.parse((await sent).postData() ?? '{}') as {
      variables: { input: Readonly<Record<string, unknown>> };
    };
    expect(Object.keys(variables.input).sort()).toEqual(['benefits', 'cardTemplate']);
    await page.locator('.template', { hasText: '生日双倍积分' }).waitFor();
  }, 120_000);

  it('invalidates a template only after its name was typed', async () => {
    await open({ brandId: '1002' });
    await page.locator('.template').first().click();
    await button('作废模板').click();
    const dialog = page.locator('dialog');
    const confirm = dialog.getByRole('button', { name: '作废模板' });
    expect(await confirm.isDisabled()).toBe(true);
    const [, title = ''] = /「(.+)」/.exec(await dialog.innerText()) ?? [];
    await dialog.locator('input').fill(title);
    await confirm.click();
    await page.getByText('模板已作废').waitFor();
    await page.getByText('失效', { exact: true }).waitFor();
  }, 120_000);

  it('shows why a picture is refused, and says when it will be cropped', async () => {
    await open();
    await page.locator('.template').first().waitFor();
    await button('新建模板').click();
    await choose({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
    await page.locator('.t-alert--error').waitFor();
    await choose({ name: 'b.png', mimeType: 'image/png', buffer: Buffer.alloc(1_200_000) });
    await page.getByText('图片为 1.1 MB').waitFor();
    await choose({ name: 'c.png', mimeType: 'image/png', buffer: png(300, 300) });
    await page.getByText('图片为 300 × 300 像素').waitFor();
  }, 120_000);

  it('lists any number of templates, and goes on where the connection was lost', async () => {
    const [brandId, state] = ['20011', app.sandbox.state()];
    const [one] = state.templatesOf(brandId);
    if (one === undefined) throw new Error('the sandbox has no such brand');
    for (let index = 0; index < 42; index += 1)
      state.putTemplate({ ...one, card_id: `${one.card_id.slice(0, -2)}${String(index + 10)}` });
    await open({ brandId });
    await page.locator('.template').first().waitFor();
    await seen.goOffline();
    await button('加载更多').click();
    await page.getByText('无法连接服务器').waitFor();
    await page.context().setOffline(false);
    await button('加载更多').click();
    await page.locator('.template').nth(20).waitFor();
    await button('加载更多').click();
    await page.locator('.template').nth(40).waitFor();
  }, 120_000);
});
