import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { callers } from '../support/callers';
import { testApp, type TestApp } from '../support/test-app';

const known = callers({ reader: ['brand:1004:read'], busy: ['brand:1004:read'] });
const json = { 'content-type': 'application/json' };
const { reader, busy } = known.headers;

interface Refused {
  readonly route: string;
  readonly kind: string;
  readonly status: number;
  readonly caller?: string;
  /** Default: the route. */
  readonly path?: string;
  readonly request: RequestInit;
}

/** Every door, with each refusal that it has by itself. */
const refused: readonly Refused[] = [
  ...['/graphql', '/graphql/stream', '/images', '/schema.graphql'].map((route) => ({
    route,
    kind: 'unauthenticated',
    status: 401,
    request: {
      method: route === '/schema.graphql' ? 'GET' : 'POST',
      headers: { authorization: 'Bearer wxm_made_up' },
    },
  })),
  ...['/graphql', '/images', '/schema.graphql'].map((route) => ({
    route,
    kind: 'methodNotAllowed',
    status: 405,
    request: { method: 'DELETE' },
  })),
  { route: '/wechat/notify', kind: 'unauthenticated', status: 401, request: { method: 'POST', body: '{}' } },
  { route: '/wechat/notify', kind: 'methodNotAllowed', status: 405, request: {} },
  { route: 'none', kind: 'notFound', status: 404, path: '/wp-login.php', request: {} },
  {
    route: '/graphql',
    kind: 'badRequest',
    status: 400,
    caller: 'key:reader',
    request: { method: 'POST', headers: { ...json, ...reader }, body: '{' },
  },
  {
    route: '/graphql',
    kind: 'tooLarge',
    status: 413,
    caller: 'key:reader',
    request: { method: 'POST', headers: { ...json, ...reader }, body: 'x'.repeat(512 * 1024 + 1) },
  },
  {
    route: '/images',
    kind: 'notFound',
    status: 404,
    caller: 'key:reader',
    path: '/images?brandId=1004',
    request: { method: 'POST', headers: { ...reader, 'content-type': 'image/png' }, body: 'x' },
  },
  {
    route: '/images',
    kind: 'unsupportedMediaType',
    status: 415,
    caller: 'key:reader',
    request: { method: 'POST', headers: { ...json, ...reader }, body: '{}' },
  },
];

describe('refused requests', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: { ...known.settings, requests: { perSecond: 1, burst: 10 } },
        metrics: { host: '127.0.0.1', port: 0 },
        trustedDocuments: { ...config.trustedDocuments, mode: 'enforce' },
        http: { ...config.http, maxConnectionsPerAddress: 60 },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    known.remove();
  });

  const counted = async (route: string, kind: string): Promise<number> => {
    const text = await (await fetch(new URL('/metrics', app.operatorsUrl))).text();
    const [, count = '0'] =
      new RegExp(`^membercard_refusals_total{route="${route}",kind="${kind}"} (\\d+)$`, 'm').exec(text) ?? [];
    return Number(count);
  };
  const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it.each(refused)(
    'are counted and logged at $route: $kind',
    async ({ status, caller, path, request, ...of }) => {
      const before = await counted(of.route, of.kind);
      const response = await fetch(new URL(path ?? of.route, app.url), request).catch(() => undefined);
      // A connection may be closed under the sender of a body that is too large.
      expect(response?.status ?? 413).toBe(status);
      await response?.text();
      await until(async () => (await counted(of.route, of.kind)) === before + 1);
      expect(app.refusals).toContainEqual({ ...of, ...(caller === undefined ? {} : { caller }), count: 1 });
    },
  );

  it('are counted for a WebSocket handshake', async () => {
    const before = await counted('/graphql', 'unauthenticated');
    const socket = new WebSocket(app.url.replace(/^http/, 'ws'), 'graphql-transport-ws', {
      headers: { authorization: 'Bearer wxm_made_up' },
    });
    await once(socket, 'unexpected-response');
    await until(async () => (await counted('/graphql', 'unauthenticated')) === before + 1);
  });

  it('are logged with the caller if a document is not in the manifest, or the rate is too high', async () => {
    const ask = async (headers: object) =>
      (await app.ask('{ brands(first: 1) { totalCount } }', {}, { ...headers })).status;
    expect(await ask(busy)).toBe(403);
    const statuses = await Promise.all(Array.from({ length: 30 }, () => ask(busy)));
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    await until(() => app.refusals.some(({ kind }) => kind === 'rateLimited'));
    for (const kind of ['forbidden', 'rateLimited'] as const)
      expect(app.refusals.filter((one) => one.kind === kind)).toEqual([
        { route: '/graphql', kind, caller: 'key:busy', count: 1 },
      ]);
  });

  it.each([
    ['a credential that is not known', { authorization: 'Bearer wxm_made_up' }, 'unauthenticated'],
    ['a message that is none', reader, 'badRequest'],
  ])(
    'are counted for sockets with %s',
    async (_, { authorization }, kind) => {
      const before = await counted('/graphql', kind);
      const socket = new WebSocket(app.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
      socket.on('open', () => {
        socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
      });
      socket.on('message', () => {
        socket.send('no message');
      });
      await once(socket, 'close');
      await until(async () => (await counted('/graphql', kind)) === before + 1);
    },
    20_000,
  );

  it('are counted for connections above the limit of an address', async () => {
    const port = Number(new URL(app.url).port);
    // Another address than that of the other tests, which could not connect until the server has seen these sockets close.
    const sockets = Array.from({ length: 70 }, () =>
      connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }).on('error', () => undefined),
    );
    await until(() => app.refusals.some(({ kind }) => kind === 'tooManyConnections'));
    for (const socket of sockets) socket.destroy();
    expect(app.refusals).toContainEqual({ route: 'none', kind: 'tooManyConnections', count: 1 });
  });

  it('contain nothing that the client wrote', () => {
    expect(JSON.stringify(app.refusals)).not.toMatch(/made_up|wp-login/);
  });
});

describe('a server without authentication', () => {
  it('shows requests for another host', async () => {
    const app = await testApp();
    const port = Number(new URL(app.url).port);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1')
        .on('close', () => resolve())
        .resume();
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
      );
    });
    expect(app.refusals).toEqual([{ route: '/graphql', kind: 'misdirected', count: 1 }]);
    await app.close();
  });
});
