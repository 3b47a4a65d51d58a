import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket, type ClientOptions } from 'ws';
import { parseKeyFile, printKeyFile } from '../../../src/auth/api-key-file';
import { defaultQueryLimits } from '../../../src/config/query-limits';
import { systemClock, type Clock } from '../../../src/shared/clock';
import { callers } from '../../support/callers';
import { testApp, type TestApp } from '../../support/test-app';

const known = callers({ reader: ['brand:1004:read'], leaver: ['brand:1004:read'] });
const events = 'subscription { userCardEvents(brandId: "1004", lastEventId: "0") { eventId eventType } }';
const protocol = 'graphql-transport-ws';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket on which the test writes the protocol itself. */
class Raw {
  readonly messages: Message[] = [];
  readonly closed: Promise<readonly [code: number, reason: string]>;
  private constructor(readonly socket: WebSocket) {
    this.closed = once(socket, 'close').then(([code, reason]) => [code as number, String(reason)]);
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as Message);
      socket.emit('heard');
    });
  }
  static async open(url: string, options: ClientOptions = {}): Promise<Raw> {
    const raw = new Raw(new WebSocket(url, protocol, options));
    await once(raw.socket, 'open');
    return raw;
  }
  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  async hears(type: string): Promise<Message> {
    for (;;) {
      const found = this.messages.find((message) => message.type === type);
      if (found !== undefined) return found;
      await once(this.socket, 'heard');
    }
  }
  async init(payload?: unknown): Promise<this> {
    this.send({ type: 'connection_init', payload });
    await this.hears('connection_ack');
    return this;
  }
}

/** The status of a handshake that is refused. */
const refusal = async (url: string, options: ClientOptions = {}): Promise<readonly [number, string]> => {
  const socket = new WebSocket(url, protocol, options);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  let text = '';
  for await (const chunk of response) text += chunk.toString();
  return [response.statusCode, text];
};

const first = (client: Client, query: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const unsubscribe = client.subscribe(
      { query },
      {
        next(value) {
          resolve(value);
          setImmediate(unsubscribe);
        },
        error: reject,
        complete: () => undefined,
      },
    );
  });

describe('sockets with authentication', () => {
  let app: TestApp;
  let url: string;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: known.settings,
        subscriptions: { ...config.subscriptions, maxStreamsPerCaller: 5 },
      }),
    });
    url = app.url.replace('http', 'ws');
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
  });
  afterAll(async () => {
    await app.close();
    known.remove();
  });

  it.each([
    ['connectionParams', { connectionParams: known.headers.reader }],
    [
      'the header of the handshake',
      {
        webSocketImpl: class extends WebSocket {
          constructor(address: string, protocols: string) {
            super(address, protocols, { headers: known.headers.reader });
          }
        },
      },
    ],
  ])("graphql-ws's client with its credential in %s", async (_, options) => {
    const client = createClient({ url, retryAttempts: 0, webSocketImpl: WebSocket, ...options });
    expect(await first(client, events)).toMatchObject({
      data: { userCardEvents: { eventType: 'SYNC_USER_POINT' } },
    });
    expect(await first(client, '{ brand(brandId: "1004") { brandId } }')).toMatchObject({
      data: { brand: { brandId: '1004' } },
    });
    await client.dispose();
    expect(app.operations.slice(-1)).toMatchObject([{ type: 'query' }]);
  });

  it('are refused before the handshake if the header is invalid', async () => {
    const [status, text] = await refusal(url, { headers: { authorization: 'Bearer nonsense' } });
    expect([status, text]).toEqual([401, expect.stringContaining('"UNAUTHENTICATED"')]);
  });

  it.each([
    ['no credential', undefined],
    ['an unknown one', { authorization: 'Bearer nonsense' }],
    ['one that is no text', { authorization: 5 }],
  ])('close with 4401 if there is %s', async (_, payload) => {
    const raw = await Raw.open(url);
    raw.send({ type: 'connection_init', payload });
    expect(await raw.closed).toEqual([4401, 'Unauthorized']);
  });

  it('close with 4401 if an operation comes before the credential', async () => {
    const raw = await Raw.open(url);
    raw.send({ type: 'subscribe', id: '1', payload: { query: events } });
    expect((await raw.closed)[0]).toBe(4401);
  });

  it.each([
    ['no JSON', '{'],
    ['no message', '{}'],
    ['a message of a server', { type: 'next', id: '1', payload: {} }],
    ['a request without a document', { type: 'subscribe', id: '1', payload: {} }],
    ['variables that are none', { type: 'subscribe', id: '1', payload: { query: events, variables: 5 } }],
  ])('close with 4400 for %s', async (_, message) => {
    const raw = await (await Raw.open(url, { headers: known.headers.reader })).init();
    raw.send(message);
    expect((await raw.closed)[0]).toBe(4400);
  });

  it('close with 4429 for a second init and for a flood of messages', async () => {
    const twice = await (await Raw.open(url, { headers: known.headers.reader })).init();
    twice.send({ type: 'connection_init' });
    expect((await twice.closed)[0]).toBe(4429);
    const flood = await (await Raw.open(url, { headers: known.headers.reader })).init();
    for (let count = 0; count < 1_000; count += 1) flood.send({ type: 'ping' });
    expect(await flood.closed).toEqual([4429, 'Too many messages']);
  });

  it('close for a message that is too large, and with 4406 for another protocol', async () => {
    const large = await (await Raw.open(url, { headers: known.headers.reader })).init();
    large.send({ type: 'subscribe', id: '1', payload: { query: 'x'.repeat(defaultQueryLimits.bodyBytes) } });
    expect((await large.closed)[0]).toBe(1009);
    const other = new WebSocket(url, { headers: known.headers.reader });
    expect((await once(other, 'close'))[0]).toBe(4406);
  });

  it('are counted as refusals if they are closed for a fault of their client', async () => {
    const own = await testApp({
      upstream: app.sandbox,
      change: (config) => ({ ...config, auth: known.settings }),
    });
    app.sandbox.deliveries.deliverTo(app.notifyUrl);
    const address = own.url.replace('http', 'ws');
    const stranger = await Raw.open(address);
    stranger.send({ type: 'connection_init' });
    await stranger.closed;
    const noisy = await (await Raw.open(address, { headers: known.headers.reader })).init();
    noisy.send('{');
    await noisy.closed;
    await own.close();
    expect(own.refusals).toMatchObject([
      { route: '/graphql', kind: 'unauthenticated' },
      { route: '/graphql', kind: 'badRequest', caller: 'key:reader' },
    ]);
  });

  it('have a limit per caller, of sockets and of subscriptions', async () => {
    const open = await Promise.all(
      Array.from({ length: 5 }, () => Raw.open(url, { headers: known.headers.reader })),
    );
    expect(await refusal(url, { headers: known.headers.reader })).toEqual([
      429,
      expect.stringContaining('"TOO_MANY_STREAMS"'),
    ]);
    const late = await Raw.open(url);
    late.send({ type: 'connection_init', payload: known.headers.reader });
    expect(await late.closed).toEqual([4429, 'Too many connections']);
    const [one] = open;
    await one?.init();
    for (let id = 1; id <= 6; id += 1)
      one?.send({ type: 'subscribe', id: String(id), payload: { query: events } });
    expect(await one?.hears('error')).toMatchObject({
      payload: [{ extensions: { code: 'TOO_MANY_STREAMS' } }],
    });
    // A completed subscription frees its place.
    one?.send({ type: 'complete', id: '1' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    one?.send({ type: 'subscribe', id: '7', payload: { query: events } });
    while (one?.messages.some(({ type, id }) => type === 'next' && id === '7') !== true)
      await once(one?.socket ?? process, 'heard');
    for (const { socket } of open) socket.close();
    await Promise.all(open.map(({ closed }) => closed));
  });

  it('end operations that the client completes before they have begun', async () => {
    const raw = await (await Raw.open(url, { headers: known.headers.reader })).init();
    for (let id = 1; id <= 50; id += 1) {
      raw.send({ type: 'subscribe', id: String(id), payload: { query: events.replace('"0"', '"0"') } });
      raw.send({ type: 'complete', id: String(id) });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    raw.messages.length = 0;
    raw.send({ type: 'subscribe', id: 'last', payload: { query: events } });
    expect(await raw.hears('next')).toMatchObject({ id: 'last' });
    raw.socket.close();
    await raw.closed;
  });

  it('return the errors of a request in the language of the handshake', async () => {
    const headers = { ...known.headers.reader, 'accept-language': 'zh' };
    const raw = await (await Raw.open(url, { headers })).init();
    const ask = (id: string, payload: unknown) => {
      raw.send({ type: 'subscribe', id, payload });
    };
    ask('syntax', { query: 'subscription {' });
    expect(await raw.hears('error')).toEqual({
      id: 'syntax',
      type: 'error',
      payload: [
        {
          message: '语法错误：此处应为 Name。',
          extensions: { code: 'GRAPHQL_PARSE_FAILED' },
          locations: [{ line: 1, column: 15 }],
        },
      ],
    });
    raw.messages.length = 0;
    raw.send(
      '{"type":"subscribe","id":"n","payload":{"query":"subscription ($v: ID!) { userCardEvents(brandId: $v) { eventId } }","variables":{"v":6901234567890123457}}}',
    );
    expect(JSON.stringify(await raw.hears('error'))).toMatch(/变量 .*请以字符串发送/);
    raw.messages.length = 0;
    ask('query', { query: '{ nothing }' });
    expect(await raw.hears('error')).toMatchObject({ id: 'query', type: 'error' });
    raw.socket.close();
    await raw.closed;
  });

  it('close with 1001 when the server stops, without completing their subscriptions', async () => {
    const own = await testApp({ upstream: app.sandbox });
    const raw = await (await Raw.open(own.url.replace('http', 'ws'))).init();
    raw.send({
      type: 'subscribe',
      id: '1',
      payload: { query: 'subscription { userCardEvents(brandId: "1004") { eventId } }' },
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await own.close();
    expect((await raw.closed)[0]).toBe(1001);
    expect(raw.messages.map(({ type }) => type)).toEqual(['connection_ack']);
    app.sandbox.deliveries.deliverTo(app.notifyUrl);
  });

  it('close with 4401 when the credential is revoked', async () => {
    const raw = await (await Raw.open(url, { headers: known.headers.leaver })).init();
    raw.send({ type: 'subscribe', id: '1', payload: { query: events } });
    await raw.hears('next');
    const keys = parseKeyFile(readFileSync(known.file, 'utf8'));
    writeFileSync(
      known.file,
      printKeyFile(
        keys.map((key) => (key.caller === 'leaver' ? { ...key, revokedAt: '2020-01-01T00:00:00Z' } : key)),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    raw.messages.length = 0;
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    expect(await raw.hears('next')).toMatchObject({
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    raw.send({ type: 'subscribe', id: '2', payload: { query: events } });
    expect(await raw.hears('error')).toMatchObject({
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    raw.socket.close();
  });
});

describe('sockets that stay open', () => {
  const own = callers({ reader: ['brand:1004:read'], leaver: ['brand:1004:read'] });
  /** Minutes pass in tenths of a second. */
  const clock: Clock = {
    ...systemClock,
    after: (ms, action) => systemClock.after(ms >= 20_000 && ms <= 60_000 ? ms / 200 : ms, action),
  };
  let app: TestApp;
  let url: string;
  beforeAll(async () => {
    app = await testApp({ clock, change: (config) => ({ ...config, auth: own.settings }) });
    url = app.url.replace('http', 'ws');
  });
  afterAll(async () => {
    await app.close();
    own.remove();
  });
  const options = { headers: own.headers.reader };

  it('close with 4408 if they never authenticate, or run nothing for a minute', async () => {
    const silent = await Raw.open(url);
    expect(await silent.closed).toEqual([4408, expect.any(String)]);
    const idle = await (await Raw.open(url, options)).init();
    expect(await idle.closed).toEqual([4408, 'Idle']);
  });

  it('are cut if they do not reply to a ping, and stay while an operation runs', async () => {
    const deaf = await (await Raw.open(url, { ...options, autoPong: false })).init();
    const busy = await (await Raw.open(url, options)).init();
    for (const raw of [deaf, busy])
      raw.send({
        type: 'subscribe',
        id: '1',
        payload: { query: 'subscription { userCardEvents(brandId: "1004") { eventId } }' },
      });
    expect((await deaf.closed)[0]).toBe(1006);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(busy.socket.readyState).toBe(WebSocket.OPEN);
    busy.socket.close();
    await busy.closed;
  });

  it('close with 4401 within a minute after their credential is revoked', async () => {
    const raw = await (await Raw.open(url, { headers: own.headers.leaver })).init();
    raw.send({
      type: 'subscribe',
      id: '1',
      payload: { query: 'subscription { userCardEvents(brandId: "1004") { eventId } }' },
    });
    const keys = parseKeyFile(readFileSync(own.file, 'utf8'));
    writeFileSync(own.file, printKeyFile(keys.filter(({ caller }) => caller !== 'leaver')));
    expect(await raw.closed).toEqual([4401, 'Unauthorized']);
  });
});

describe('sockets without authentication', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());
  const url = () => app.url.replace('http', 'ws');

  it('are refused to pages of other origins and names', async () => {
    for (const headers of [{ origin: 'https://evil.example.com' }, { 'sec-fetch-site': 'cross-site' }])
      expect(await refusal(url(), { headers })).toEqual([403, expect.stringContaining('"FORBIDDEN"')]);
    expect((await refusal(url(), { headers: { host: 'evil.example.com' } }))[0]).toBe(421);
    const page = await Raw.open(url(), { headers: { origin: 'http://localhost:5173' } });
    page.socket.close();
    await page.closed;
  });

  it('are served at the paths of GraphQL only', async () => {
    expect((await refusal(url().replace('/graphql', '/images')))[0]).toBe(404);
  });

  it('ignore upgrades to HTTP/2', async () => {
    const { port } = new URL(app.url);
    const { connect } = await import('node:net');
    const socket = connect(Number(port), '127.0.0.1');
    const body = '{"query":"{ __typename }"}';
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes('__typename')) break;
    }
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});
