import { sign } from 'node:crypto';
import { encryptEnvelope, newWechatPayKeys, type WechatPayKeys } from '../../src/sandbox/keys';
import type { Config } from '../../src/config/config';
import { deliver } from '../support/captured';
import {
  startFaultyUpstream,
  type Answered,
  type Fault,
  type FaultyUpstream,
} from '../support/faulty-upstream';
import { newPair } from '../support/key-pairs';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type TestApp } from '../support/test-app';

const download = '/v3/certificates';
const pair = newPair();
const cardOf = (brandId: string): string =>
  `{ cardTemplate(by: { key: { brandId: "${brandId}", cardId: "p${brandId}Seed-Template-1" } }, maxAgeSeconds: 0) { cardId } }`;

/** The real server before two faulty hosts, whose answers on the partner route are signed with a platform certificate. */
describe('platform certificates', () => {
  let wechatPay: WechatPayKeys;
  let sandbox: Sandbox;
  let hosts: readonly [FaultyUpstream, FaultyUpstream];
  let app: TestApp | undefined;
  /** Statuses of the download by host, in the order of their arrival. */
  let downloads: string[];
  let downloadOf: (host: 'main' | 'backup') => Fault;

  const offered = (): Fault => ({
    body: JSON.stringify({
      data: [
        {
          serial_no: wechatPay.certificateSerial,
          encrypt_certificate: encryptEnvelope(
            wechatPay.certificatePem,
            sandbox.provision.partner.apiV3Key,
            'certificate',
          ),
        },
      ],
    }),
    headers: { 'Wechatpay-Serial': wechatPay.certificateSerial },
  });
  const failed: Fault = { status: 500, body: '{"code":"SYSTEM_ERROR"}', signed: false };
  const none: Fault = { status: 404, body: '{"code":"RESOURCE_NOT_EXISTS"}', signed: false };
  const faultOf =
    (host: 'main' | 'backup') =>
    ({ target, status, body }: Answered): Fault => {
      if (target === download) {
        const fault = downloadOf(host);
        downloads.push(`${host} ${String(typeof fault === 'string' ? fault : (fault.status ?? 200))}`);
        return fault;
      }
      if (!target.startsWith('/v3/')) return 'none';
      return { status, body, headers: { 'Wechatpay-Serial': wechatPay.certificateSerial } };
    };

  beforeAll(async () => {
    wechatPay = await newWechatPayKeys(performance.timeOrigin + performance.now(), () =>
      Promise.resolve(pair),
    );
    sandbox = await startSandbox({ membersPerBrand: 1 });
    hosts = [await startFaultyUpstream(sandbox, pair), await startFaultyUpstream(sandbox, pair)];
    hosts[0].spoil(faultOf('main'));
    hosts[1].spoil(faultOf('backup'));
  });
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await sandbox.close();
  });
  beforeEach(() => {
    downloads = [];
    downloadOf = offered;
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  const start = async (mode: 'certificates' | 'both'): Promise<TestApp> => {
    const [main, backup] = hosts;
    app = await testApp({
      upstream: sandbox,
      change({ wechatPay: { partner, ...others }, ...config }): Config {
        return {
          ...config,
          metrics: { host: '127.0.0.1', port: 0 },
          wechatPay: {
            ...others,
            hosts: { main: main.url, backup: backup.url },
            ...(partner && {
              partner: { ...partner, publicKeys: mode === 'both' ? partner.publicKeys : [] },
            }),
          },
        };
      },
    });
    return app;
  };
  const readiness = async ({ operatorsUrl }: TestApp) => {
    const response = await fetch(`${operatorsUrl}/readyz`);
    return { code: response.status, text: await response.text() };
  };
  /** The first brand is on the partner route, the others on the brand route. */
  const brandAt = (index: number): string => sandbox.provision.brands[index]?.brandId ?? '';

  it('are downloaded from the backup host if the main one fails', async () => {
    downloadOf = (host) => (host === 'main' ? failed : offered());
    const { ask } = await start('certificates');
    expect(downloads.at(-1)).toBe('backup 200');
    expect((await ask(cardOf(brandAt(0)))).errors).toEqual([]);
  });

  it('may be missing at the start: other routes are served, readiness says so, and the first answer fetches them', async () => {
    downloadOf = () => failed;
    const started = await start('certificates');
    expect(downloads.length).toBeGreaterThan(1);
    expect((await started.ask(cardOf(brandAt(1)))).errors).toEqual([]);
    const degraded = await readiness(started);
    expect(degraded.code).toBe(200);
    expect(degraded.text).toMatch(
      /"certificate\.missing".*no valid platform certificate.*answered 500 SYSTEM_ERROR/,
    );
    const refused = await started.ask(cardOf(brandAt(0)));
    expect(refused.errors[0]?.extensions.code).toBe('UPSTREAM_SIGNATURE_INVALID');
    downloadOf = offered;
    expect((await started.ask(cardOf(brandAt(0)))).errors).toEqual([]);
    expect((await readiness(started)).text).not.toMatch(/certificates/);
  });

  it('are fetched for an answer and for a notification signed with one, although there is a public key', async () => {
    const started = await start('both');
    expect(downloads).toEqual([]);
    const body = JSON.stringify({
      id: 'id-during-the-change',
      create_time: '2026-11-21T12:00:00+08:00',
      event_type: 'BRAND_MEMBER_CARD_SP.USER_CARD.DELETE',
      resource_type: 'encrypt-resource',
      resource: encryptEnvelope(
        JSON.stringify({ brand_id: brandAt(0), card_id: 'c1', openid: 'o1', user_card_code: '1' }),
        sandbox.provision.partner.apiV3Key,
        'user_card',
      ),
    });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const notified = await deliver(started, {
      body: Buffer.from(body),
      headers: {
        'content-type': 'application/json',
        'wechatpay-timestamp': timestamp,
        'wechatpay-nonce': 'n1',
        'wechatpay-serial': wechatPay.certificateSerial,
        'wechatpay-signature': sign(
          'sha256',
          Buffer.from(`${timestamp}\nn1\n${body}\n`),
          wechatPay.privateKey,
        ).toString('base64'),
      },
    });
    expect(notified.status).toBe(204);
    expect((await started.ask(cardOf(brandAt(0)))).errors).toEqual([]);
    expect(downloads).toEqual(['main 200']);
    expect(started.calls.map((call) => call.interface)).toContain('GET_CERTIFICATES');
  });

  it('are not asked for again if WeChat Pay has none', async () => {
    downloadOf = () => none;
    const started = await start('both');
    for (let asked = 0; asked < 3; asked += 1)
      expect((await started.ask(cardOf(brandAt(0)))).errors[0]?.extensions.code).toBe(
        'UPSTREAM_SIGNATURE_INVALID',
      );
    expect(downloads).toEqual(['main 404']);
  });

  it('whose file has expired are a finding', async () => {
    const expired = { ...wechatPay, serial: 'C0FFEE00', key: pair.publicKey, notBefore: 0, notAfter: 1 };
    downloadOf = offered;
    app = await testApp({
      upstream: sandbox,
      change: ({ wechatPay: { partner, ...others }, ...config }) => ({
        ...config,
        metrics: { host: '127.0.0.1', port: 0 },
        wechatPay: {
          ...others,
          ...(partner && { partner: { ...partner, platformCertificates: [expired] } }),
        },
      }),
    });
    const { code, text } = await readiness(app);
    expect(code).toBe(200);
    expect(text).toMatch(/C0FFEE00 of partner\.platformCertificateFiles ended at 1970.*remove its file/);
  });
});
