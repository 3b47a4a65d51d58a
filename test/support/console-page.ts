import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';

const bundler = join(__dirname, '..', '..', 'deploy', 'bundle-console.mjs');

/** The console's files, bundled from its sources for the tests of one file. Remove the directory afterwards. */
export const bundleConsole = async (): Promise<{ readonly assets: string; readonly remove: () => void }> => {
  const assets = mkdtempSync(join(tmpdir(), 'console-'));
  await promisify(execFile)(process.execPath, [bundler, assets]);
  return {
    assets,
    remove() {
      rmSync(assets, { recursive: true });
    },
  };
};

/** What was seen, for people to look at; not committed. */
const screenshots = join(__dirname, '..', 'console', 'screenshots');

export interface View {
  readonly language: 'zh' | 'en';
  readonly width: number;
  readonly theme: 'light' | 'dark';
}

/** Every state is seen in both. */
export const views: readonly View[] = [
  { language: 'zh', width: 1280, theme: 'light' },
  { language: 'en', width: 390, theme: 'dark' },
];

export interface ConsolePage {
  readonly page: Page;
  /** Hosts that were asked, except the server's own. */
  readonly elsewhere: ReadonlySet<string>;
  /** Errors of scripts, and what the policy refused. */
  readonly complaints: string[];
  /** Clicks so far, those by a key included. */
  clicks(): Promise<number>;
  /** Takes a picture, and returns what is wrong with it: serious findings of axe, and content wider than the page. */
  look(name: string): Promise<readonly string[]>;
}

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Runs only while the page shows the state that is looked at. */
const findings = `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(
  ({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html, any }) => html.slice(0, 160) + ' ' + (any[0]?.message ?? '')).join(' | ')),
)`;

/** Opens the console in a window of its own. `token` and `brandId`: as a reader has entered and chosen them. */
export const openConsole = async (
  browser: Browser,
  address: string,
  { language, width, theme }: View,
  token?: string,
  brandId?: string,
): Promise<ConsolePage> => {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 860 },
    locale: language === 'zh' ? 'zh-CN' : 'en-US',
    colorScheme: theme,
    // Nothing moves while it is looked at.
    reducedMotion: 'reduce',
  });
  if (token !== undefined)
    await context.addInitScript(`sessionStorage.setItem('member-cards:token', ${JSON.stringify(token)})`);
  await context.addInitScript(
    'window.clicks = 0; addEventListener("click", () => { window.clicks += 1; }, true)',
  );
  if (brandId !== undefined)
    await context.addInitScript(`sessionStorage.setItem('member-cards:brand', ${JSON.stringify(brandId)})`);
  const page = await context.newPage();
  const complaints: string[] = [];
  const elsewhere = new Set<string>();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Refused and failed requests are what some tests are about.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(address).origin) elsewhere.add(host);
  });
  await page.goto(address);
  return {
    page,
    elsewhere,
    complaints,
    clicks: () => page.evaluate<number>('window.clicks'),
    async look(name) {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.${language}.${String(width)}.png`) });
      const isWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe);
      return [...(await page.evaluate<string[]>(findings)), ...(isWide ? ['wider than the page'] : [])];
    },
  };
};
