import type { Page } from 'playwright-core';
import { simulationOf } from '../../src/cli/simulation';
import { embeddedDirectory } from '../support/both-databases';
import { describeWithBrowser } from '../support/browser';
import { consoleBrowser, views, type ConsolePage, type View } from '../support/console-page';
import { testApp, type TestApp } from '../support/test-app';

const slow = { timeout: 20_000 };
const [zh] = views as [View, View];

/** One server with the sandbox and the members' directory, as the demo has it. */
describeWithBrowser('the page of members in a real browser', () => {
  const directory = embeddedDirectory();
  const browser = consoleBrowser();
  let demo: TestApp;
  let seen: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    demo = await testApp({
      change: (config) => ({
        ...config,
        database: { directory },
        directory: { brandIds: ['1004'], retainDays: 365 },
      }),
      console: (sandbox) => ({
        assets: browser.assets(),
        simulation: simulationOf(sandbox, () => 'partner'),
      }),
    });
  }, 300_000);
  afterAll(() => demo.close());
  afterEach(() => {
    demo.sandbox.faults.set([]);
  });

  const open = async (view: View, path = '', brandId?: string): Promise<void> => {
    seen = await browser.open(new URL(`/console${path}`, demo.url), view, { brandId });
    ({ page } = seen);
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const search = async (value: string, by: 'openid' | '会员码' | '手机号' = 'openid') => {
    if (by !== 'openid') await page.locator('.search').getByText(by, { exact: true }).click(slow);
    await page.locator('.search input[type="text"], .search input[type="tel"]').fill(value, slow);
    await page.keyboard.press('Enter');
  };
  const memberOf = (index: number) => `o1004-member-${String(index).padStart(5, '0')}`;
  const example = 'obLatjnx9gnqzS4myYGmLZ7LgLBA';

  describe.each(views)('in $language at $width pixels', (view) => {
    const shown = (text: string | RegExp) => page.getByText(text).first().waitFor(slow);
    const say = (chinese: string, english: string) => (view.language === 'zh' ? chinese : english);

    it('shows a member’s card in six clicks', async () => {
      await open(view);
      expect(await seen.look('members-start')).toEqual([]);
      await search(example);
      await page.locator('.card-code svg').waitFor(slow);
      await shown('130****0001');
      await shown(say('已生效', 'Valid'));
      await shown(say('暂无记录', 'No events'));
      expect(await seen.clicks()).toBeLessThanOrEqual(6);
      expect(await seen.look('member')).toEqual([]);
      await button(say('作废会员卡', 'Invalidate card')).click(slow);
      expect(await seen.look('member-invalidate')).toEqual([]);
    }, 60_000);

    it('has a state for a part that failed', async () => {
      // A brand whose templates no other test has read.
      const brandId = view.language === 'zh' ? '1001622624' : '1002';
      await open(view, '', brandId);
      demo.sandbox.faults.set([{ kind: 'systemError', interface: 'GET_CARD_TEMPLATE' }]);
      await search(`o${brandId}-member-00001`);
      await shown(say('部分内容加载失败', 'A part could not'));
      expect(await seen.look('state-partly-failed')).toEqual([]);
    }, 60_000);
  });

  it('changes a level in six clicks, with the server’s message at the field', async () => {
    await open(zh);
    await search(memberOf(1));
    await button('修改等级').click(slow);
    await page.getByRole('textbox', { name: '等级' }).fill('超过十个字的等级名称太长了');
    await button('保存').click();
    await page.locator('.field__error', { hasText: '10' }).waitFor(slow);
    await page.getByRole('textbox', { name: '等级' }).fill('钻石会员');
    await button('保存').click();
    await page.getByText('等级已改为「钻石会员」').waitFor(slow);
    await page.locator('.card-face__level', { hasText: '钻石会员' }).waitFor(slow);
    expect(demo.sandbox.state().userCardsOf('1004', memberOf(1))[0]?.level).toBe('钻石会员');
    expect(await seen.clicks()).toBeLessThanOrEqual(6);
  }, 60_000);

  it('shows a phone number after saying that this is recorded, and hides it again', async () => {
    await open(zh);
    await search(memberOf(2));
    const before = demo.audit.length;
    await button('显示').click(slow);
    await page.getByText('审计日志').waitFor(slow);
    await page.locator('dialog').getByRole('button', { name: '显示' }).click();
    await page.locator('.phone', { hasText: /1\d{10}/ }).waitFor(slow);
    expect(
      demo.audit.slice(before).filter(({ operation }) => operation === 'ConsoleCardPhone'),
    ).toMatchObject([{ fields: ['phoneNumber'], outcome: 'OK' }]);
    await button('隐藏').click();
    await page.locator('.phone', { hasText: /\*{4}/ }).waitFor(slow);
  }, 60_000);

  it('confirms an opening that it saw in six clicks, and finds no personal data in the address', async () => {
    await open(zh);
    await page.getByRole('link', { name: '实时事件' }).click(slow);
    await page.getByText('实时接收中').waitFor(slow);
    await button('模拟用户开卡').click();
    await page.locator('.event').first().getByRole('button', { name: '查看会员' }).click(slow);
    await page.getByText('待确认').waitFor(slow);
    await button('确认开卡').click();
    await page.locator('dialog').getByRole('button', { name: '同意开卡' }).click();
    await page.getByText('开卡已处理').waitFor(slow);
    await page.getByText('已生效').waitFor(slow);
    await page.locator('.history__event', { hasText: '用户开卡' }).waitFor(slow);
    expect(await seen.clicks()).toBeLessThanOrEqual(6);
    expect(page.url()).toBe(new URL('/console#/members', demo.url).href);
  }, 60_000);

  it('invalidates a card in six clicks, only after a part of its code was typed', async () => {
    await open(zh);
    await search(memberOf(3));
    await button('作废会员卡').click(slow);
    const confirm = page.locator('dialog').getByRole('button', { name: '作废会员卡' });
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: '作废原因' }).fill('会员要求');
    const code = await page.locator('.member__code').innerText();
    await page.getByRole('textbox', { name: /后四位/ }).fill(code.slice(-4));
    await confirm.click();
    await page.getByText('会员卡已作废').waitFor(slow);
    await page.getByText('已失效').first().waitFor(slow);
    expect(await seen.clicks()).toBeLessThanOrEqual(6);
    expect(demo.sandbox.state().userCardsOf('1004', memberOf(3))[0]).toMatchObject({
      user_card_state: 'INVALID',
      invalid_reason: '会员要求',
    });
  }, 60_000);

  it('finds a card by its code or phone number if it has passed by, and says what the directory knows', async () => {
    await open(zh);
    await search('999999999', '会员码');
    await page.getByText('会员目录中没有这张会员卡').waitFor(slow);
    await page.getByText(/会员目录收录 \d+ 张会员卡/).waitFor(slow);
    expect(await seen.look('member-unknown')).toEqual([]);
    await page.locator('.search').getByText('openid', { exact: true }).click();
    await search(memberOf(4));
    const code = await page.locator('.member__code').innerText(slow);
    await search(code, '会员码');
    await page.locator('.member__code', { hasText: code }).waitFor(slow);
    await search('13000000000', '手机号');
    await page.getByText('会员目录中没有这张会员卡').waitFor(slow);
    expect(demo.audit.at(-1)).toMatchObject({ operation: 'ConsoleFindCard', kind: 'LOOKUP' });
  }, 60_000);
});
