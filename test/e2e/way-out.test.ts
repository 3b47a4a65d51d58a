import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSandboxed } from '../../src/config/exposure';
import { startForwardProxy, type ForwardProxy } from '../support/forward-proxy';
import { testApp, type TestApp } from '../support/test-app';

const query = `{ brand(brandId: "1004") { cardTemplates(first: 1) { nodes { cardTitle } } } }`;

describe('WeChat Pay through the network of a company', () => {
  let app: TestApp | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it('is reached through its forward proxy, signed and verified as ever', async () => {
    const proxy: ForwardProxy = await startForwardProxy();
    app = await testApp({
      change: (config) => ({
        ...config,
        network: { authorities: [], proxy: { origin: proxy.url, except: [] } },
      }),
    });
    expect((await app.ask(query)).errors).toEqual([]);
    expect(new Set(proxy.tunnels.map(({ to }) => `http://${to}`))).toEqual(new Set([app.sandbox.url]));
    await app.close();
    await proxy.close();
  });

  it('is reached through a relay below a path, which the signature does not contain', async () => {
    const seen: string[] = [];
    let target = '';
    const relay: Server = createServer((incoming, outgoing) => {
      seen.push(incoming.url ?? '');
      const { hostname, port } = new URL(target);
      const path = (incoming.url ?? '').replace(/^\/wechat\/pay/, '');
      incoming.pipe(
        httpRequest(
          { hostname, port, path, method: incoming.method, headers: incoming.headers },
          (response) => {
            response.pipe(outgoing.writeHead(response.statusCode ?? 502, response.headers));
          },
        ),
      );
    });
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const address = `http://127.0.0.1:${(relay.address() as AddressInfo).port}/wechat/pay`;
    app = await testApp({
      change(config) {
        target = config.wechatPay.hosts.main;
        return {
          ...config,
          wechatPay: { ...config.wechatPay, hosts: { main: address, backup: address } },
        };
      },
    });
    expect((await app.ask(query)).errors).toEqual([]);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((path) => path.startsWith('/wechat/pay/'))).toBe(true);
    relay.closeAllConnections();
    relay.close();
  });

  it('is real behind a relay on this machine, so that callers must authenticate', () => {
    const hosts = { main: 'http://127.0.0.1:8080', backup: 'http://127.0.0.1:8080' };
    const wechatPay = { hosts } as Parameters<typeof isSandboxed>[0]['wechatPay'];
    expect(isSandboxed({ wechatPay })).toBe(true);
    expect(isSandboxed({ wechatPay: { ...wechatPay, hosts: { ...hosts, relay: true } } })).toBe(false);
  });
});
