import { createSecretKey } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { encryptEnvelope, newWechatPayKeys, type WechatPayKeys } from '../../../src/sandbox/keys';
import { createAccounts } from '../../../src/wechatpay/accounts/accounts';
import { createUpstreamClock } from '../../../src/wechatpay/crypto/upstream-clock';
import { createCertificateRefresh } from '../../../src/wechatpay/transport/certificate-refresh';
import { toPlatformCertificate } from '../../../src/wechatpay/transport/certificates';
import { createTransport, type Transport } from '../../../src/wechatpay/transport/transport';
import type { PartnerCredential } from '../../../src/wechatpay/settings';
import { fakeClock, type FakeClock } from '../../support/fake-clock';
import { newPair } from '../../support/key-pairs';
import {
  authorizationOf,
  settingsAt,
  signedHeaders,
  startUpstream,
  type Signature,
  type Upstream,
} from '../upstream';

const apiV3Key = 'a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb';
const start = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;
const ours = newPair();

let upstream: Upstream;
const pairs = () => Promise.resolve(newPair());
let current: WechatPayKeys;
let next: WechatPayKeys;
let clock: FakeClock;
const transports: Transport[] = [];

beforeAll(async () => {
  [upstream, current, next] = await Promise.all([
    startUpstream(),
    newWechatPayKeys(start, pairs),
    newWechatPayKeys(start + hourMs, pairs),
  ]);
});
afterAll(() => upstream.close());
afterEach(() => Promise.all(transports.splice(0).map((transport) => transport.close())));
beforeEach(() => {
  upstream.received.length = 0;
  clock = fakeClock(start);
});

const offer = (
  offered: readonly WechatPayKeys[],
  signature: Partial<Signature> = {},
  key = apiV3Key,
): void => {
  const body = JSON.stringify({
    data: offered.map(({ certificateSerial, certificatePem }) => ({
      serial_no: certificateSerial,
      encrypt_certificate: encryptEnvelope(certificatePem, key, 'certificate'),
    })),
  });
  const [signing = current] = offered;
  upstream.answer((response) => {
    const by = { key: signing.privateKey, serial: signing.certificateSerial, at: clock.now(), ...signature };
    response.writeHead(200, signedHeaders(body, by)).end(body);
  });
};
const fail = (status: number, body = ''): void => {
  upstream.answer((response) => response.writeHead(status).end(body));
};

/** What WeChat Pay says to merchants that have public keys only. */
const none = (): void => {
  fail(404, '{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书"}');
};

const withKey = { apiV3Key: createSecretKey(Buffer.from(apiV3Key)) };
const publicKeys = [{ id: 'PUB_KEY_ID_01', key: newPair().publicKey }];
const refreshOf = (changes: Partial<PartnerCredential> = withKey) => {
  const partner: PartnerCredential = {
    mchid: '1900000001',
    serial: 'A1',
    privateKey: ours.privateKey,
    formerPrivateKeys: [],
    publicKeys: [],
    platformCertificates: [],
    ...changes,
  };
  const settings = settingsAt(upstream.origin, { partner });
  const accounts = createAccounts(settings, clock);
  const account = accounts.get({ route: 'partner', id: '1900000001' });
  const transport = createTransport({
    settings,
    accounts,
    clock,
    upstreamClock: createUpstreamClock(clock),
  });
  transports.push(transport);
  return {
    account,
    partner,
    refresh: createCertificateRefresh({
      accounts,
      clock,
      // One attempt over real sockets; test/e2e/certificates.test.ts has the whole pipeline.
      send: (call) =>
        transport.send({
          ...call,
          host: 'main',
          attempt: 1,
          timeouts: 0,
          sendAt: clock.now(),
          sendBy: Infinity,
          onWritten: () => undefined,
          place: { keepUntil: () => undefined },
        }),
    }),
  };
};
const calls = () => upstream.received.length;
const settled = () => new Promise((resolve) => setTimeout(resolve, 40));
/** Socket events arrive at any time. */
const until = async (isSo: () => boolean): Promise<void> => {
  for (let waited = 0; !isSo(); waited += 1) {
    if (waited > 2_000) throw new Error('it never came to be');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

describe('the first download', () => {
  it('is signed, is decrypted with the APIv3 key, and returns the certificates', async () => {
    offer([current]);
    const { account, refresh } = refreshOf();
    await refresh.start();
    const [received] = upstream.received;
    expect(received).toMatchObject({ method: 'GET', target: '/v3/certificates', body: '' });
    expect(received && authorizationOf(received)).toMatchObject({ mchid: '1900000001', serial_no: 'A1' });
    expect(account.sealingKey().id).toBe(current.certificateSerial);
    expect(account.verifyingKey(current.certificateSerial)?.equals(current.publicKey)).toBe(true);
    refresh.stop();
  });

  it('encrypts with the newest of several', async () => {
    offer([current, next]);
    const { account, refresh } = refreshOf();
    await refresh.start();
    await clock.advance(2 * hourMs);
    expect(account.sealingKey().id).toBe(next.certificateSerial);
    refresh.stop();
  });

  it.each<[string, () => void, RegExp]>([
    [
      'signed by a certificate that it does not bring',
      () => {
        offer([current], { key: next.privateKey, serial: next.certificateSerial });
      },
      /signed with a key that is not configured/,
    ],
    [
      'wrongly signed',
      () => {
        offer([current], { key: next.privateKey });
      },
      /its signature does not match/,
    ],
    [
      'encrypted under another APIv3 key',
      () => {
        offer([current], {}, 'x'.repeat(32));
      },
      /does not open under the configured API key.*Check partner\.apiV3KeyFile/,
    ],
    [
      'refused because the merchant has public keys only',
      () => {
        none();
      },
      /WeChat Pay has no certificates for this mchid; configure partner\.publicKeys/,
    ],
    [
      'refused for our signature',
      () => {
        fail(401, '{"code":"SIGN_ERROR"}');
      },
      /answered 401 SIGN_ERROR.*partner\.serial/,
    ],
    [
      'not answered',
      () => {
        fail(503);
      },
      /answered 503 .* is repeated/,
    ],
  ])('is repeated in 15 s if it is %s; until then there is a finding', async (_, answer, expected) => {
    answer();
    const { account, refresh } = refreshOf();
    await refresh.start();
    expect(refresh.problems().get('1900000001')).toMatch(expected);
    expect(account.certificates()).toEqual([]);
    offer([current]);
    await clock.advance(15_000);
    await until(() => account.certificates().length === 1);
    expect(refresh.problems().get('1900000001')).toBeUndefined();
    refresh.stop();
  });

  it('does not happen if public keys are configured or there is no APIv3 key', async () => {
    for (const { account, refresh } of [refreshOf({ ...withKey, publicKeys }), refreshOf({})]) {
      await refresh.start();
      await refresh.refresh(account, 'PUB_KEY_ID_02');
      await clock.advance(48 * hourMs);
      refresh.stop();
    }
    const { account, refresh } = refreshOf({});
    await refresh.refresh(account, current.certificateSerial);
    expect(refresh.problems().get('1900000001')).toMatch(
      /configure partner\.publicKeys, or partner\.apiV3KeyFile/,
    );
    await settled();
    expect(calls()).toBe(0);
  });
});

describe('beside a public key', () => {
  it('happens for a serial of a certificate, and the public key still encrypts', async () => {
    offer([current]);
    const { account, refresh } = refreshOf({ ...withKey, publicKeys });
    await refresh.start();
    expect(calls()).toBe(0);
    await refresh.refresh(account, current.certificateSerial);
    expect(account.verifyingKey(current.certificateSerial)).toBeDefined();
    expect(account.sealingKey().id).toBe('PUB_KEY_ID_01');
    refresh.stop();
  });

  it('is not repeated for 11 hours if WeChat Pay has none', async () => {
    none();
    const { account, refresh } = refreshOf({ ...withKey, publicKeys });
    await refresh.refresh(account, current.certificateSerial);
    await clock.advance(10 * hourMs);
    await refresh.refresh(account, current.certificateSerial);
    expect(calls()).toBe(1);
    await clock.advance(hourMs);
    await refresh.refresh(account, current.certificateSerial);
    expect(calls()).toBe(2);
    expect(refresh.problems().get('1900000001')).toBeUndefined();
  });

  it('begins when a reload takes the public key away', async () => {
    offer([current]);
    const { account, refresh, partner } = refreshOf({ ...withKey, publicKeys });
    await refresh.start();
    account.replace({ ...partner, publicKeys: [] });
    await clock.advance(60_000);
    await until(() => account.certificates().length === 1);
    refresh.stop();
  });
});

describe('refreshing certificates', () => {
  const started = async () => {
    offer([current]);
    const made = refreshOf();
    await made.refresh.start();
    return made;
  };

  it('downloads again within 12 hours, and accepts a new certificate signed with a known one', async () => {
    const { account, refresh } = await started();
    offer([next], { key: current.privateKey, serial: current.certificateSerial });
    await clock.advance(12 * hourMs);
    await until(() => account.sealingKey().id === next.certificateSerial);
    expect(calls()).toBe(2);
    expect(account.verifyingKey(current.certificateSerial)).toBeDefined();
    refresh.stop();
  });

  it('downloads in the background if certificates are configured', async () => {
    offer([current, next]);
    const { account, refresh } = refreshOf({
      ...withKey,
      platformCertificates: [toPlatformCertificate(current.certificatePem)],
    });
    await refresh.start();
    expect(account.certificates()).toHaveLength(1);
    await clock.advance(0);
    await until(() => account.certificates().length === 2);
    refresh.stop();
  });

  it('keeps known certificates while the download fails, and retries after a minute', async () => {
    const { account, refresh } = await started();
    fail(500);
    await clock.advance(11 * hourMs);
    await until(() => calls() === 2);
    await settled();
    expect(account.sealingKey().id).toBe(current.certificateSerial);
    offer([current, next]);
    // The minute begins when the failure is known.
    while (calls() < 3) await clock.advance(60_000);
    await until(() => account.certificates().length === 2);
    expect(calls()).toBe(3);
    refresh.stop();
  });

  it('shares one download between all callers with an unknown serial, soon after the last one too', async () => {
    const { account, refresh } = await started();
    offer([current, next]);
    await Promise.all(
      [1, 2, 3].map(async () => {
        await refresh.refresh(account, next.certificateSerial);
        expect(account.verifyingKey(next.certificateSerial)).toBeDefined();
      }),
    );
    expect(calls()).toBe(2);
    refresh.stop();
  });

  it('downloads at most six times a minute because of unknown serials', async () => {
    const { account, refresh } = await started();
    const forge = async () => {
      for (let made = 0; made < 9; made += 1) await refresh.refresh(account, `DEADBEEF0${String(made)}`);
    };
    await forge();
    expect(calls()).toBe(6);
    await clock.advance(60_000);
    fail(500);
    await forge();
    expect(calls()).toBe(12);
    refresh.stop();
  });

  it.each([
    ['between downloads', 0, 1],
    ['during a download', 11 * hourMs, 2],
  ])('leaves no timer after it is stopped %s', async (_, ms, downloads) => {
    const virtual = clock;
    const timers = new Set<number>();
    let made = 0;
    clock = {
      ...virtual,
      after(delay, action) {
        const timer = (made += 1);
        timers.add(timer);
        const cancel = virtual.after(delay, () => {
          timers.delete(timer);
          action();
        });
        return () => {
          timers.delete(timer);
          cancel();
        };
      },
    };
    const { refresh } = await started();
    expect(timers.size).toBe(1);
    const unanswered: ServerResponse[] = [];
    upstream.answer((response) => unanswered.push(response));
    await clock.advance(ms);
    await until(() => calls() === downloads);
    refresh.stop();
    for (const response of unanswered) response.writeHead(500).end();
    await settled();
    expect(timers.size).toBe(0);
  });
});
