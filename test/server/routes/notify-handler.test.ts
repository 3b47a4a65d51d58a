import { connect, type Socket } from 'node:net';
import { createHttpServer, type HttpServer } from '../../../src/server/http/http';
import { createNotifyHandler } from '../../../src/server/routes/notify-handler';
import { fakeClock } from '../../support/fake-clock';

const clock = fakeClock();
let http: HttpServer;
let url: string;
let port: number;
let receive: () => Promise<void>;
let verify: () => Promise<void>;
/** Bodies that were verified. */
let read: string[];

beforeAll(async () => {
  http = createHttpServer({
    routes: {
      '/notify': {
        methods: ['POST'],
        handle: createNotifyHandler({
          mayBeGenuine: (headers) => headers['wechatpay-signature'] !== undefined,
          async verify(_, body) {
            read.push(body);
            await verify();
            return () => receive();
          },
          clock,
          maxConcurrent: 5,
          maxUnverified: 20,
        }),
      },
    },
    onError: (error) => {
      throw error;
    },
  });
  port = await http.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${port}/notify`;
});
beforeEach(() => {
  read = [];
  receive = verify = () => Promise.resolve();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => http.drain(100));

const signed = { 'wechatpay-signature': 'x' };

const post = async () => {
  const response = await fetch(url, { method: 'POST', body: '{}', headers: signed });
  return { status: response.status, text: await response.text() };
};

const sockets: Socket[] = [];
/** Sends headers and one byte of the body, and resolves to what came back, once the connection is closed. */
const slow = (headers = 'wechatpay-signature: x\r\n') => {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.on('error', () => undefined).on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.write(`POST /notify HTTP/1.1\r\nhost: x\r\n${headers}content-length: 1000\r\n\r\nx`);
  return new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
};

describe('notify_url', () => {
  it('responds within the time that WeChat Pay allows, even if something hangs', async () => {
    const asked = new Promise<void>((resolve) => {
      receive = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const answer = post();
    await asked;
    await clock.advance(4_000);
    expect(await answer).toEqual({
      status: 503,
      text: '{"code":"FAIL","message":"the notification could not be processed yet"}',
    });
  });

  it('reveals nothing about an unexpected error', async () => {
    receive = () => Promise.reject(new Error('secret detail'));
    const { status, text } = await post();
    expect(status).toBe(503);
    expect(text).not.toContain('secret');
  });

  it('handles a limited number at a time', async () => {
    const finish: (() => void)[] = [];
    receive = () => new Promise((resolve) => finish.push(resolve));
    const refused: unknown[] = [];
    const answers = Array.from({ length: 8 }, async () => {
      const answer = await post();
      if (answer.status !== 204) refused.push(answer);
    });
    while (finish.length < 5 || refused.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const one of finish) one();
    await Promise.all(answers);
    expect(finish).toHaveLength(5);
    expect(refused).toEqual(Array(3).fill({ status: 503, text: '{"code":"FAIL","message":"busy"}' }));
    receive = () => Promise.resolve();
    expect(await post()).toEqual({ status: 204, text: '' });
  });

  it('does not read the body of a request without the form of a signature', async () => {
    expect(await slow('')).toMatch(/^HTTP\/1.1 401[^]*"the signature is not valid"/);
    const response = await fetch(url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(read).toEqual([]);
  }, 10_000);

  it('has a place for WeChat Pay while strangers send slowly, and gives up the slowest', async () => {
    const strangers = Array.from({ length: 30 }, () => slow());
    // Ten more than may be read at a time: the ten oldest make room.
    const given = await Promise.all(strangers.slice(0, 10));
    expect(given).toEqual(Array(10).fill(expect.stringMatching(/^HTTP\/1.1 408/)));
    for (let times = 0; times < 10; times += 1) expect(await post()).toEqual({ status: 204, text: '' });
  }, 10_000);

  it('has a place for WeChat Pay while the signatures of strangers are verified', async () => {
    verify = () => new Promise(() => undefined);
    let answered = 0;
    const strangers = Array.from({ length: 12 }, () => post().finally(() => (answered += 1)));
    while (read.length + answered < 12) await new Promise((resolve) => setTimeout(resolve, 2));
    verify = () => Promise.resolve();
    expect(await post()).toEqual({ status: 204, text: '' });
    await clock.advance(3_000);
    expect((await Promise.all(strangers)).map(({ status }) => status)).toEqual(Array(12).fill(408));
  });

  it('gives up a body that does not arrive within 3 seconds', async () => {
    const answer = slow();
    // The next request is read after the slow one's headers.
    await post();
    await clock.advance(2_999);
    await post();
    await clock.advance(1);
    expect(await answer).toMatch(/^HTTP\/1.1 408[^]*"the notification did not arrive in time"/);
  }, 10_000);
});
