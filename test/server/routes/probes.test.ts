import type { Config } from '../../../src/config/config';
import { systemClock } from '../../../src/shared/clock';
import { testApp, type TestApp, type TestAppOptions } from '../../support/test-app';

const day = 86_400_000;

interface Answered {
  readonly status: number;
  readonly body: {
    readonly status: string;
    readonly findings?: readonly { code: string; detail: string }[];
  };
}

describe('the probes', () => {
  let app: TestApp | undefined;
  afterEach(() => app?.close());

  const start = async (options: TestAppOptions = {}, change = (config: Config): Config => config) => {
    app = await testApp({
      ...options,
      change: (config) => change({ ...config, metrics: { host: '127.0.0.1', port: 0 } }),
    });
    return app;
  };
  const look = async (url: string): Promise<Answered> => {
    const response = await fetch(url);
    return { status: response.status, body: (await response.json()) as Answered['body'] };
  };
  const ready = (of: TestApp) => look(`${of.operatorsUrl}/readyz`);
  const aCard = (of: TestApp): string => {
    const { brandId, cardId } = of.sandbox.example;
    return `{ brand(brandId: "${brandId}") { cardTemplate(cardId: "${cardId}") { cardTitle } } }`;
  };

  it('report ready on both ports', async () => {
    const { url, operatorsUrl } = await start();
    expect(await look(new URL('/livez', url).href)).toEqual({ status: 200, body: { status: 'alive' } });
    expect(await look(new URL('/readyz', url).href)).toEqual({ status: 200, body: { status: 'ready' } });
    expect(await look(`${operatorsUrl}/livez`)).toEqual({ status: 200, body: { status: 'alive' } });
    expect(await look(`${operatorsUrl}/readyz`)).toEqual({
      status: 200,
      body: { status: 'ready', findings: [] },
    });
  });

  it.each([
    ['fast', 90_000],
    ['slow', -90_000],
  ])('show a clock that is 90 s %s, by the Date headers of the answers', async (word, ms) => {
    const clock = { ...systemClock, wallNow: () => systemClock.wallNow() + ms };
    const of = await start({ clock });
    expect((await ready(of)).body.findings).toEqual([]);
    expect((await of.ask(aCard(of))).errors).toEqual([]);
    const { status, body } = await ready(of);
    expect([status, body.findings?.map(({ code }) => code)]).toEqual([200, ['clock.wrong']]);
    expect(body.findings?.[0]?.detail).toMatch(new RegExp(`clock is (89|90|91) s ${word}`));
    const metrics = await (await fetch(`${of.operatorsUrl}/metrics`)).text();
    const [, skew] = /^membercard_upstream_clock_skew_seconds (\S+)$/m.exec(metrics) ?? [];
    expect(Math.abs(Number(skew) + ms / 1000)).toBeLessThan(2);
  });

  it('tolerate a clock that is 30 s off', async () => {
    const of = await start({ clock: { ...systemClock, wallNow: () => systemClock.wallNow() + 30_000 } });
    await of.ask(aCard(of));
    expect((await ready(of)).body.findings).toEqual([]);
  });

  it('show only what expires within 30 days', async () => {
    const soon = systemClock.now() + 20 * day;
    const later = systemClock.now() + 40 * day;
    const of = await start({}, (config) => ({
      ...config,
      wechatPay: {
        ...config.wechatPay,
        brandCredentials: config.wechatPay.brandCredentials.map((credential, index) => ({
          ...credential,
          ...(index === 0 ? { certificateNotAfter: soon } : {}),
          ...(index === 1 ? { certificateNotAfter: later } : {}),
          publicKeys: credential.publicKeys.map((key) => (index === 2 ? { ...key, notAfter: soon } : key)),
        })),
      },
    }));
    const { status, body } = await ready(of);
    expect(status).toBe(200);
    expect(body.findings?.map(({ code, detail }) => [code, detail.split(' ')[0]])).toEqual([
      ['key.ending', 'API_CERTIFICATE'],
      ['key.ending', 'PUBLIC_KEY'],
    ]);
    const metrics = await (await fetch(`${of.operatorsUrl}/metrics`)).text();
    expect(metrics).toMatch(
      new RegExp(`membercard_key_expiry_timestamp_seconds\\{kind="API_CERTIFICATE"\\} ${soon / 1000}`),
    );
    // Details are for the operators' port only.
    expect(await look(new URL('/readyz', of.url).href)).toEqual({ status: 200, body: { status: 'ready' } });
  });

  it('return 503 while the server drains, on the port that stays open', async () => {
    const of = await start({}, (config) => ({ ...config, http: { ...config.http, drainDelayMs: 500 } }));
    const stopped = of.stop();
    expect(await look(new URL('/readyz', of.url).href)).toEqual({
      status: 503,
      body: { status: 'draining' },
    });
    expect((await ready(of)).status).toBe(503);
    expect((await look(`${of.operatorsUrl}/livez`)).status).toBe(200);
    // Until the delay is over, operations are still answered.
    expect((await of.ask('{ brands { totalCount } }')).status).toBe(200);
    await stopped;
    await expect(fetch(of.url)).rejects.toThrow('fetch failed');
  });
});
