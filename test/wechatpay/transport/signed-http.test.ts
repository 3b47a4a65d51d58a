import { createUpstreamClock } from '../../../src/wechatpay/crypto/upstream-clock';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { systemClock } from '../../../src/shared/clock';
import { SlotMissed } from '../../../src/traffic/calls/call';
import { createSignedHttp, type SignedHttp } from '../../../src/wechatpay/transport/signed-http';
import { fakeClock } from '../../support/fake-clock';
import { newPair } from '../../support/key-pairs';
import { settingsAt } from '../upstream';

const signer = {
  route: 'partner',
  id: '1900000001',
  serial: 'A1',
  privateKey: newPair().privateKey,
} as const;
const read = { method: 'GET', target: '/v3/x' } as const;
const write = { method: 'POST', target: '/v3/x', body: '{}' } as const;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

/** What the server does once a whole request has arrived. */
let onRequest: (socket: Socket) => void;
let arrived: number;
let server: Server;
let http: SignedHttp;
const sockets = new Set<Socket>();

const originOf = (listening: Server) => `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
const patient = { connectMs: 10_000, headersMs: 10_000, bodyMs: 10_000 };
const exchangeWith = (origin: string, clock = systemClock, timeouts = patient) =>
  createSignedHttp({
    settings: settingsAt(origin, { timeouts }),
    clock,
    upstreamClock: createUpstreamClock(clock),
  });
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error('it should have failed'),
    (reason: unknown) => reason,
  );
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

beforeEach(async () => {
  arrived = 0;
  onRequest = (socket) => socket.write(ok);
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      arrived += 1;
      onRequest(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  http = exchangeWith(originOf(server));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server.close();
  await http.close();
});

it('returns status, headers by lower-case name, and the body', async () => {
  onRequest = (socket) =>
    socket.write('HTTP/1.1 404 Not Found\r\nRequest-ID: 08-1\r\nContent-Length: 6\r\n\r\n会员');
  expect(await http.send(signer, read)).toEqual({
    status: 404,
    headers: { 'request-id': '08-1', 'content-length': '6' },
    body: '会员',
    drop: expect.any(Function) as () => void,
  });
});

it('reuses connections', async () => {
  await http.send(signer, read);
  await http.send(signer, read);
  expect([sockets.size, arrived]).toEqual([1, 2]);
});

it('follows no redirects and does not retry by itself', async () => {
  onRequest = (socket) =>
    socket.write('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n');
  expect(await http.send(signer, read)).toMatchObject({ status: 302 });
  expect(arrived).toBe(1);
});

describe('failures before the first byte were certainly not processed', () => {
  it('a closed port', async () => {
    server.close();
    const error = await failure(http.send(signer, write));
    expect(error).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      sent: false,
      message: 'the host could not be reached (ECONNREFUSED)',
    });
  });

  it('a name that does not resolve', async () => {
    const nowhere = exchangeWith('http://nowhere.invalid');
    expect(await failure(nowhere.send(signer, write))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      sent: false,
    });
    await nowhere.close();
  });

  it('a TLS handshake that fails', async () => {
    const plain = exchangeWith(originOf(server).replace('http', 'https'));
    expect(await failure(plain.send(signer, write))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      sent: false,
    });
    await plain.close();
  });
});

describe('failures after it may have been processed', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['a reset', (socket) => socket.resetAndDestroy()],
    ['a closed connection', (socket) => socket.end()],
    ['silence', () => undefined],
    ['a truncated body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}')],
    ['a body that stalls', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}')],
  ])('%s', async (_, act) => {
    onRequest = act;
    const brief = exchangeWith(originOf(server), systemClock, { ...patient, headersMs: 200, bodyMs: 200 });
    expect(await failure(brief.send(signer, write))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      sent: true,
    });
    // A busy machine may report the timeout before it reads what was written.
    await until(() => arrived > 0);
    expect(arrived).toBe(1);
    await brief.close();
  });

  it('a response that is not HTTP, of which nothing is kept', async () => {
    onRequest = (socket) => socket.write('13812345678 is not HTTP\r\n\r\n');
    const error = await failure(http.send(signer, write));
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', sent: true });
    expect(inspect(error, { depth: 9 })).not.toContain('13812345678');
  });

  it('a response above 1 MiB, with or without a declared length', async () => {
    for (const framing of ['Content-Length: 9000000', 'Connection: close']) {
      onRequest = (socket) => socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${'x'.repeat(1_100_000)}`);
      expect(await failure(http.send(signer, read))).toMatchObject({
        code: 'UPSTREAM_MALFORMED',
        message: 'the response is larger than 1 MiB',
        sent: true,
      });
    }
  });
});

describe('a caller who disconnects', () => {
  const left = new Error('the caller left');

  it('stops a read that is under way', async () => {
    const controller = new AbortController();
    onRequest = () => undefined;
    const sent = failure(http.send(signer, { ...read, signal: controller.signal }));
    await until(() => arrived === 1);
    controller.abort(left);
    expect(await sent).toBe(left);
  });

  it('does not stop a write that is under way', async () => {
    const controller = new AbortController();
    onRequest = (socket) => {
      controller.abort(left);
      setTimeout(() => socket.write(ok), 20);
    };
    expect(await http.send(signer, { ...write, signal: controller.signal })).toMatchObject({
      status: 200,
    });
  });

  it('gets the failure of a write under way, not the abort', async () => {
    const controller = new AbortController();
    onRequest = (socket) => {
      controller.abort(left);
      socket.resetAndDestroy();
    };
    expect(await failure(http.send(signer, { ...write, signal: controller.signal }))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      sent: true,
    });
  });

  it.each([read, write])('stops a $method that waits for its slot', async (request) => {
    const clock = fakeClock();
    const controller = new AbortController();
    const waiting = exchangeWith(originOf(server), clock);
    const sent = failure(
      waiting.send(signer, { ...request, sendAt: clock.now() + 1000, signal: controller.signal }),
    );
    await clock.advance(500);
    controller.abort(left);
    expect(await sent).toBe(left);
    expect(arrived).toBe(0);
    await waiting.close();
  });

  it('sends nothing if the caller disconnected before', async () => {
    const signal = AbortSignal.abort(left);
    expect(await failure(http.send(signer, { ...write, signal }))).toBe(left);
    expect(arrived).toBe(0);
  });
});

it('does not send a request that is written later than its slot allows', async () => {
  const clock = fakeClock();
  const late = exchangeWith(originOf(server), clock);
  const request = { ...read, sendAt: clock.now() - 30, sendBy: clock.now() - 10 };
  expect(await failure(late.send(signer, request))).toBeInstanceOf(SlotMissed);
  expect(arrived).toBe(0);
  await late.close();
});

it('signs before its slot with the time of the slot, and writes at it', async () => {
  const clock = fakeClock();
  const received: string[] = [];
  server.on('connection', (socket) => socket.on('data', (bytes: Buffer) => received.push(bytes.toString())));
  const sendAt = clock.now() + 1000;
  const written: number[] = [];
  const timed = exchangeWith(originOf(server), clock);
  const sent = timed.send(signer, { ...read, sendAt, onWritten: (at) => written.push(at) });
  await clock.advance(999);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(arrived).toBe(0);
  await clock.advance(1);
  expect(await sent).toMatchObject({ status: 200 });
  expect(written).toEqual([sendAt]);
  expect(received.join('')).toContain(`timestamp="${Math.floor(sendAt / 1000)}"`);
  await timed.close();
});
