import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Browser } from 'playwright-core';
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

    const visit = async (host: string, openid: string): Promise<string> => {
      const context = await browser.newContext();
      const origin = `http://${host}:${pages.port}`;
      await context.addCookies([{ name: 'openid', value: openid, url: origin }]);
      const page = await context.newPage();
      await page.goto(`${origin}/?server=${encodeURIComponent(new URL(app.url).origin)}`);
      await page.waitForSelector('body[data-done]');
      const text = await page.innerText('#cards');
      await context.close();
      return text;
    };

    it('shows each member their own card, from another origin', async () => {
      const texts = await Promise.all([firstExample, secondExample].map(({ openid }) => visit(shop, openid)));
      for (const [text, own, other] of [
        [texts[0], firstExample, secondExample],
        [texts[1], secondExample, firstExample],
      ] as const) {
        expect(text).toMatch(/^.+ · \d+ · .+ · 1\d{2}\*{4}\d{4}$/);
        expect(text).toContain(own.userCardCode);
        expect(text).not.toContain(other.userCardCode);
      }
    }, 60_000);

    it('shows nothing on an origin that is not configured', async () => {
      expect(await visit(evil, firstExample.openid)).toBe('TypeError');
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
