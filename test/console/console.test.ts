import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { simulationOf } from '../../src/cli/simulation';
import type { Fault } from '../../src/sandbox/faults';
import { embeddedDirectory } from '../support/both-databases';
import { describeWithBrowser, launch } from '../support/browser';
import { callers } from '../support/callers';
import { bundleConsole, openConsole, views, type ConsolePage, type View } from '../support/console-page';
import { testApp, type TestApp } from '../support/test-app';

const slow = { timeout: 20_000 };
const [zh] = views as [View, View];

/** So that there is a finding. */
const endingTomorrow = <T extends { readonly publicKeys: readonly object[] }>(credential: T): T => ({
  ...credential,
  publicKeys: credential.publicKeys.map((key) => ({ ...key, notAfter: Date.now() + 86_400_000 })),
});

/** One server with the sandbox as the demo has it, one that asks for a credential, and one Chromium. */
describeWithBrowser('the console in a real browser', () => {
  const directory = embeddedDirectory();
  const known = callers({
    reader: ['brand:1004:read'],
    all: ['brand:*:write', 'brand:*:pii', 'admin'],
  });
  let bundle: Awaited<ReturnType<typeof bundleConsole>>;
  let browser: Browser;
  let demo: TestApp;
  let real: TestApp;
  let seen: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    bundle = await bundleConsole();
    const { assets } = bundle;
    demo = await testApp({
      change: (config) => ({
        ...config,
        server: { ...config.server, queryDeadlineMs: 3_000 },
        database: { directory },
        wechatPay: {
          ...config.wechatPay,
          brandCredentials: config.wechatPay.brandCredentials.map(endingTomorrow),
        },
        directory: { brandIds: ['1004'], retainDays: 365 },
      }),
      console: (sandbox) => ({ assets, simulation: simulationOf(sandbox, () => 'partner') }),
    });
    real = await testApp({
      upstream: demo.sandbox,
      change: (config) => ({ ...config, auth: known.settings }),
      console: () => ({ assets }),
    });
    // The demo's address is where the sandbox delivers.
    demo.sandbox.deliveries.deliverTo(demo.notifyUrl);
    browser = await launch();
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await real.close();
    await demo.close();
    bundle.remove();
    known.remove();
  });
  afterEach(async () => {
    demo.sandbox.faults.set([]);
    await page.context().close();
    expect(seen.complaints).toEqual([]);
    // WeChat Pay stores the pictures of cards.
    expect([...seen.elsewhere].filter((host) => !host.endsWith('.qpic.cn'))).toEqual([]);
  });

  const open = async (view: View, path = '', app = demo, token?: string): Promise<void> => {
    seen = await openConsole(browser, new URL(`/console${path}`, app.url).href, view, token);
    ({ page } = seen);
  };
  const tokenOf = (name: keyof typeof known.headers) =>
    known.headers[name].authorization.replace('Bearer ', '');
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const search = async (value: string, by: 'openid' | '会员码' | '手机号' = 'openid') => {
    if (by !== 'openid') await page.locator('.search').getByText(by, { exact: true }).click(slow);
    await page.locator('.search input[type="text"], .search input[type="tel"]').fill(value, slow);
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
    const say = (chinese: string, english: string) => (view.language === 'zh' ? chinese : english);

    it('shows a member’s card', async () => {
      await open(view);
      expect(await seen.look('members-start')).toEqual([]);
      await search(example);
      await page.locator('.card-code svg').waitFor(slow);
      await shown('130****0001');
      await shown(say('已生效', 'Valid'));
      await shown(say('暂无记录', 'No events'));
      expect(await seen.look('member')).toEqual([]);
      await button(say('作废会员卡', 'Invalidate card')).click(slow);
      expect(await seen.look('member-invalidate')).toEqual([]);
    }, 60_000);

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

    it('has a state for a part that failed', async () => {
      // A brand whose templates no other test has read.
      const brandId = view.language === 'zh' ? '1001622624' : '1002';
      await open(view);
      await page.evaluate(`sessionStorage.setItem('member-cards:brand', '${brandId}')`);
      await page.reload();
      demo.sandbox.faults.set([{ kind: 'systemError', interface: 'GET_CARD_TEMPLATE' }]);
      await search(`o${brandId}-member-00001`);
      await shown(say('部分内容加载失败', 'A part could not'));
      expect(await seen.look('state-partly-failed')).toEqual([]);
    }, 60_000);

    it('has a state for offline, and tries again when the connection is back', async () => {
      await open(view);
      await page.locator('.search').waitFor(slow);
      await page.context().setOffline(true);
      await search(example);
      await shown(say('无法连接服务器', 'cannot be reached'));
      expect(await seen.look('state-offline')).toEqual([]);
      await page.context().setOffline(false);
      await page.locator('.card-code svg').waitFor(slow);
    }, 60_000);

    it('shows events as they happen', async () => {
      await open(view, '#/events');
      await shown(say('实时接收中', 'Live'));
      await button(say('模拟用户开卡', 'A user opens a card')).click(slow);
      await page.locator('.event').waitFor(slow);
      expect(await seen.look('events')).toEqual([]);
    }, 60_000);

    it('shows the call budget', async () => {
      await open(view, '#/budget');
      await page.locator('.interfaces--tiles .interface').first().waitFor(slow);
      await shown(say('次调用', ' calls'));
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

  it('changes a level, with the server’s message at the field', async () => {
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

  it('confirms an opening that it saw, and finds no personal data in the address', async () => {
    await open(zh, '#/events');
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

  it('invalidates a card only after a part of its code was typed', async () => {
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
    expect(seen.complaints.splice(0)).toEqual([expect.stringContaining('budget-page')]);
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
