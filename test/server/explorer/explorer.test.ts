import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { exampleOperations } from '../../../src/cli/examples';
import { assemble } from '../../../src/server/explorer/assemble';
import { testApp, type TestApp } from '../../support/test-app';

const binary = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (binary === undefined)
  console.warn('SKIPPED: no chromium on this machine, the explorer page is not tried');

/** Without these Chromium calls home at every start. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

(binary === undefined ? describe.skip : describe)('the explorer in a real browser', () => {
  let directory: string;
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'explorer-'));
    assemble(directory);
    app = await testApp({
      explorer: (sandbox) => ({ assets: directory, examples: exampleOperations(sandbox.example) }),
    });
    browser = await chromium.launch({ executablePath: binary ?? '', args: quiet });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
    rmSync(directory, { recursive: true });
  });

  it('runs an example and shows the answer, with nothing from elsewhere and no complaint', async () => {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const elsewhere: string[] = [];
    const complaints: string[] = [];
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
    await page.getByRole('button', { name: /execute query/i }).click();
    await page.locator('.result-window', { hasText: '山岚咖啡' }).waitFor({ timeout: 10_000 });
    expect(await page.locator('.result-window').innerText()).toMatch(/phoneNumberMasked/);
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(
      expect.arrayContaining(['MemberCard', 'Brands', 'PromoteMember']),
    );
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  }, 30_000);
});
