import { createSecretKey } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Aes } from 'wechatpay-axios-plugin';
import { encryptEnvelope, newWechatPayKeys, type WechatPayKeys } from '../../../src/sandbox/keys';
import { createAccounts } from '../../../src/wechatpay/accounts/accounts';
import { createUpstreamClock } from '../../../src/wechatpay/crypto/upstream-clock';
import {
  createCertificateRefresh,
  toPlatformCertificate,
} from '../../../src/wechatpay/transport/certificates';
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
import { pem, vectors } from '../vectors';

const apiV3Key = 'a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb';
const start = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;
const ours = newPair();

let upstream: Upstream;
const pairs = () => Promise.resolve(newPair());
let current: WechatPayKeys;
let next: WechatPayKeys;
let clock: FakeClock;

beforeAll(async () => {
  [upstream, current, next] = await Promise.all([
    startUpstream(),
    newWechatPayKeys(start, pairs),
    newWechatPayKeys(start + hourMs, pairs),
  ]);
});
afterAll(() => upstream.close());
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

const withKey = { apiV3Key: createSecretKey(Buffer.from(apiV3Key)) };
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
  return {
    account,
    refresh: createCertificateRefresh({
      accounts,
      settings,
      clock,
      upstreamClock: createUpstreamClock(clock),
    }),
  };
};
const calls = () => upstream.received.length;
const settled = () => new Promise((resolve) => setTimeout(resolve, 40));
/** Socket events arrive at any time. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
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

  it.each<[string, () => void, object]>([
    [
      'signed by a certificate that it does not bring',
      () => {
        offer([current], { key: next.privateKey, serial: next.certificateSerial });
      },
      { code: 'UPSTREAM_SIGNATURE_INVALID' },
    ],
    [
      'wrongly signed',
      () => {
        offer([current], { key: next.privateKey });
      },
      { code: 'UPSTREAM_SIGNATURE_INVALID' },
    ],
    [
      'encrypted under another APIv3 key',
      () => {
        offer([current], {}, 'x'.repeat(32));
      },
      { code: 'MISCONFIGURED' },
    ],
    [
      'refused because the merchant has public keys only',
      () => {
        fail(404, '{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书"}');
      },
      {
        code: 'MISCONFIGURED',
        message: 'WeChat Pay has no platform certificates; configure publicKeys',
      },
    ],
    [
      'refused for our signature',
      () => {
        fail(401, '{"code":"SIGN_ERROR"}');
      },
      { code: 'MISCONFIGURED' },
    ],
    [
      'not answered',
      () => {
        fail(503);
      },
      { code: 'UPSTREAM_UNAVAILABLE' },
    ],
  ])('fails the start if it is %s', async (_, answer, expected) => {
    answer();
    const { account, refresh } = refreshOf();
    await expect(refresh.start()).rejects.toMatchObject(expected);
    expect(account.certificates()).toEqual([]);
    refresh.stop();
  });

  it('does not happen if public keys are configured or there is no APIv3 key', async () => {
    const publicKeys = [{ id: 'PUB_KEY_ID_01', key: current.publicKey }];
    for (const { account, refresh } of [refreshOf({ ...withKey, publicKeys }), refreshOf({})]) {
      await refresh.start();
      await refresh.refresh(account);
      await clock.advance(48 * hourMs);
      refresh.stop();
    }
    await settled();
    expect(calls()).toBe(0);
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

  it('shares one download between all callers with an unknown serial', async () => {
    const { account, refresh } = await started();
    await clock.advance(60_000);
    offer([current, next]);
    await Promise.all(
      [1, 2, 3].map(async () => {
        await refresh.refresh(account);
        expect(account.verifyingKey(next.certificateSerial)).toBeDefined();
      }),
    );
    expect(calls()).toBe(2);
    refresh.stop();
  });

  it('downloads at most once a minute because of unknown serials', async () => {
    const { account, refresh } = await started();
    await refresh.refresh(account);
    expect(calls()).toBe(1);
    await clock.advance(60_000);
    fail(500);
    await refresh.refresh(account);
    await refresh.refresh(account);
    expect(calls()).toBe(2);
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

it('reads a published certificate', () => {
  const { pem: lines, serial, notBefore, notAfter } = vectors.certificate;
  expect(toPlatformCertificate(pem(lines))).toMatchObject({
    serial,
    notBefore: Date.parse(notBefore),
    notAfter: Date.parse(notAfter),
  });
});

it('reads an envelope like the independent SDK', () => {
  const { ciphertext, nonce } = encryptEnvelope(current.certificatePem, apiV3Key, 'certificate');
  const opened = Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, 'certificate');
  expect(toPlatformCertificate(opened).serial).toBe(current.certificateSerial);
});
