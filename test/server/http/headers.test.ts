import { request as httpRequest } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientHeaders, requestHeader, responseHeader } from '../../../src/server/http/headers';
import { callers } from '../../support/callers';
import { testApp, type TestApp } from '../../support/test-app';

const src = join(__dirname, '..', '..', '..', 'src');
const sources = ['server', 'app'].flatMap((folder) =>
  readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(src, folder, name), 'utf8')),
);
const namesIn = (pattern: RegExp): readonly string[] => [
  ...new Set(
    sources.flatMap((source) =>
      [...source.matchAll(pattern)].map(([, first, second]) => first ?? second ?? ''),
    ),
  ),
];

describe('the list of headers', () => {
  it('has every request header that the server reads, apart from those that no page can set', () => {
    // `get` and `set` are methods of Apollo's headers.
    const unsettable = [
      ...['accept-encoding', 'access-control-request-method', 'content-length', 'host', 'origin'],
      ...['sec-fetch-site', 'upgrade'],
      ...['get', 'set'],
      // Prove that the server's own page asks: pages of other origins must not be able to send them.
      ...['x-console', 'x-explorer'],
    ];
    const read = [
      ...namesIn(/\bheaders(?:\.([a-z]+)\b|\['([a-z-]+)'\])/g),
      ...namesIn(/\{ ([a-z]+)(?: = '')? \} = (?:request\.)?headers\b/g),
    ];
    expect(read.filter((name) => !unsettable.includes(name))).toEqual([]);
    expect(read).toContain('origin');
  });

  it('has every response header that a caller reads, apart from those that pages may read anyway', () => {
    const readable = [
      'cache-control',
      'content-length',
      'content-type',
      ...Object.values<string>(responseHeader),
    ];
    const notForCallers = ['connection', 'content-encoding', 'vary', 'content-security-policy'];
    const set = namesIn(/(?:setHeader|headers\.set)\(\s*'([a-z-]+)'/g).filter(
      (name) => !name.startsWith('access-control-'),
    );
    expect(set.filter((name) => ![...readable, ...notForCallers].includes(name))).toEqual([]);
    expect(set).toContain('content-type');
  });
});

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
/** fetch sets no Origin. */
const send = (
  url: string,
  { method, headers }: { method: string; headers: Record<string, string> },
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers }, (response) => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      });
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{"query":"{ __typename }"}' : undefined);
  });
const namesOf = (value: string | string[] | undefined): readonly string[] => String(value ?? '').split(', ');
const corsHeadersOf = ({ headers }: Answered): readonly string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,priority',
  },
});
const post = (origin: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { origin, 'content-type': 'application/json', ...headers },
});

describe('a page of a configured origin', () => {
  const known = callers({ reader: ['brand:1004:read'] });
  const origin = 'https://shop.example.com';
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: known.settings,
        http: { ...config.http, corsOrigins: [origin], corsHeaders: ['x-shop-version'] },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    known.remove();
  });

  it.each(['', '/stream', '/ticket'])('may send and read every listed header at /graphql%s', async (path) => {
    const { status, headers } = await send(app.url + path, preflight(origin));
    expect([status, headers['access-control-allow-origin']]).toEqual([204, origin]);
    expect(namesOf(headers['access-control-allow-headers'])).toEqual(
      expect.arrayContaining([...Object.values(requestHeader), ...clientHeaders, 'x-shop-version']),
    );
    const response = await send(app.url, post(origin, known.headers.reader));
    expect(response.status).toBe(200);
    expect(namesOf(response.headers['access-control-expose-headers'])).toEqual(Object.values(responseHeader));
  });

  it('reads why it was refused', async () => {
    const { status, headers } = await send(app.url, post(origin));
    expect([status, headers['access-control-allow-origin']]).toEqual([401, origin]);
  });
});

describe('in the demo', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  it.each(['http://localhost:5173', 'http://127.0.0.1:3000', 'https://localhost', 'http://[::1]:8080'])(
    'a page of %s may call',
    async (origin) => {
      expect((await send(app.url, preflight(origin))).headers['access-control-allow-origin']).toBe(origin);
      const { status, headers } = await send(app.url, post(origin));
      expect([status, headers['access-control-allow-origin']]).toEqual([200, origin]);
    },
  );

  it.each(['https://evil.example.com', 'null', 'http://localhost.evil.com', 'http://evil.com?localhost'])(
    'the preflight of %s gets 204 without CORS headers',
    async (origin) => {
      for (const path of ['', '/stream', '/nothing']) {
        const answer = await send(app.url + path, preflight(origin));
        expect([answer.status, corsHeadersOf(answer)]).toEqual([204, []]);
      }
    },
  );
});
