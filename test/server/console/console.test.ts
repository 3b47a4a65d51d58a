import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulationOf } from '../../../src/cli/simulation';
import { createTrustedDocuments } from '../../../src/server/graphql/trusted-documents';
import { callers } from '../../support/callers';
import { build } from '../../support/server-process';
import { testApp, type TestApp } from '../../support/test-app';

const assets = join(__dirname, '..', '..', '..', 'dist', 'console');

describe('the console’s files', () => {
  const known = callers({ shop: ['brand:1004:read'] });
  let demo: TestApp;
  let real: TestApp;
  beforeAll(async () => {
    await build();
    demo = await testApp({
      console: (sandbox) => ({
        assets,
        simulation: simulationOf(sandbox, (brandId) => (brandId === '1004' ? 'partner' : undefined)),
      }),
    });
    real = await testApp({
      upstream: demo.sandbox,
      change: (config) => ({
        ...config,
        auth: known.settings,
        http: { ...config.http, basePath: '/member-cards' },
        trustedDocuments: { mode: 'enforce', documents: new Map() },
      }),
      console: () => ({ assets }),
    });
  }, 300_000);
  afterAll(async () => {
    await real.close();
    await demo.close();
    known.remove();
  });

  const at = (app: TestApp, path: string) => new URL(path, app.url);
  const filesOf = (page: string) =>
    [...page.matchAll(/(?:href|src)="([^"]+\.(?:js|css))"/g)].map(([, one = '']) => one);

  it('are a page that is never cached, and files that are cached for good because their names have their hashes', async () => {
    const page = await fetch(at(demo, '/console'));
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const files = filesOf(await page.text());
    expect(files).toHaveLength(2);
    for (const file of files) {
      const response = await fetch(at(demo, file));
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(file).toMatch(/-[A-Z0-9]{8}\.(?:js|css)$/);
      expect(response.headers.get('content-encoding')).not.toBeNull();
    }
  });

  it('allow scripts and styles of this server only', async () => {
    const policy = (await fetch(at(demo, '/console'))).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toContain('unsafe');
  });

  it('pass the guards of every other route', async () => {
    const head = await fetch(at(demo, '/console'), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(at(demo, '/console'), { method: 'POST' })).status).toBe(405);
    for (const path of [
      '/console/assets/nothing.js',
      '/console/assets/../index.html',
      '/console/documents.json',
    ])
      expect((await fetch(at(demo, path))).status).toBe(404);
    for (const header of ['x-content-type-options', 'x-frame-options', 'referrer-policy'])
      expect(head.headers.get(header)).not.toBeNull();
  });

  it('are found below the base path, by a page that says whether a credential is needed', async () => {
    expect((await fetch(at(real, '/console'))).status).toBe(404);
    const page = await (await fetch(at(real, '/member-cards/console'))).text();
    expect(page).toContain('&quot;needsToken&quot;:true');
    expect(page).toContain('&quot;canSimulate&quot;:false');
    const files = filesOf(page);
    expect(files.every((file) => file.startsWith('/member-cards/console/assets/'))).toBe(true);
    for (const file of files) expect((await fetch(at(real, file))).status).toBe(200);
  });

  it('are offered beside the explorer by the first page', async () => {
    const app = await testApp({
      upstream: demo.sandbox,
      change: (config) => ({ ...config, http: { ...config.http, basePath: '/member-cards' } }),
      explorer: () => ({ assets: join(assets, '..', 'server', 'explorer', 'assets'), operations: [] }),
      console: () => ({ assets }),
    });
    const page = await (await fetch(at(app, '/member-cards'))).text();
    const addresses = [...page.matchAll(/href="(\/[^"]+)"/g)].map(([, address = '']) => address);
    expect(addresses).toEqual([
      '/member-cards/explorer/start.css',
      '/member-cards/console',
      '/member-cards/graphql',
    ]);
    for (const address of addresses)
      expect((await fetch(at(app, address), { headers: { accept: 'text/html' } })).status).toBe(200);
    await app.close();
  });

  it('are not served unless the setting says so', async () => {
    const app = await testApp({
      upstream: demo.sandbox,
      change: (config) => ({ ...config, http: { ...config.http, console: false } }),
      console: () => ({ assets }),
    });
    expect((await fetch(at(app, '/console'))).status).toBe(404);
    await app.close();
  });

  it('may send their documents where only reviewed documents are accepted', async () => {
    const documents = JSON.parse(readFileSync(join(assets, 'documents.json'), 'utf8')) as Record<
      string,
      string
    >;
    const query = Object.values(documents).find((text) => text.includes('query ConsoleViewer')) ?? '';
    const ask = (text: string) =>
      fetch(at(real, '/member-cards/graphql'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...known.headers.shop },
        body: JSON.stringify({ query: text }),
      });
    expect((await ask(query)).status).toBe(200);
    expect((await ask(`${query} `)).status).toBe(403);
  });

  it('let made-up users act at the sandbox, asked by the page itself only', async () => {
    const act = (path: string, body: unknown, headers: Record<string, string> = { 'x-console': '1' }) =>
      fetch(at(demo, `/console/simulation/${path}`), { method: 'POST', headers, body: JSON.stringify(body) });
    const opened = (await (await act('open-card', { brandId: '1004' })).json()) as Record<string, string>;
    expect(opened).toMatchObject({ brandId: '1004' });
    const { userCardCode } = opened;
    expect((await act('delete-card', { brandId: '1004', userCardCode })).status).toBe(200);
    // It has ended.
    expect((await act('delete-card', { brandId: '1004', userCardCode })).status).toBe(404);
    expect((await act('open-card', { brandId: 'none' })).status).toBe(404);
    expect((await act('open-card', { brandId: '1004' }, {})).status).toBe(404);
    expect(
      (await fetch(at(real, '/member-cards/console/simulation/open-card'), { method: 'POST' })).status,
    ).toBe(404);
  });
});

describe('own documents', () => {
  it('are accepted in every mode, and not reported as unknown', () => {
    const text = '{ __typename }';
    const unknown: string[] = [];
    const admit = createTrustedDocuments({
      settings: () => ({ mode: 'log', documents: new Map() }),
      own: new Map([[createHash('sha256').update(text).digest('hex'), text]]),
      onUnknown: (hash) => unknown.push(hash),
    });
    admit({ query: text });
    expect(unknown).toEqual([]);
    admit({ query: `${text} ` });
    expect(unknown).toHaveLength(1);
  });
});
