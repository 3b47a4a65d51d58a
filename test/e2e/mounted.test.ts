import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { assemble } from '../../src/server/explorer/assemble';
import { png } from '../support/pictures';
import { callers } from '../support/callers';
import { testApp, type TestApp } from '../support/test-app';

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** fetch follows no HEAD with a body, and decodes responses by itself. */
const send = async (url: URL | string, { method = 'GET', headers = {}, body }: Sent = {}) => {
  const sent = httpRequest(url, { method, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) };
};

const json = { 'content-type': 'application/json' };
const stream = { accept: 'text/event-stream' };
const ask = JSON.stringify({ query: '{ brands { totalCount } }' });
const introspection = JSON.stringify({
  query: '{ __schema { types { name description fields { name description type { name } } } } }',
});
const known = callers({ shop: ['brand:1004:write', 'schema:read'] });
const { shop } = known.headers;
afterAll(() => {
  known.remove();
});

describe.each(['', '/member-cards'])('a server below %j', (basePath) => {
  let app: TestApp;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mounted-'));
    assemble(directory);
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: known.settings,
        http: { ...config.http, basePath },
        metrics: { host: '127.0.0.1', port: 0 },
      }),
      explorer: () => ({ assets: directory, operations: [] }),
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true });
  });
  const at = (path: string): string => new URL(basePath + path, app.url).href;
  const fromRoot = (path: string): string => new URL(path, app.url).href;

  /** The doors of callers, with a request that each of them serves. */
  const doors: readonly (readonly [path: string, sent: Sent])[] = [
    ['/graphql', { method: 'POST', headers: { ...json, ...shop }, body: ask }],
    ['/graphql?query={__typename}', { headers: shop }],
    ['/graphql/ticket', { method: 'POST', headers: shop }],
    ['/schema.graphql', { headers: shop }],
    ['/bulk/templates/IMPORT_BY_PHONE.csv', { headers: shop }],
    [
      '/images?brandId=1004',
      { method: 'POST', headers: { 'content-type': 'image/png', ...shop }, body: png() },
    ],
  ];
  const withSlash = (path: string): string => path.replace(/^[^?]+/, '$&/');

  it.each(doors)(
    'serves %s, with a slash at the end too, and asks for the credential at both',
    async (path, sent) => {
      for (const target of [at(path), at(withSlash(path))]) {
        const { status, bytes } = await send(target, sent);
        expect([target, status, bytes.toString()]).toEqual([target, 200, expect.anything()]);
        const { authorization: _, ...anonymous } = { authorization: '', ...sent.headers };
        expect((await send(target, { ...sent, headers: anonymous })).status).toBe(401);
      }
    },
  );

  it.each(['/graphql/stream', '/graphql/stream/'])('serves subscriptions at %s', async (path) => {
    const query = 'subscription { userCardEvents(brandId: "1004", lastEventId: "x") { eventId } }';
    const { status, headers, bytes } = await send(at(path), {
      method: 'POST',
      headers: { ...json, ...shop, ...stream, 'accept-encoding': 'br' },
      body: JSON.stringify({ query }),
    });
    expect([status, headers['content-encoding']]).toEqual([200, 'none']);
    expect(bytes.toString()).toContain('event: complete');
  });

  it.each(['/graphql', '/graphql/', '/graphql/stream'])('opens a WebSocket at %s', async (path) => {
    const socket = new WebSocket(at(path).replace('http', 'ws'), 'graphql-transport-ws', { headers: shop });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toContain('connection_ack');
    socket.terminate();
  });

  it('has probes and notifications at the root, whatever the base path is', async () => {
    for (const path of ['/livez', '/readyz/']) expect((await send(fromRoot(path))).status).toBe(200);
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    expect(app.notifications).toMatchObject([{ outcome: 'new' }]);
    if (basePath === '') return;
    for (const path of ['/livez', '/wechat/notify'])
      expect((await send(at(path), { method: 'POST' })).status).toBe(404);
  });

  it('has nothing outside of the base path, and says so in JSON', async () => {
    for (const path of ['/nothing', '/graphql/x', ...(basePath === '' ? [] : ['/graphql', '/images', '/'])]) {
      const { status, headers, bytes } = await send(fromRoot(path), {
        method: 'POST',
        headers: { 'accept-language': 'zh', ...shop },
      });
      expect([path, status, headers['content-type']]).toEqual([path, 404, 'application/json; charset=utf-8']);
      expect(JSON.parse(bytes.toString())).toEqual({
        errors: [
          { message: expect.stringMatching(/^该路径不存在/) as string, extensions: { code: 'NOT_FOUND' } },
        ],
      });
    }
  });

  it.each([
    ['/graphql', 'PUT', 'GET, HEAD, POST'],
    ['/graphql/stream', 'DELETE', 'GET, HEAD, POST'],
    ['/graphql/ticket', 'GET', 'POST'],
    ['/images', 'HEAD', 'POST'],
    ['/schema.graphql', 'POST', 'GET, HEAD'],
  ])('refuses at %s the method %s, and names %s', async (path, method, allow) => {
    const { status, headers } = await send(at(path), { method, headers: shop });
    expect([status, headers.allow]).toEqual([405, allow]);
  });

  it.each(['/graphql?query={__typename}', '/schema.graphql', '/', '/explorer/explorer.js'])(
    'serves HEAD where GET is served: %s',
    async (path) => {
      const [get, head] = [
        await send(at(path), { headers: shop }),
        await send(at(path), { method: 'HEAD', headers: shop }),
      ];
      expect([head.status, head.headers['content-type']]).toEqual([200, get.headers['content-type']]);
      expect([get.bytes.length > 0, head.bytes.length]).toEqual([true, 0]);
    },
  );

  it('opens no stream for HEAD, and runs no mutation', async () => {
    const query = (text: string): string => at(`/graphql?${new URLSearchParams({ query: text }).toString()}`);
    const headers = { ...shop, ...stream };
    const subscription = 'subscription { userCardEvents(brandId: "1004") { eventId } }';
    const opened = await send(query(subscription), { method: 'HEAD', headers });
    expect([opened.status, opened.headers['content-type']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    expect((await send(query('mutation { __typename }'), { method: 'HEAD', headers: shop })).status).toBe(
      405,
    );
  });

  it('has an explorer whose page names files that exist', async () => {
    const { bytes } = await send(at('/graphql'), { headers: { accept: 'text/html' } });
    const names = [...bytes.toString().matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const file = await send(fromRoot(name), { headers: { 'accept-encoding': 'gzip' } });
      const plain = readFileSync(join(directory, name.slice(`${basePath}/explorer/`.length)));
      expect([name, file.status]).toEqual([name, 200]);
      const decoded = file.headers['content-encoding'] === 'gzip' ? gunzipSync(file.bytes) : file.bytes;
      expect([name, decoded.equals(plain)]).toEqual([name, true]);
    }
  });

  it.each<[string, () => Promise<Awaited<ReturnType<typeof send>>>]>([
    [
      'a large response of GraphQL',
      () =>
        send(at('/graphql'), {
          method: 'POST',
          headers: { ...json, ...shop, 'accept-encoding': 'gzip;q=0.5, br' },
          body: introspection,
        }),
    ],
    ['the schema', () => send(at('/schema.graphql'), { headers: { ...shop, 'accept-encoding': 'br' } })],
    ['metrics', () => send(`${app.operatorsUrl}/metrics`, { headers: { 'accept-encoding': 'br' } })],
  ])('compresses %s', async (_, get) => {
    const { status, headers, bytes } = await get();
    expect([status, headers['content-encoding'], headers.vary]).toEqual([
      200,
      'br',
      expect.stringMatching(/(^|, )accept-encoding$/),
    ]);
    expect(bytes.length).toBeLessThan(brotliDecompressSync(bytes).length / 3);
  });

  it('compresses a cached response like the executed one, each with `extensions` of its own', async () => {
    const { brandId, cardId, openid, userCardCode } = app.sandbox.example;
    const field = `userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } })`;
    const aliases = Array.from(
      { length: 10 },
      (_, index) => `a${index}: ${field} { level cardPictureUrl attach createTime modifyTime }`,
    );
    const body = JSON.stringify({ query: `{ ${aliases.join(' ')} }` });
    const get = (encoding: string) =>
      send(at('/graphql'), {
        method: 'POST',
        headers: { ...json, ...shop, 'accept-encoding': encoding },
        body,
      });
    // The third one and those after it are served by the response cache.
    await get('identity');
    await get('identity');
    const plain = await get('identity');
    // `extensions` of a later response may differ.
    const dataIn = (bytes: Buffer): unknown => (JSON.parse(bytes.toString()) as { data: unknown }).data;
    expect(dataIn(plain.bytes)).toMatchObject({ a0: { level: expect.any(String) as string } });
    for (const [encoding, decode] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
      ['br', brotliDecompressSync],
    ] as const) {
      const { headers, bytes } = await get(encoding);
      expect([headers['content-encoding'], headers['content-length']]).toEqual([
        encoding,
        String(bytes.length),
      ]);
      expect(bytes.length).toBeLessThan(plain.bytes.length / 2);
      expect(dataIn(decode(bytes))).toEqual(dataIn(plain.bytes));
    }
    const { cachedCalls, upstreamCalls } = app.operations.at(-1) ?? {};
    expect([cachedCalls, upstreamCalls]).toEqual([1, 0]);
  });
});
