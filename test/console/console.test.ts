import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { simulationOf } from '../../src/cli/simulation';
import type { Fault } from '../../src/sandbox/faults';
import { describeWithBrowser } from '../support/browser';
import { callers } from '../support/callers';
import { consoleBrowser, views, type ConsolePage, type View } from '../support/console-page';
import { testApp, type TestApp } from '../support/test-app';

const slow = { timeout: 20_000 };
const [zh] = views as [View, View];

/** So that there is a finding. */
const endingTomorrow = <T extends { readonly publicKeys: readonly object[] }>(credential: T): T => ({
  ...credential,
  publicKeys: credential.publicKeys.map((key) => ({ ...key, notAfter: Date.now() + 86_400_000 })),
});

/** A server with the sandbox as the demo has it, one that asks for a credential, and one with little call budget. */
describeWithBrowser('the console in a real browser', () => {
  const browser = consoleBrowser();
  const known = callers({
    reader: ['brand:1004:read'],
    all: ['brand:*:write', 'brand:*:pii', 'admin'],
  });
  let demo: TestApp;
  let real: TestApp;
  let scarce: TestApp;
  const waiting: Promise<unknown>[] = [];
  let seen: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    const assets = browser.assets();
    demo = await testApp({
      change: (config) => ({
        ...config,
        wechatPay: {
          ...config.wechatPay,
          brandCredentials: config.wechatPay.brandCredentials.map(endingTomorrow),
        },
      }),
      console: (sandbox) => ({ assets, simulation: simulationOf(sandbox, () => 'partner') }),
    });
    real = await testApp({
      upstream: demo.sandbox,
      change: (config) => ({ ...config, auth: known.settings }),
      console: () => ({ assets }),
    });
    scarce = await testApp({
      upstream: demo.sandbox,
      change: (config) => ({
        ...config,
        // Calls may wait for long, but not for the end of the test.
        server: { ...config.server, queryDeadlineMs: 300_000, drainMs: 0 },
        wechatPay: { ...config.wechatPay, limits: { LIST_USER_CARDS: { brand: 1, partner: 1 } } },
      }),
      console: () => ({ assets }),
    });
    // The demo's address is where the sandbox delivers.
    demo.sandbox.deliveries.deliverTo(demo.notifyUrl);
  }, 300_000);
  afterAll(async () => {
    await Promise.all([scarce.close(), Promise.allSettled(waiting)]);
    await real.close();
    await demo.close();
    known.remove();
  });
  afterEach(() => {
    demo.sandbox.faults.set([]);
  });

  const open = async (view: View, path = '', app = demo, token?: string): Promise<void> => {
    seen = await browser.open(new URL(`/console${path}`, app.url), view, { token });
    ({ page } = seen);
  };
  /** The server gives up after a second what it cannot have. */
  const impatient = () => page.setExtraHTTPHeaders({ prefer: 'wait=1' });
  const tokenOf = (name: keyof typeof known.headers) =>
    known.headers[name].authorization.replace('Bearer ', '');
  const cardsOf = (app: TestApp, openid: string) =>
    app.ask('query($openid: ID!) { brand(brandId: "1004") { userCards(openid: $openid) { totalCount } } }', {
      openid,
    });
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const search = async (openid: string) => {
    await page.locator('.search input[type="text"]').fill(openid, slow);
    await page.keyboard.press('Enter');
  };
  const memberOf = (index: number) => `o1004-member-${String(index).padStart(5, '0')}`;
  const example = 'obLatjnx9gnqzS4myYGmLZ7LgLBA';

  it('loads at most 400 kB at first, and nothing from elsewhere', async () => {
    const sizes: Promise<number>[] = [];
    await open(zh);
    await page.locator('.search').waitFor(slow);
    page.on('response', (response) => {
      sizes.push(response.body().then((body) => gzipSync(body).length));
    });
    await page.reload();
    await page.locator('.search').waitFor(slow);
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(4);
    expect(total).toBeLessThan(400_000);
  }, 60_000);

  describe.each(views)('in $language at $width pixels', (view) => {
    const shown = (text: string | RegExp) => page.getByText(text).first().waitFor(slow);
    const say = <T>(chinese: T, english: T): T => (view.language === 'zh' ? chinese : english);

    it.each<[string, string, RegExp, readonly Fault[], (index: number) => string]>([
      ['refused', '请求被拒绝', /was refused/, [], (index) => `invalid-${String(index)}`],
      [
        'unavailable',
        '服务暂时不可用',
        /Not available/,
        [{ kind: 'systemError', interface: 'LIST_USER_CARDS' }],
        memberOf,
      ],
      [
        'rate-limited',
        '请求过多',
        /Too many/,
        [{ kind: 'rateLimited', interface: 'LIST_USER_CARDS' }],
        memberOf,
      ],
      ['empty', '没有会员卡', /no card of this brand/, [], () => 'o-nobody'],
    ])(
      'has a state for %s',
      async (name, chinese, english, faults, openidOf) => {
        await open(view);
        await impatient();
        demo.sandbox.faults.set(faults);
        // Of no other test, so that it is not in the cache.
        await search(openidOf(view.language === 'zh' ? 20 + name.length : 40 + name.length));
        await shown(view.language === 'zh' ? new RegExp(chinese) : english);
        expect(await seen.look(`state-${name}`)).toEqual([]);
      },
      60_000,
    );

    it('has a state for a slow answer', async () => {
      await open(view);
      await page.locator('.search').waitFor(slow);
      let answer = (): void => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/graphql', async (route) => {
        await answered;
        await route.continue();
      });
      await search(memberOf(view.language === 'zh' ? 24 : 44));
      await shown(view.language === 'zh' ? /正在等待微信支付应答/ : /Waiting for WeChat Pay/);
      expect(await seen.look('state-slow')).toEqual([]);
      answer();
      await page.locator('.card-code svg').waitFor(slow);
    }, 60_000);

    it('says how long a call waits for its turn', async () => {
      await open(view, '', scarce);
      await page.locator('.search').waitFor(slow);
      // One call a second, and these come first.
      waiting.push(
        ...Array.from({ length: 60 }, (_, index) => cardsOf(scarce, `o-${view.language}-${String(index)}`)),
      );
      await search('o-nobody');
      await shown(view.language === 'zh' ? /^排队中，约 \d+ 秒$/ : /^Queued, about \d+ s$/);
      expect(await seen.look('state-queued')).toEqual([]);
    }, 60_000);

    it('has a state for offline, and tries again when the connection is back', async () => {
      await open(view);
      await page.locator('.search').waitFor(slow);
      await seen.goOffline();
      await search(example);
      await shown(say('无法连接服务器', 'cannot be reached'));
      expect(await seen.look('state-offline')).toEqual([]);
      await page.context().setOffline(false);
      await page.locator('.card-code svg').waitFor(slow);
    }, 60_000);

    it('shows an event as it happens in six clicks', async () => {
      await open(view);
      await page.getByRole('link', { name: say('实时事件', 'Live events') }).click(slow);
      await shown(say('实时接收中', 'Live'));
      await button(say('模拟用户开卡', 'A user opens a card')).click(slow);
      await page.locator('.event').waitFor(slow);
      expect(await seen.clicks()).toBeLessThanOrEqual(6);
      expect(await seen.look('events')).toEqual([]);
    }, 60_000);

    it('shows in six clicks who spends the call budget', async () => {
      await cardsOf(demo, demo.sandbox.example.openid);
      await open(view);
      await page.getByRole('link', { name: say('额度与健康', 'Budget and health') }).click(slow);
      await page.locator('.interfaces--tiles .interface').first().waitFor(slow);
      await page.locator('.interfaces .interface__name', { hasText: 'local' }).waitFor(slow);
      await shown(/100%/);
      await page.locator('label', { hasText: say('按品牌', 'By brand') }).click(slow);
      await page.locator('.interfaces .interface__name', { hasText: '山岚咖啡' }).first().waitFor(slow);
      expect(await seen.clicks()).toBeLessThanOrEqual(6);
      await shown(say('次调用', ' calls'));
      await page.getByLabel(say('接口范围', 'Interface'), { exact: true }).selectOption('CREATE_USER_FEED');
      await shown(say('该时段内没有调用', 'No calls in this period'));
      await page
        .getByRole('img', { name: say(/^排队的调用 \d/, /^calls waiting \d/) })
        .locator('canvas')
        .waitFor(slow);
      await shown(say('就绪', 'Ready'));
      await shown(say('证书或密钥将在 30 天内到期', 'ends within 30 days'));
      expect(await seen.look('budget')).toEqual([]);
    }, 60_000);

    it('asks for a credential', async () => {
      await open(view, '', real);
      await page.getByLabel(say('API 密钥', 'API key')).waitFor(slow);
      expect(await seen.look('sign-in')).toEqual([]);
    }, 60_000);
  });

  it('goes on without a gap after a pause, and filters', async () => {
    await open(zh, '#/events');
    await page.getByText('实时接收中').waitFor(slow);
    await button('模拟用户开卡').click();
    await page.locator('.event').waitFor(slow);
    await button('暂停').click();
    await page.getByText('已暂停').waitFor(slow);
    await button('模拟用户开卡').click();
    await page.getByText('用户已开卡').waitFor(slow);
    await button('模拟用户删卡').click();
    await page.getByText('用户已删卡').waitFor(slow);
    expect(await page.locator('.event').count()).toBe(1);
    await button('继续接收').click();
    await page.locator('.event').nth(2).waitFor(slow);
    await page.locator('.events__tools input').click();
    await page.locator('.t-select-option', { hasText: '用户删卡' }).click(slow);
    await button('显示已保存的事件').click();
    await page.locator('.event', { hasText: '用户删卡' }).first().waitFor(slow);
    expect(await page.locator('.event', { hasText: '用户开卡' }).count()).toBe(0);
  }, 60_000);

  it('keeps a credential in the tab only, refuses a wrong one, and forgets it', async () => {
    await open(zh, '', real);
    await page.getByLabel('API 密钥或访问令牌').fill('wrong', slow);
    await button('登录').click();
    await page.getByText('凭证无效或已过期').waitFor(slow);
    await page.getByLabel('API 密钥或访问令牌').fill(tokenOf('all'));
    await button('登录').click();
    await page.locator('.search').waitFor(slow);
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain(tokenOf('all'));
    expect(await page.evaluate('sessionStorage.getItem("member-cards:token")')).toBe(tokenOf('all'));
    await button('退出登录').click();
    await page.getByLabel('API 密钥或访问令牌').waitFor(slow);
    expect(await page.evaluate('sessionStorage.getItem("member-cards:token")')).toBeNull();
  }, 60_000);

  it('says what a credential does not permit', async () => {
    await open(zh, '', real, tokenOf('reader'));
    await search(memberOf(5));
    await page.getByText('当前凭证仅有读取权限').waitFor(slow);
    await page.getByText('需要 pii 权限').waitFor(slow);
    expect(await button('修改等级').isDisabled()).toBe(true);
    expect(await button('显示').isDisabled()).toBe(true);
    expect(await seen.look('member-read-only')).toEqual([]);
    await page.getByRole('link', { name: '额度与健康' }).click();
    await page.getByText('用量排行需要 admin 权限').waitFor(slow);
    await page.getByText('服务健康需要 admin 权限').waitFor(slow);
  }, 60_000);

  it('shows that a page cannot be loaded, in its place only', async () => {
    await open(zh);
    await page.route('**/budget-page-*.js', (route) => route.abort());
    await page.getByRole('link', { name: '额度与健康' }).click(slow);
    await page.getByText('此部分无法显示').waitFor(slow);
    expect(await seen.look('state-broken')).toEqual([]);
    expect(browser.takeComplaints()).toEqual([expect.stringContaining('budget-page')]);
    await page.getByRole('link', { name: '会员查询' }).click();
    await page.locator('.search').waitFor(slow);
  }, 60_000);

  it('changes language and theme, and remembers both', async () => {
    await open(zh);
    await button('English').click(slow);
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor(slow);
    await button('Dark mode').click();
    await page.reload();
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor(slow);
    expect(await page.locator('html').getAttribute('theme-mode')).toBe('dark');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  }, 60_000);
});
