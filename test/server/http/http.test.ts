import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  createHttpServer,
  defaultHttpLimits,
  type HttpOptions,
  type HttpServer,
} from '../../../src/server/http/http';
import { cors } from '../../../src/server/http/cors';
import { createPageOrigins } from '../../../src/server/http/page-origin';
import type { Refusal } from '../../../src/server/http/refusals';
import type { Handler, Routes } from '../../../src/server/http/router';
import { sendJson } from '../../../src/server/http/send-json';

/** What a raw connection received, and when it ended. */
interface Wire {
  readonly socket: Socket;
  readonly received: () => string;
  readonly closed: Promise<number>;
}

const served = (handlers: Readonly<Record<string, Handler>>): Routes =>
  Object.fromEntries(
    Object.entries(handlers).map(([path, handle]) => [path, { methods: ['GET', 'POST'], handle }]),
  );

describe('the HTTP server', () => {
  let server: HttpServer;
  let port: number;
  let finish: () => void = () => undefined;
  /** Requests to `/slow` and `/quick`. */
  let arrived = 0;
  const sockets: Socket[] = [];

  /** Called when the response of `/large` has ended, whole or not. */
  let givenUp: () => void = () => undefined;
  /** Longer than a test may take: what ends within a test did not end by timeout. */
  const endlessMs = 300_000;
  const patient = {
    ...defaultHttpLimits,
    headersTimeoutMs: endlessMs,
    requestTimeoutMs: endlessMs,
    idleTimeoutMs: endlessMs,
  };
  const brief = { ...defaultHttpLimits, headersTimeoutMs: 200, requestTimeoutMs: 400, idleTimeoutMs: 600 };
  const start = async (options: Partial<HttpOptions> = {}): Promise<void> => {
    server = createHttpServer({
      routes: served({
        '/quick': (_, response) => {
          arrived += 1;
          sendJson(response, 200, { ok: true });
        },
        '/slow': async (_, response) => {
          arrived += 1;
          await new Promise<void>((resolve) => (finish = resolve));
          sendJson(response, 200, { ok: true });
        },
        '/large': (_, response) => {
          response.once('close', () => {
            givenUp();
          });
          response.end(Buffer.alloc(64 * 1024 * 1024));
        },
        '/fails': () => {
          throw new Error('secret detail');
        },
      }),
      onError: () => undefined,
      bounds: patient,
      ...options,
    });
    arrived = 0;
    port = await server.listen({ host: '127.0.0.1', port: 0 });
  };
  afterEach(async () => {
    finish();
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.drain(0);
  });

  const open = (text: string, localAddress = '127.0.0.1'): Promise<Wire> =>
    new Promise((resolve) => {
      let received = '';
      const started = performance.now();
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      sockets.push(socket);
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.on('error', () => undefined);
      const closed = new Promise<number>((done) => {
        socket.on('close', () => {
          done(performance.now() - started);
        });
      });
      socket.on('connect', () => {
        socket.write(text);
        resolve({ socket, received: () => received, closed });
      });
    });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);

  it('disconnects a client that sends its headers too slowly', async () => {
    await start({ bounds: { ...patient, headersTimeoutMs: 200 } });
    const transport = await open('GET /quick HTTP/1.1\r\nhost: x\r\n');
    const drip = setInterval(() => transport.socket.write('x-drop: 1\r\n'), 50);
    const ms = await transport.closed;
    clearInterval(drip);
    expect(ms).toBeGreaterThanOrEqual(190);
    expect(transport.received()).toMatch(/^HTTP\/1.1 408/);
  });

  it('disconnects a client that sends its body too slowly', async () => {
    await start({ bounds: brief });
    const transport = await open('POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n');
    const drip = setInterval(() => transport.socket.write('x'), 50);
    await transport.closed;
    clearInterval(drip);
    expect(transport.received()).toMatch(/^HTTP\/1.1 408/);
  });

  it('lets a file take longer, as long as it moves', async () => {
    const read: Handler = async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      sendJson(response, 200, { bytes });
    };
    await start({
      bounds: brief,
      routes: { '/file': { methods: ['POST'], handle: read, isLong: true } },
    });
    const transport = await open(
      'POST /file HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 20\r\n\r\n',
    );
    let left = 20;
    const drip = setInterval(() => {
      if (left > 0) transport.socket.write('x');
      left -= 1;
    }, 50);
    await transport.closed;
    clearInterval(drip);
    expect(transport.received()).toMatch(/^HTTP\/1.1 200[^]*"bytes":20/);
  });

  it('disconnects a client that sends nothing', async () => {
    await start({ bounds: { ...patient, headersTimeoutMs: 200 } });
    const transport = await open('');
    await transport.closed;
    expect(transport.received()).toMatch(/^HTTP\/1.1 408/);
  });

  it('disconnects a client that does not read its response', async () => {
    await start({ bounds: brief });
    const transport = await open('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
    transport.socket.pause();
    // The kernel takes some; the rest waits for the client. A paused socket hears of the end when it reads on.
    await new Promise<void>((resolve) => (givenUp = resolve));
    transport.socket.resume();
    await transport.closed;
    expect(transport.received().length).toBeLessThan(64 * 1024 * 1024);
  });

  it('serves other clients while 300 slow clients hold connections', async () => {
    await start({
      bounds: {
        ...defaultHttpLimits,
        headersTimeoutMs: 1_000,
        requestTimeoutMs: 2_000,
        idleTimeoutMs: 2_000,
      },
    });
    const slow = await Promise.all(
      Array.from({ length: 300 }, () => open('POST /quick HTTP/1.1\r\nhost: x\r\n')),
    );
    expect((await get('/quick')).status).toBe(200);
    await Promise.all(slow.map(({ closed }) => closed));
  });

  it('accepts no more connections than its limit', async () => {
    await start({ bounds: { ...defaultHttpLimits, maxConnections: 2 } });
    const held = await Promise.all([open('GET /slow HTTP/1.1\r\n'), open('GET /slow HTTP/1.1\r\n')]);
    const third = await open('GET /quick HTTP/1.1\r\nhost: x\r\n\r\n');
    await third.closed;
    expect(third.received()).toBe('');
    for (const { socket } of held) socket.destroy();
    await Promise.all(held.map(({ closed }) => closed));
    await expect(
      (async () => {
        for (let tries = 0; tries < 50; tries += 1) {
          const response = await get('/quick').catch(() => undefined);
          if (response !== undefined) return response.status;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return undefined;
      })(),
    ).resolves.toBe(200);
  });

  it('accepts no more connections of one address than its limit, which others do not notice', async () => {
    await start({ bounds: { ...patient, maxConnectionsPerAddress: 2 } });
    const held = await Promise.all([open('GET /slow HTTP/1.1\r\n'), open('GET /slow HTTP/1.1\r\n')]);
    const third = await open('GET /quick HTTP/1.1\r\nhost: x\r\n\r\n');
    await third.closed;
    expect(third.received()).toBe('');
    const other = await open('GET /quick HTTP/1.1\r\nhost: x\r\n\r\n', '127.0.0.2');
    await until(() => other.received().startsWith('HTTP/1.1 200'));
    held[0].socket.destroy();
    await held[0].closed;
    // The server notices the end a moment later.
    let again = '';
    while (!again.startsWith('HTTP/1.1 200')) {
      const transport = await open('GET /quick HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      await transport.closed;
      again = transport.received();
    }
  });

  it('serves a thousand requests of a connection, announces the last one, and refuses the next', async () => {
    await start({ bounds: patient });
    const { received } = await open('GET /quick HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_001));
    const responses = (): readonly string[] => received().split('HTTP/1.1 ').slice(1);
    await until(() => responses().length > 1_000);
    expect(responses().filter((text) => text.startsWith('200'))).toHaveLength(1_000);
    expect(responses()[998]).toMatch(/^connection: keep-alive/im);
    expect(responses()[999]).toMatch(/^connection: close/im);
    expect(responses()[1_000]).toMatch(/^503/);
  });

  it('refuses headers above 16 KiB', async () => {
    await start();
    const transport = await open(`GET /quick HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(17_000)}\r\n\r\n`);
    await until(() => transport.received() !== '');
    expect(transport.received()).toMatch(/^HTTP\/1.1 431/);
    await transport.closed;
  });

  it('reads a hundred headers of a request', async () => {
    const count: Handler = ({ headers }, response) => {
      sendJson(response, 200, { count: Object.keys(headers).length });
    };
    await start({ routes: served({ '/count': count }) });
    const lines = Array.from({ length: 150 }, (_, n) => `x-${String(n)}: y\r\n`);
    const transport = await open(`GET /count HTTP/1.1\r\nhost: x\r\n${lines.join('')}\r\n`);
    await until(() => transport.received().includes('}'));
    expect(transport.received()).toMatch(/\{"count":100\}/);
  });

  it('reports what never becomes a request', async () => {
    const refused: Refusal[] = [];
    await start({
      bounds: { ...patient, headersTimeoutMs: 200 },
      onRefused: (refusal) => refused.push(refusal),
    });
    for (const text of [
      '\u0016\u0003 not http\r\n\r\n',
      `GET / HTTP/1.1\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`,
      '',
    ])
      await (
        await open(text)
      ).closed;
    expect(refused).toEqual(['badRequest', 'tooLarge', 'timeout'].map((kind) => ({ route: 'none', kind })));
  });

  it('has no route named like a member of every object', async () => {
    await start();
    const transport = await open(
      'GET constructor HTTP/1.1\r\nhost: x\r\n\r\nGET /constructor HTTP/1.1\r\nhost: x\r\n\r\n',
    );
    await transport.closed;
    expect(transport.received()).toMatch(/^HTTP\/1.1 40[04]/);
  });

  it('survives bytes that are not HTTP', async () => {
    await start();
    const transport = await open('\u0016\u0003\u0001 not http\r\n\r\n');
    await transport.closed;
    expect(transport.received()).toMatch(/^HTTP\/1.1 400/);
    expect((await get('/quick')).status).toBe(200);
  });

  it("returns no details of a handler's error", async () => {
    await start();
    const response = await get('/fails');
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('secret')]);
  });

  it.each(['/quick', '/nothing', '/fails'])('sets security headers on %s', async (path) => {
    await start();
    const { headers } = await get(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  describe('while it drains', () => {
    const keepAlive = 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n';

    it('closes a keep-alive connection with its last response, and announces it there', async () => {
      await start();
      const transport = await open(keepAlive);
      await until(() => arrived === 1);
      const drained = server.drain(endlessMs);
      finish();
      await Promise.all([drained, transport.closed]);
      expect(transport.received()).toMatch(
        /^HTTP\/1\.1 200 [\s\S]*connection: close\r\n[\s\S]*\{"ok":true\}$/i,
      );
    });

    it('closes a keep-alive connection whose response had begun before', async () => {
      let end: () => void = () => undefined;
      const begun = (_: unknown, response: ServerResponse): void => {
        response.write('begun');
        end = () => response.end('ended');
      };
      await start({ routes: served({ '/begun': begun }) });
      const unused = await open('');
      const transport = await open('GET /begun HTTP/1.1\r\nhost: x\r\n\r\n');
      await until(() => transport.received().includes('begun'));
      const drained = server.drain(endlessMs);
      // Those without a request were looked for once, so that only the end of the response can close this one.
      await unused.closed;
      end();
      await Promise.all([drained, transport.closed]);
      expect(transport.received()).toMatch(/begun[\s\S]*ended\r\n0\r\n\r\n$/);
    });

    it('responds to all requests that a connection has pipelined', async () => {
      await start();
      const transport = await open(keepAlive + keepAlive.replace('slow', 'quick'));
      await until(() => arrived === 2);
      const drained = server.drain(endlessMs);
      finish();
      await Promise.all([drained, transport.closed]);
      expect(transport.received().match(/\{"ok":true\}/g)).toHaveLength(2);
    });

    it('does not wait for a connection that never sent a request', async () => {
      await start();
      const transport = await open('');
      // Connections are accepted in order.
      await get('/quick');
      await Promise.all([server.drain(endlessMs), transport.closed]);
    });

    it('waits for a body that arrives, and not for one that does not', async () => {
      const body = (request: IncomingMessage, response: ServerResponse): void => {
        request.resume().on('end', () => response.end('all'));
      };
      await start({ bounds: patient, routes: served({ '/body': body }) });
      const head = 'POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\n';
      const [stalled, slow] = await Promise.all([open(`${head}1`), open(`${head}1`)]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const drained = server.drain(endlessMs);
      for (let byte = 0; byte < 7; byte += 1) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        slow.socket.write('1');
      }
      await Promise.all([drained, stalled.closed, slow.closed]);
      expect(stalled.received()).toBe('');
      expect(slow.received()).toMatch(/^HTTP\/1\.1 200 [\s\S]*all/);
    });

    it('still answers a request that arrives on a connection opened before', async () => {
      await start();
      const transport = await open('');
      await get('/quick');
      const drained = server.drain(endlessMs);
      transport.socket.write(keepAlive.replace('slow', 'quick'));
      await Promise.all([drained, transport.closed]);
      expect(transport.received()).toMatch(/connection: close[\s\S]*\{"ok":true\}$/i);
    });

    it('finishes requests under way and accepts no new connections', async () => {
      await start();
      const underway = get('/slow');
      await until(() => arrived === 1);
      const drained = server.drain(endlessMs);
      await expect(get('/quick')).rejects.toThrow('fetch failed');
      finish();
      expect((await underway).status).toBe(200);
      await drained;
    });

    it('cuts connections that are not done in time', async () => {
      await start();
      const underway = get('/slow');
      underway.catch(() => undefined);
      await until(() => arrived === 1);
      await server.drain(100);
      await expect(underway).rejects.toThrow('fetch failed');
    });
  });

  describe('with CORS', () => {
    const origin = 'https://shop.example.com';
    // fetch does not allow setting an origin.
    const send = (method: string, headers: Record<string, string>) =>
      new Promise<{ status: number; headers: Readonly<Record<string, unknown>> }>((resolve, reject) => {
        const sent = httpRequest({ port, host: '127.0.0.1', path: '/quick', method, headers }, (response) => {
          response.resume();
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers });
          });
        });
        sent.on('error', reject);
        sent.end();
      });
    const preflight = { origin, 'access-control-request-method': 'POST' };
    const corsHeaders = (headers: Readonly<Record<string, unknown>>) =>
      Object.keys(headers).filter((name) => name.startsWith('access-control-'));

    it('is off if no origin is configured', async () => {
      await start({ before: cors({ origins: createPageOrigins({ origins: [] }) }) });
      for (const answer of [await send('OPTIONS', preflight), await send('POST', { origin })])
        expect(corsHeaders(answer.headers)).toEqual([]);
    });

    it('responds to the preflight of a configured origin, and lets it read responses', async () => {
      await start({ before: cors({ origins: createPageOrigins({ origins: [origin] }) }) });
      const first = await send('OPTIONS', preflight);
      expect(first.status).toBe(204);
      expect(first.headers).toMatchObject({
        'access-control-allow-origin': origin,
        vary: 'origin, accept-encoding',
      });
      expect(first.headers['access-control-allow-credentials']).toBeUndefined();
      const { status, headers } = await send('POST', { origin });
      expect([
        status,
        headers['access-control-allow-origin'],
        headers['access-control-expose-headers'],
      ]).toEqual([
        200,
        origin,
        'consistency-token, preference-applied, retry-after, www-authenticate, allow',
      ]);
    });

    it.each(['https://evil.example.com', 'null', `${origin}.evil.com`, 'http://shop.example.com'])(
      'sets no headers for %s',
      async (other) => {
        await start({ before: cors({ origins: createPageOrigins({ origins: [origin] }) }) });
        const answers = [
          await send('OPTIONS', { ...preflight, origin: other }),
          await send('POST', { origin: other }),
        ];
        for (const { headers } of answers) expect(corsHeaders(headers)).toEqual([]);
        expect(answers[1]?.headers.vary).toBe('origin, accept-encoding');
      },
    );
  });
});
