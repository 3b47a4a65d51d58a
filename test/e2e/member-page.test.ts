import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Browser, Page } from 'playwright-core';
import { firstExample, secondExample } from '../../src/sandbox/seed';
import { describeWithBrowser, launch } from '../support/browser';
import { memberBackend, type MemberBackend } from '../support/members';
import { wxRequest } from '../support/clients/wechat';
import { testApp, type TestApp } from '../support/test-app';

const shop = 'shop.example.com';
const evil = 'evil.example.com';
const html = readFileSync(join(__dirname, '..', 'fixtures', 'member-page.html'));

/** A brand's own web server: the page, and a login that knows the member by a session. */
const serveShop = async (tokens: MemberBackend) => {
  const server = createServer((request, response) => {
    request.resume();
    const [, openid] = /openid=([\w-]+)/.exec(request.headers.cookie ?? '') ?? [];
    if (request.method !== 'POST') response.setHeader('content-type', 'text/html').end(html);
    else
      void tokens.headersOf(openid).then(({ authorization }) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ token: authorization.replace('Bearer ', '') }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
};

describe('the page of a member', () => {
  let tokens: MemberBackend;
  let pages: Awaited<ReturnType<typeof serveShop>>;
  let app: TestApp;
  beforeAll(async () => {
    tokens = await memberBackend();
    pages = await serveShop(tokens);
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: tokens.settings,
        http: { ...config.http, corsOrigins: [`http://${shop}:${pages.port}`] },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    await pages.close();
    tokens.remove();
  });

  describeWithBrowser('in a real browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(shop, evil);
    }, 60_000);
    afterAll(() => browser.close());

    /** What the page shows after it has asked so many times. */
    const shown = async (page: Page, loads: number) => {
      await page.waitForSelector(`body[data-loads="${loads}"]`);
      const message = page.locator('#message');
      return {
        cards: await page.locator('#cards li').allInnerTexts(),
        message: await message.innerText(),
        codes: await message.getAttribute('data-codes'),
        again: await page.locator('#again').isVisible(),
      };
    };
    const open = async (host: string, openid: string): Promise<Page> => {
      const context = await browser.newContext();
      const origin = `http://${host}:${pages.port}`;
      await context.addCookies([{ name: 'openid', value: openid, url: origin }]);
      const page = await context.newPage();
      await page.goto(`${origin}/?server=${encodeURIComponent(new URL(app.url).origin)}`);
      return page;
    };
    const visit = async (host: string, openid: string) => {
      const page = await open(host, openid);
      const result = await shown(page, 1);
      await page.context().close();
      return result;
    };

    it('shows each member their own card, from another origin', async () => {
      const results = await Promise.all(
        [firstExample, secondExample].map(({ openid }) => visit(shop, openid)),
      );
      for (const [index, own] of [firstExample, secondExample].entries()) {
        expect(results[index]).toMatchObject({ message: '', again: false });
        expect(results[index]?.cards).toEqual([
          expect.stringMatching(new RegExp(`^.+ · ${own.userCardCode} · .+ · 1\\d{2}\\*{4}\\d{4}$`)),
        ]);
      }
    }, 60_000);

    it('shows nothing on an origin that is not configured', async () => {
      expect(await visit(evil, firstExample.openid)).toEqual({
        cards: [],
        message: '网络异常，请稍后重试。',
        codes: 'TypeError',
        again: true,
      });
    }, 60_000);

    it('says what a member can do about an error', async () => {
      // The backend's token has no openid.
      expect(await visit(shop, '')).toEqual({
        cards: [],
        message: '登录已失效，请重新登录。',
        codes: 'UNAUTHENTICATED',
        again: true,
      });
    }, 60_000);

    it('shows what arrived of a list that is partly answered, and the rest when it asks again', async () => {
      const openid = 'o1004-member-of-two';
      const staff = await tokens.headersOf(undefined, { scope: 'brand:1004:write', sub: 'till' });
      for (const [userCardCode, index] of [
        ['88001', 1],
        ['88002', 2],
      ] as const) {
        const cardTemplate = { key: { brandId: '1004', cardId: `p1004Seed-Template-${index}` } };
        const { data } = await app.ask(
          'mutation ($input: ImportUserCardByOpenidInput!) { importUserCardByOpenid(input: $input) { userErrors { code } } }',
          { input: { cardTemplate, openid, userCardCode, phoneNumber: '13800138000', level: '黄金会员' } },
          staff,
        );
        expect(data).toEqual({ importUserCardByOpenid: { userErrors: [] } });
      }
      const before = app.arrived('GET_CARD_TEMPLATE');
      app.sandbox.faults.set([
        {
          kind: 'refused',
          interface: 'GET_CARD_TEMPLATE',
          message: '商家未开通商家名片会员功能',
          times: 1,
        },
      ]);
      const page = await open(shop, openid);
      const partly = await shown(page, 1);
      await page.click('#again');
      const whole = await shown(page, 2);
      await page.context().close();
      app.sandbox.faults.set([]);

      expect(partly).toMatchObject({
        message: '部分信息暂时无法显示，请稍后重试。',
        codes: 'PRODUCT_NOT_OPENED',
        again: true,
      });
      const lines = ['88001', '88002'].map((code) => `· ${code} · 黄金会员 · 138****8000`);
      for (const [index, line] of lines.entries()) {
        expect(partly.cards[index]).toContain(line);
        expect(whole.cards[index]).toContain(line);
      }
      expect(partly.cards.filter((line) => line.startsWith('会员卡 ·'))).toHaveLength(1);
      expect(whole).toMatchObject({ message: '', again: false });
      expect(whole.cards.filter((line) => line.startsWith('会员卡 ·'))).toEqual([]);
      // Both templates at first, then only the one that was missing.
      expect(app.arrived('GET_CARD_TEMPLATE')).toBe(before + 3);
    }, 60_000);
  });

  it('of the README shows the card in a mini program', async () => {
    const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
    const block = [...readme.matchAll(/^ *```javascript\n(.*?)^ *```$/gms)]
      .map(([, text = '']) => text)
      .find((text) => text.includes('wx.login'));
    const cards = await new Promise<unknown>((resolve, reject) => {
      runInNewContext(block ?? 'show()', {
        server: new URL(app.url).origin,
        backend: `http://127.0.0.1:${pages.port}`,
        show: resolve,
        wx: {
          login: ({ success }: { readonly success: (answer: object) => void }) => {
            success({ code: 'a code of wx.login' });
          },
          request: ({ success, ...request }: WxRequestWithSuccess) => {
            // The shop of this test knows its member by a cookie; a real one asks code2Session.
            const header = { cookie: `openid=${firstExample.openid}`, ...request.header };
            wxRequest({ ...request, header }).then(success, reject);
          },
        },
      });
    });
    expect(cards).toMatchObject([
      { userCardCode: firstExample.userCardCode, cardTemplate: { cardTitle: expect.any(String) as string } },
    ]);
  });
});

type WxRequestWithSuccess = Parameters<typeof wxRequest>[0] & {
  readonly success: (answer: { readonly data: unknown }) => void;
};
