import { createHttpServer, type HttpServer } from '../../../src/server/http/http';
import { createNotifyHandler } from '../../../src/server/routes/notify-handler';
import { fakeClock } from '../../support/fake-clock';

const clock = fakeClock();
let http: HttpServer;
let url: string;
let receive: () => Promise<void>;

beforeAll(async () => {
  http = createHttpServer({
    routes: { '/notify': createNotifyHandler({ receive: () => receive(), clock, maxConcurrent: 5 }) },
    onError: (error) => {
      throw error;
    },
  });
  url = `http://127.0.0.1:${String(await http.listen({ host: '127.0.0.1', port: 0 }))}/notify`;
});
afterAll(() => http.drain(100));

const post = async () => {
  const response = await fetch(url, { method: 'POST', body: '{}' });
  return { status: response.status, text: await response.text() };
};

describe('notify_url', () => {
  it('responds within the time that WeChat Pay allows, whatever hangs', async () => {
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
      text: '{"code":"FAIL","message":"the notification could not be stored"}',
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
});
