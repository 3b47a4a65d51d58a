import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { createConnector } from '../../src/network/connector';
import type { NetworkSettings } from '../../src/network/settings';
import { certify } from '../support/certify';
import { newPair } from '../support/key-pairs';
import { startForwardProxy, type ForwardProxy } from '../support/forward-proxy';

const listening = async (server: Server, host = '127.0.0.1'): Promise<number> => {
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

describe('a connection to another host', () => {
  const plain = createHttpServer((_, response) => response.end('plain'));
  let secure: Server;
  let proxy: ForwardProxy;
  let authority: string;
  let ports: { readonly plain: number; readonly secure: number };
  beforeAll(async () => {
    const privateKeyPem = newPair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    authority = await certify({ privateKeyPem, serial: '0A', isAuthority: true });
    secure = createHttpsServer({ key: privateKeyPem, cert: authority }, (_, response) =>
      response.end('secure'),
    );
    ports = { plain: await listening(plain), secure: await listening(secure) };
  });
  afterAll(() => {
    plain.close();
    secure.close();
  });
  beforeEach(async () => {
    proxy = await startForwardProxy();
  });
  afterEach(() => proxy.close());

  /** `servername` is the name in the certificate: the tests know no name of this machine that a certificate could hold. */
  const ask = async (address: string, network: NetworkSettings): Promise<string> => {
    const connect = createConnector(network, 10_000);
    const dispatcher = new Agent({
      connect: (options, callback) => {
        connect({ ...options, servername: '1004' }, callback);
      },
    });
    try {
      const { body } = await request(address, { dispatcher });
      return await body.text();
    } finally {
      await dispatcher.destroy();
    }
  };
  const through = (
    more: Partial<NetworkSettings> & { readonly except?: readonly string[] } = {},
  ): NetworkSettings => ({
    authorities: [],
    ...more,
    proxy: { origin: proxy.url, except: more.except ?? [] },
  });

  it('goes through the proxy, with or without TLS to the host', async () => {
    expect(await ask(`http://127.0.0.1:${ports.plain}/`, through())).toBe('plain');
    expect(await ask(`https://127.0.0.1:${ports.secure}/`, through({ authorities: [authority] }))).toBe(
      'secure',
    );
    expect(proxy.tunnels.map(({ to }) => to)).toEqual([
      `127.0.0.1:${ports.plain}`,
      `127.0.0.1:${ports.secure}`,
    ]);
  });

  it('presents the credentials to the proxy only', async () => {
    const network = through();
    const credentials = { header: 'Basic dXNlcjpwYXNz' };
    await ask(`http://127.0.0.1:${ports.plain}/`, {
      ...network,
      proxy: { origin: proxy.url, except: [], credentials },
    });
    expect(proxy.tunnels[0]?.headers['proxy-authorization']).toBe(credentials.header);
  });

  it('trusts further authorities beside its own list, and no other', async () => {
    const address = `https://127.0.0.1:${ports.secure}/`;
    expect(await ask(address, { authorities: [authority] })).toBe('secure');
    await expect(ask(address, { authorities: [] })).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    await expect(ask(address, through())).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('reaches an excepted host directly', async () => {
    expect(await ask(`http://127.0.0.1:${ports.plain}/`, through({ except: ['127.0.0.1'] }))).toBe('plain');
    expect(proxy.tunnels).toEqual([]);
  });

  it.each([
    [407, /credentials of network\.proxy/],
    [403, /does not open a connection to the host \(403\)/],
    [502, /\(502\)/],
  ])('says so if the proxy refuses with %d', async (status, message) => {
    proxy.refuse(status);
    await expect(ask(`http://127.0.0.1:${ports.plain}/`, through())).rejects.toMatchObject({
      code: `PROXY_${status}`,
      message: expect.stringMatching(message) as string,
    });
  });

  it('fails if the proxy is away', async () => {
    const network: NetworkSettings = { authorities: [], proxy: { origin: 'http://127.0.0.1:1', except: [] } };
    await expect(ask(`http://127.0.0.1:${ports.plain}/`, network)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('reaches an IPv6 address, directly and through the proxy', async () => {
    const server = createHttpServer((_, response) => response.end('six'));
    const port = await listening(server, '::1');
    expect(await ask(`http://[::1]:${port}/`, { authorities: [] })).toBe('six');
    expect(await ask(`http://[::1]:${port}/`, through())).toBe('six');
    expect(proxy.tunnels.map(({ to }) => to)).toEqual([`[::1]:${port}`]);
    server.close();
  });
});
