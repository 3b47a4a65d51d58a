import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launch } from './browser';

const bundler = join(__dirname, '..', '..', 'deploy', 'bundle-console.mjs');

/** A file beside the console's own, so that the policy allows it and the browser keeps it compiled. */
const axe = 'axe.min.js';

/** The console's files, bundled from its sources for the tests of one file. Remove the directory afterwards. */
export const bundleConsole = async (): Promise<{ readonly assets: string; readonly remove: () => void }> => {
  const assets = mkdtempSync(join(tmpdir(), 'console-'));
  await promisify(execFile)(process.execPath, [bundler, assets]);
  cpSync(require.resolve(`axe-core/${axe}`), join(assets, 'assets', axe));
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
  /** Clicks so far, those by a key included. */
  clicks(): Promise<number>;
  /** Cuts the connection; what `look` needs is loaded before. */
  goOffline(): Promise<void>;
  /** Takes a picture, and returns what is wrong with it: serious findings of axe, and content wider than the page. */
  look(name: string): Promise<readonly string[]>;
}

/** What a reader has entered and chosen in the tab before. */
export interface Reader {
  readonly token?: string | undefined;
  readonly brandId?: string | undefined;
  /** How long the server may wait for WeChat Pay, as a proxy between may say. Default: as configured. */
  readonly waitSeconds?: number | undefined;
}

export interface ConsoleBrowser {
  /** The bundled files. */
  readonly assets: () => string;
  /** Opens the console in a tab of its own, which is closed after the test. */
  open(address: URL, view: View, reader?: Reader): Promise<ConsolePage>;
  /** Takes the errors of scripts so far, and what the policy refused. What is left at the end of a test fails it. */
  takeComplaints(): readonly string[];
}

/**
 * One Chromium for the tests of a file. Tabs of a view share what the browser has loaded, as those of a reader do, and nothing else: they
 * have no settings and no storage of each other.
 */
export const consoleBrowser = (): ConsoleBrowser => {
  const contexts = new Map<View, Promise<BrowserContext>>();
  let bundle: Awaited<ReturnType<typeof bundleConsole>>;
  let browser: Browser;
  let tabs: Page[] = [];
  let complaints: string[] = [];
  const elsewhere = new Set<string>();

  beforeAll(async () => {
    [bundle, browser] = await Promise.all([bundleConsole(), launch()]);
  }, 300_000);
  afterEach(async () => {
    await Promise.all(
      tabs.map(async (tab) => {
        await tab.context().setOffline(false);
        await tab.close();
      }),
    );
    const left = complaints;
    [tabs, complaints] = [[], []];
    expect(left).toEqual([]);
    // WeChat Pay stores the pictures of cards.
    expect([...elsewhere].filter((host) => !host.endsWith('.qpic.cn'))).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    bundle.remove();
  });

  const contextOf = (view: View): Promise<BrowserContext> => {
    const known = contexts.get(view) ?? newContext(browser, view);
    contexts.set(view, known);
    return known;
  };
  return {
    assets: () => bundle.assets,
    async open(address, view, reader = {}) {
      const page = await (await contextOf(view)).newPage();
      tabs.push(page);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // Refused and failed requests are what some tests are about.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text());
      });
      page.on('request', (request) => {
        const { origin, protocol, host } = new URL(request.url());
        if (protocol !== 'data:' && origin !== address.origin) elsewhere.add(host);
      });
      await page.addInitScript(beginning(reader));
      if (reader.waitSeconds !== undefined)
        await page.setExtraHTTPHeaders({ prefer: `wait=${String(reader.waitSeconds)}` });
      await page.goto(address.href);
      return consolePage(page, view);
    },
    takeComplaints: () => complaints.splice(0),
  };
};

const newContext = (browser: Browser, { language, width, theme }: View): Promise<BrowserContext> =>
  browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 860 },
    locale: language === 'zh' ? 'zh-CN' : 'en-US',
    colorScheme: theme,
    // Nothing moves while it is looked at.
    reducedMotion: 'reduce',
  });

/** Runs before the scripts of the page, at each loading. The settings of other tabs are forgotten at the first one. */
const beginning = ({ token, brandId }: Reader): string => `
  if (sessionStorage.getItem('opened') === null) localStorage.clear();
  sessionStorage.setItem('opened', 'yes');
  for (const [key, value] of ${JSON.stringify([
    ['member-cards:token', token],
    ['member-cards:brand', brandId],
  ])}) if (typeof value === 'string') sessionStorage.setItem(key, value);
  window.clicks = 0;
  addEventListener('click', () => { window.clicks += 1; }, true);`;

/** Runs only while the page shows the state that is looked at. */
const findings = `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(
  ({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html, any }) => html.slice(0, 160) + ' ' + (any[0]?.message ?? '')).join(' | ')),
)`;

const loadAxe = async (page: Page): Promise<void> => {
  if (!(await page.evaluate<boolean>('"axe" in window')))
    await page.addScriptTag({ url: `/console/assets/${axe}` });
};

const consolePage = (page: Page, { language, width }: View): ConsolePage => ({
  page,
  clicks: () => page.evaluate<number>('window.clicks'),
  async goOffline() {
    await loadAxe(page);
    await page.context().setOffline(true);
  },
  async look(name) {
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name}.${language}.${String(width)}.png`) });
    const isWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
    await loadAxe(page);
    return [...(await page.evaluate<string[]>(findings)), ...(isWide ? ['wider than the page'] : [])];
  },
});
