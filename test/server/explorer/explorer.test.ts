import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { reviewedOperations } from '../../../src/cli/reviewed-operations';
import { assemble } from '../../../src/server/explorer/assemble';
import { describeWithBrowser, launch } from '../../support/browser';
import { callers } from '../../support/callers';
import { testApp, type TestApp } from '../../support/test-app';

const slow = { timeout: 20_000 };

describeWithBrowser('the explorer in a real browser', () => {
  const known = callers({ shop: ['brand:1004:read', 'schema:read'] });
  let directory: string;
  let browser: Browser;
  let app: TestApp;
  let page: Page;
  let elsewhere: string[];
  let complaints: string[];
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'explorer-'));
    assemble(directory);
    browser = await launch();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
    known.remove();
  });
  afterEach(async () => {
    await page.context().close();
    await app.close();
  });

  const open = async (): Promise<void> => {
    page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    elsewhere = [];
    complaints = [];
    const { origin } = new URL(app.url);
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
        elsewhere.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(app.url);
  };
  /** As the demo. */
  const openDemo = async (): Promise<void> => {
    app = await testApp({
      explorer: ({ example: { brandId, cardId }, users }) => ({
        assets: directory,
        operations: reviewedOperations(),
        openCard: () => ({ brandId, ...users.open({ brandId, cardId }) }),
      }),
    });
    await open();
  };
  /** As a server with a configuration, `auth` and `development: true`. */
  const openReal = async (): Promise<void> => {
    app = await testApp({
      change: (config) => ({ ...config, auth: known.settings }),
      explorer: () => ({ assets: directory, operations: reviewedOperations() }),
    });
    await open();
  };
  const execute = () => page.getByRole('button', { name: /execute query/i }).click(slow);
  const choose = (name: string) =>
    page.locator('#operations').getByRole('button', { name, exact: true }).click(slow);
  const shown = (text: string) => page.locator('.result-window', { hasText: text }).waitFor(slow);
  const token = () => known.headers.shop.authorization.replace('Bearer ', '');

  it('runs an operation and shows the response, without external resources or warnings', async () => {
    await openDemo();
    await execute();
    await shown('phoneNumberMasked');
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(
      expect.arrayContaining(['MemberCard', 'Brands', 'UserCardEvents']),
    );
    expect(await page.locator('#credential').isVisible()).toBe(false);
    expect([elsewhere, complaints]).toEqual([[], []]);
  }, 60_000);

  it('lists every reviewed operation by group, and runs a clicked one, also after a change', async () => {
    await openDemo();
    await choose('CardTemplate');
    const listed = await page.locator('#operations li').allInnerTexts();
    expect(listed.sort()).toEqual(
      reviewedOperations()
        .map(({ name }) => name)
        .sort(),
    );
    expect(await page.locator('#operations summary').allInnerTexts()).toEqual(
      expect.arrayContaining(['brands', 'card template', 'user card events']),
    );
    for (const times of [1, 2]) {
      await choose('CardTemplate');
      await execute();
      await shown('"cardTemplate"');
      expect([times, complaints]).toEqual([times, []]);
      // The next click replaces the edited text.
      await page.locator('.graphiql-query-editor .CodeMirror').click();
      await page.keyboard.type('# edited ');
    }
  }, 60_000);

  it('shows the events of a subscription while made-up users open cards', async () => {
    await openDemo();
    await choose('UserCardEvents');
    const following = page.waitForRequest(/\/graphql\/stream$/, slow);
    await execute();
    await following;
    await page.getByRole('button', { name: /Let a user open a card/ }).click();
    await page.locator('#status', { hasText: 'has opened a card of brand 1004' }).waitFor(slow);
    await shown('USER_CARD_CREATE');
    // Ends at once, though no event comes.
    await page.getByRole('button', { name: /stop query/i }).click(slow);
    await page.getByRole('button', { name: /execute query/i }).waitFor(slow);
    expect([elsewhere, complaints]).toEqual([[], []]);
  }, 60_000);

  it('asks for a credential if the server needs one, and keeps it in the tab only', async () => {
    await openReal();
    await page.locator('#status', { hasText: 'Enter a credential' }).waitFor(slow);
    expect(complaints).toEqual([]);
    expect(await page.locator('#open-card').isVisible()).toBe(false);
    await execute();
    await shown('UNAUTHENTICATED');
    complaints.length = 0;

    const introspection = page.waitForResponse(
      (response) => response.request().postData()?.includes('IntrospectionQuery') === true,
      slow,
    );
    await page.getByLabel(/API key or access token/).fill(token());
    await page.getByRole('button', { name: 'Use · 使用' }).click();
    expect((await introspection).status()).toBe(200);
    await choose('CardTemplate');
    await execute();
    await shown('"cardTemplate"');

    await choose('UserCardEvents');
    const following = page.waitForResponse(/\/graphql\/stream$/, slow);
    await execute();
    expect((await following).status()).toBe(200);
    app.sandbox.users.open({ brandId: '1004', cardId: app.sandbox.example.cardId });
    await shown('USER_CARD_CREATE');
    expect([elsewhere, complaints]).toEqual([[], []]);
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain(token());
    expect(await page.evaluate('sessionStorage.getItem("member-cards:token")')).toBe(token());
  }, 60_000);

  it('is not blank without operations', async () => {
    app = await testApp({ explorer: () => ({ assets: directory, operations: [] }) });
    await open();
    await page.getByRole('button', { name: /execute query/i }).waitFor(slow);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows why a subscription was refused', async () => {
    await openReal();
    await choose('UserCardEvents');
    await execute();
    await shown('UNAUTHENTICATED');
  }, 60_000);

  it('refuses to open a card for a page of another site', async () => {
    await openDemo();
    const url = new URL('/explorer/open-card', app.url);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
    expect((await fetch(url, { headers: { 'x-explorer': '1' } })).status).toBe(405);
    expect(app.notifications).toEqual([]);
  }, 60_000);
});
