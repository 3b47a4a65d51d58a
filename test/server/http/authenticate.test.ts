import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { permissionsOf } from '../../../src/auth/permissions';
import { requireCaller } from '../../../src/server/http/authenticate';
import { createHttpServer } from '../../../src/server/http/http';
import { claims, issuer, tokenSettings } from '../../auth/tokens';
import { callers } from '../../support/callers';
import { testApp, type TestApp } from '../../support/test-app';

const known = callers({ shop: ['brand:1004:read'] });
const trusted = issuer('k1');
const question = '{ brand(brandId: "1004") { brandId } }';

describe('a server with authentication', () => {
  let app: TestApp;
  let jwks: Server;
  let isUp: boolean;
  beforeAll(async () => {
    isUp = true;
    const keys = [await trusted.jwk()];
    jwks = createServer((_, response) => {
      response.writeHead(isUp ? 200 : 503).end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/jwks`;
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: { ...known.settings, tokens: { ...tokenSettings, jwks: { url } } },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    known.remove();
    jwks.closeAllConnections();
    jwks.close();
  });

  it('identifies the caller of an API key', async () => {
    const { status, data } = await app.ask(question, {}, known.headers.shop);
    expect([status, data]).toEqual([200, { brand: { brandId: '1004' } }]);
  });

  it('identifies the caller of an access token, even while the issuer is down', async () => {
    const ask = async () =>
      app.ask(question, {}, { authorization: `bearer ${await trusted.sign(claims(Date.now()))}` });
    expect((await ask()).data).toEqual({ brand: { brandId: '1004' } });
    isUp = false;
    expect((await ask()).data).toEqual({ brand: { brandId: '1004' } });
    isUp = true;
  });

  it('challenges a request without a credential, and does nothing for it', async () => {
    const { status, headers, data, errors } = await app.ask('{ __typename }');
    expect([status, data, errors[0]?.extensions.code]).toEqual([401, null, 'UNAUTHENTICATED']);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    'Bearer ',
    'Bearer nonsense',
    'Bearer a.b.c',
    `Bearer wxm_aaaaaaaaaaaa_${'A'.repeat(43)}`,
    `Basic ${Buffer.from('shop:shop').toString('base64')}`,
    `Bearer ${'A'.repeat(9_000)}`,
    'Bearer a b',
  ])('refuses the credential %.40s', async (authorization) => {
    const { status, headers, data, errors, text } = await app.ask(question, {}, { authorization });
    expect([status, data, errors[0]?.extensions.code]).toEqual([401, null, 'UNAUTHENTICATED']);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(text).not.toContain(authorization.slice(7, 40) || 'nothing');
    expect([app.reports, app.calls, app.audit]).toEqual([[], [], []]);
  });

  it('refuses a known key that is sent as anything but a Bearer credential', async () => {
    const key = known.headers.shop.authorization.slice(7);
    expect((await app.ask(question, {}, { authorization: key })).status).toBe(401);
    expect((await app.ask(question, {}, { cookie: `authorization=Bearer ${key}` })).status).toBe(401);
    const inAddress = await fetch(`${app.url}?access_token=${key}&query={__typename}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(inAddress.status).toBe(401);
  });

  it('responds in Chinese if that is preferred', async () => {
    const { errors } = await app.ask(question, {}, { 'accept-language': 'zh-CN' });
    expect(errors[0]?.message).toBe('需要有效的身份凭证。');
  });
});

describe('a server that cannot check credentials', () => {
  it('does not start without its file of API keys', async () => {
    const auth = { ...known.settings, apiKeys: { file: '/no/such/file.json' } };
    await expect(testApp({ change: (config) => ({ ...config, auth }) })).rejects.toThrow(/does not exist/);
  });

  it('returns 503 and Retry-After if the key set could never be loaded', async () => {
    const jwks = { url: 'http://127.0.0.1:1/jwks' };
    const { settings } = known;
    const app = await testApp({
      change: (config) => ({
        ...config,
        auth: { requests: settings.requests, tokens: { ...tokenSettings, jwks } },
      }),
    });
    const token = await trusted.sign(claims(Date.now()));
    const { status, headers } = await app.ask(question, {}, { authorization: `Bearer ${token}` });
    expect([status, headers.get('retry-after')]).toEqual([503, '30']);
    await app.close();
  });
});

describe('a route about the server', () => {
  it.each([
    ['admin', 200],
    ['schema:read', 200],
    ['brand:*:write', 403],
  ])('that needs schema:read answers a caller with %s with %d', async (scope, status) => {
    const caller = { id: 'key:a', permissions: permissionsOf([scope]) };
    const gate = { authenticate: () => Promise.resolve({ caller }), takeRequest: () => undefined };
    const route = requireCaller(gate, (_, response) => void response.end('the schema'), 'schema:read');
    const server = createHttpServer({
      routes: { '/schema.graphql': { methods: ['GET'], handle: route } },
      onError: () => undefined,
    });
    const port = await server.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`http://127.0.0.1:${port}/schema.graphql`);
    expect(response.status).toBe(status);
    expect((await response.text()) === 'the schema').toBe(status === 200);
    await server.drain(0);
  });
});

describe('the requests of one caller', () => {
  it('above the limit get 429 and Retry-After, without an effect on other callers', async () => {
    const pair = callers(
      { noisy: ['brand:1004:read'], quiet: ['brand:1004:read'] },
      { perSecond: 1, burst: 3 },
    );
    const app = await testApp({ change: (config) => ({ ...config, auth: pair.settings }) });
    const noisy = await Promise.all(
      Array.from({ length: 10 }, () => app.ask('{ __typename }', {}, pair.headers.noisy)),
    );
    const refused = noisy.filter(({ status }) => status === 429);
    expect(noisy.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers, errors } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(errors[0]?.extensions.code).toBe('RATE_LIMITED');
    }
    expect((await app.ask('{ __typename }', {}, pair.headers.quiet)).status).toBe(200);
    await app.close();
    pair.remove();
  });
});

describe('a server without authentication', () => {
  const open = { host: '0.0.0.0' };
  it('does not listen on an address that other machines can reach', async () => {
    await expect(
      testApp({ change: (config) => ({ ...config, server: { ...config.server, ...open } }) }),
    ).rejects.toThrow(/server\.host: must be 127\.0\.0\.1/);
  });

  it('does not run against real hosts', async () => {
    const hosts = { main: 'https://api.mch.weixin.qq.com', backup: 'https://api2.mch.weixin.qq.com' };
    await expect(
      testApp({ change: (config) => ({ ...config, wechatPay: { ...config.wechatPay, hosts } }) }),
    ).rejects.toThrow(/auth: is missing/);
  });
});
