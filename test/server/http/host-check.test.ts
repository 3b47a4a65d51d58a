import { sendBytes, statusOf } from '../../support/raw-http';
import { callers } from '../../support/callers';
import { testApp, type TestApp } from '../../support/test-app';

/** The server closes the connection after its response; a busy machine may need long for it. */
const patienceMs = 20_000;

const ask = async (app: TestApp, host: string): Promise<number> => {
  const body = JSON.stringify({ query: '{ brands { nodes { brandId } } }' });
  const lines = [
    'POST /graphql HTTP/1.1',
    `Host: ${host}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  return statusOf(
    await sendBytes(
      Number(new URL(app.url).port),
      Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`),
      patienceMs,
    ),
  );
};

describe('a server without authentication, called by a browser', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  it.each(['127.0.0.1:4000', 'localhost:4000', '[::1]:4000', '127.0.0.1'])(
    'accepts the host %s',
    async (host) => {
      expect(await ask(app, host)).toBe(200);
    },
  );

  it.each(['evil.example:4000', '127.0.0.1.evil.example', 'a b', ''])(
    'refuses a page whose host name points here: %s',
    async (host) => {
      expect(await ask(app, host)).toBe(421);
    },
  );
});

describe('a server with authentication, called by a browser', () => {
  it('accepts any host', async () => {
    const known = callers({ read: ['brand:*:read'] });
    const app = await testApp({ change: (config) => ({ ...config, auth: known.settings }) });
    expect(await ask(app, 'cards.example')).toBe(401);
    await app.close();
    known.remove();
  });
});
