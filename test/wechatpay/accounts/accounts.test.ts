import { createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';
import { createAccounts } from '../../../src/wechatpay/accounts/accounts';
import { planRotation } from '../../../src/wechatpay/accounts/rotation';
import { seal } from '../../../src/wechatpay/crypto/encryption';
import type {
  BrandCredential,
  PartnerCredential,
  PlatformCertificate,
  WechatPaySettings,
} from '../../../src/wechatpay/settings';
import { fakeClock } from '../../support/fake-clock';
import { thrownBy } from '../../support/thrown-by';
import { newPair } from '../../support/key-pairs';
import { settingsAt } from '../upstream';

const [first, second, wechatPay, older, newer] = [newPair(), newPair(), newPair(), newPair(), newPair()];
const now = 1_700_000_000_000;
const dayMs = 86_400_000;

const brandCredential = (changes: Partial<BrandCredential> = {}): BrandCredential => ({
  brandId: '1004',
  serial: 'A1',
  privateKey: first.privateKey,
  formerPrivateKeys: [],
  publicKeys: [{ id: 'PUB_KEY_ID_01', key: wechatPay.publicKey }],
  ...changes,
});
const partnerCredential = (changes: Partial<PartnerCredential> = {}): PartnerCredential => ({
  mchid: '1900000001',
  serial: 'B1',
  privateKey: first.privateKey,
  formerPrivateKeys: [],
  publicKeys: [],
  platformCertificates: [],
  ...changes,
});
const certificate = (changes: Partial<PlatformCertificate> = {}): PlatformCertificate => ({
  serial: 'C0FFEE',
  key: older.publicKey,
  notBefore: now - 10 * dayMs,
  notAfter: now + 10 * dayMs,
  ...changes,
});
const accountsOf = (changes: Partial<WechatPaySettings>) =>
  createAccounts(settingsAt('http://127.0.0.1', changes), fakeClock(now));
const partnerOf = (changes: Partial<PartnerCredential>) =>
  accountsOf({ partner: partnerCredential(changes) }).get({ route: 'partner', id: '1900000001' });

describe('replaced keys', () => {
  const renewed = newPair();

  it('verify for ten minutes under the former public key, and then no longer', async () => {
    const clock = fakeClock(now);
    const account = createAccounts(
      settingsAt('http://127.0.0.1', { brandCredentials: [brandCredential()] }),
      clock,
    ).get({ route: 'brand', id: '1004' });
    account.replace(brandCredential({ publicKeys: [{ id: 'PUB_KEY_ID_02', key: renewed.publicKey }] }));
    expect(account.sealingKey().id).toBe('PUB_KEY_ID_02');
    expect(account.verifyingKey('PUB_KEY_ID_02')).toBe(renewed.publicKey);
    expect(account.verifyingKey('PUB_KEY_ID_01')).toBe(wechatPay.publicKey);
    await clock.advance(600_000);
    expect(account.verifyingKey('PUB_KEY_ID_01')).toBeUndefined();
  });

  it('decrypt notifications with the former API key as long as WeChat Pay redelivers', async () => {
    const clock = fakeClock(now);
    const [held, next] = ['a', 'b'].map((letter) => createSecretKey(Buffer.alloc(32, letter)));
    if (held === undefined || next === undefined) throw new Error('no keys');
    const account = createAccounts(
      settingsAt('http://127.0.0.1', { brandCredentials: [brandCredential({ apiKey: held })] }),
      clock,
    ).get({ route: 'brand', id: '1004' });
    account.replace(brandCredential({ apiKey: next }));
    // Applied again unchanged: it does not become its own former key.
    account.replace(brandCredential({ apiKey: next }));
    expect(account.symmetricKeys()).toEqual([next, held]);
    await clock.advance(dayMs);
    expect(account.symmetricKeys()).toEqual([next, held]);
    await clock.advance(dayMs);
    expect(account.symmetricKeys()).toEqual([next]);
  });

  it('decrypt what was encrypted for any of the last eight keys', async () => {
    const pairs = Array.from({ length: 10 }, newPair);
    const account = createAccounts(
      settingsAt('http://127.0.0.1', { brandCredentials: [brandCredential()] }),
      fakeClock(now),
    ).get({ route: 'brand', id: '1004' });
    const sealed = pairs.map(({ publicKey }, index) => seal(`text ${index}`, publicKey));
    for (const { privateKey } of pairs) account.replace(brandCredential({ privateKey }));
    // Applied again unchanged: nothing is listed twice, so nothing is dropped.
    for (let times = 0; times < 10; times += 1)
      account.replace(brandCredential({ privateKey: pairs[9]?.privateKey ?? first.privateKey }));
    await expect(Promise.all(sealed.slice(1).map((text) => account.unseal(text)))).resolves.toEqual(
      pairs.slice(1).map((_, index) => `text ${index + 1}`),
    );
    await expect(account.unseal(sealed[0] ?? '')).rejects.toMatchObject({ code: 'DECRYPTION_KEY_MISSING' });
  });
});

describe('expiry dates', () => {
  const account = (changes: Partial<PartnerCredential>) => partnerOf(changes).expiries();

  it('are empty if none is known', () => {
    expect(account({ publicKeys: [{ id: 'PUB_KEY_ID_01', key: wechatPay.publicKey }] })).toEqual([]);
  });

  it('include our certificate, and the last platform certificate', () => {
    expect(
      account({
        certificateNotAfter: now + dayMs,
        platformCertificates: [
          certificate({ serial: 'AA', notAfter: now + 5 * dayMs }),
          certificate({ serial: 'BB', notAfter: now + 3 * dayMs }),
        ],
      }),
    ).toEqual([
      { kind: 'API_CERTIFICATE', id: 'B1', notAfter: now + dayMs },
      { kind: 'PLATFORM_CERTIFICATE', id: 'AA', notAfter: now + 5 * dayMs },
    ]);
  });

  it('omit platform certificates if there is a public key, and keys that have a successor', () => {
    const publicKeys = [
      { id: 'PUB_KEY_ID_01', key: wechatPay.publicKey, notAfter: now + dayMs },
      { id: 'PUB_KEY_ID_02', key: newer.publicKey },
    ];
    expect(account({ publicKeys, platformCertificates: [certificate()] })).toEqual([]);
    expect(account({ publicKeys: publicKeys.slice(0, 1) })).toEqual([
      { kind: 'PUBLIC_KEY', id: 'PUB_KEY_ID_01', notAfter: now + dayMs },
    ]);
  });
});

describe('finding the account', () => {
  const accounts = accountsOf({
    brands: [
      { brandId: '1004', name: '甲', route: 'brand' },
      { brandId: '1005', name: '乙', route: 'partner' },
      { brandId: '1006', name: '丙', route: 'brand' },
    ],
    brandCredentials: [brandCredential()],
    partner: partnerCredential(),
  });
  const both = ['brand', 'partner'] as const;

  it("acts for a brand on the brand's own route", () => {
    expect(accounts.of('1004', both)).toEqual({ route: 'brand', id: '1004' });
    expect(accounts.of('1005', both)).toEqual({ route: 'partner', id: '1900000001' });
  });

  it('uses the other route for an interface that exists only there', () => {
    expect(accounts.of('1004', ['partner'])).toEqual({ route: 'partner', id: '1900000001' });
  });

  it('signs as the brand or as the partner, each with its own serial', () => {
    const brand = accounts.get({ route: 'brand', id: '1004' }).signer();
    expect(brand).toMatchObject({ route: 'brand', id: '1004', serial: 'A1' });
    const partner = accounts.get({ route: 'partner', id: '1900000001' }).signer();
    expect(partner).toMatchObject({ route: 'partner', id: '1900000001', serial: 'B1' });
  });

  it('names what to configure if a credential is missing', () => {
    expect(thrownBy(() => accounts.of('1006', both))).toMatchObject({
      code: 'MISCONFIGURED',
      message: 'this interface needs the brand route; configure an entry of brandCredentials for brand 1006',
    });
    expect(thrownBy(() => accounts.of('1005', ['brand']))).toMatchObject({ code: 'MISCONFIGURED' });
    expect(thrownBy(() => accounts.get({ route: 'brand', id: '1006' }))).toMatchObject({
      code: 'MISCONFIGURED',
      message: 'configure an entry of brandCredentials for 1006',
    });
    expect(thrownBy(() => accounts.get({ route: 'partner', id: 'another mchid' }))).toMatchObject({
      code: 'MISCONFIGURED',
    });
  });

  it('rejects a brand that is not configured', () => {
    expect(thrownBy(() => accounts.of('999', both))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a brand on auto', () => {
  const clock = fakeClock(now);
  const both = ['brand', 'partner'] as const;
  const own = { route: 'brand', id: '1004' } as const;
  const theirs = { route: 'partner', id: '1900000001' } as const;
  const autoOf = (settings: Partial<WechatPaySettings>) =>
    createAccounts(
      { ...settingsAt(''), brands: [{ brandId: '1004', name: '甲', route: 'auto' }], ...settings },
      clock,
    );
  const sealedForPartner = seal('13812345678', second.publicKey);

  it('uses what is configured, its own credential first', () => {
    const brandCredentials = [brandCredential()];
    const partner = partnerCredential();
    expect(autoOf({ brandCredentials, partner }).of('1004', both)).toEqual(own);
    expect(autoOf({ brandCredentials, partner }).of('1004', ['partner'])).toEqual(theirs);
    expect(autoOf({ brandCredentials: [], partner }).of('1004', both)).toEqual(theirs);
    expect(thrownBy(() => autoOf({ brandCredentials }).of('1004', ['partner']))).toMatchObject({
      code: 'MISCONFIGURED',
    });
  });

  it('avoids a failed account for a minute, if there is another', async () => {
    const accounts = autoOf({ brandCredentials: [brandCredential()], partner: partnerCredential() });
    accounts.avoid(own);
    expect(accounts.of('1004', both)).toEqual(theirs);
    expect(accounts.of('1004', ['brand'])).toEqual(own);
    await clock.advance(59_999);
    expect(accounts.of('1004', both)).toEqual(theirs);
    await clock.advance(1);
    expect(accounts.of('1004', both)).toEqual(own);
    accounts.avoid(theirs);
    accounts.avoid(own);
    expect(accounts.of('1004', both)).toEqual(own);
  });

  it('decrypts personal fields whichever account they are encrypted for', async () => {
    const accounts = autoOf({
      brandCredentials: [brandCredential()],
      partner: partnerCredential({ privateKey: second.privateKey }),
    });
    await expect(accounts.unseal('1004', sealedForPartner)).resolves.toBe('13812345678');
    await expect(accounts.unseal('1004', seal('x', first.publicKey))).resolves.toBe('x');
    // Both are named, because the card may have been read by either.
    const where =
      /partner\.formerPrivateKeyFiles.*brandCredentials\[\]\.formerPrivateKeyFiles|brandCredentials\[\].*partner\./;
    await expect(accounts.unseal('1004', seal('x', older.publicKey))).rejects.toMatchObject({
      code: 'DECRYPTION_KEY_MISSING',
      publicMessage: [expect.stringMatching(where), expect.stringMatching(where)],
    });
  });
});

describe('choosing a key', () => {
  const [early, late] = [
    certificate(),
    certificate({ serial: 'DECAF0', key: newer.publicKey, notBefore: now - dayMs }),
  ];

  it('encrypts with the first public key, even if there are certificates', () => {
    const publicKeys = [
      { id: 'PUB_KEY_ID_01', key: wechatPay.publicKey },
      { id: 'PUB_KEY_ID_02', key: second.publicKey },
    ];
    const account = partnerOf({ publicKeys, platformCertificates: [early] });
    expect(account.sealingKey()).toEqual(publicKeys[0]);
    expect(account.publicKeyId()).toBe('PUB_KEY_ID_01');
  });

  it('verifies with every public key and certificate, during a rotation', () => {
    const publicKeys = [{ id: 'PUB_KEY_ID_01', key: wechatPay.publicKey }];
    const account = partnerOf({ publicKeys, platformCertificates: [early, late] });
    expect(account.verifyingKey('PUB_KEY_ID_01')).toBe(wechatPay.publicKey);
    expect(account.verifyingKey('c0ffee')).toBe(older.publicKey);
    expect(account.verifyingKey('DECAF0')).toBe(newer.publicKey);
    expect(account.verifyingKey('PUB_KEY_ID_99')).toBeUndefined();
  });

  it('encrypts with the newest valid certificate', () => {
    const future = certificate({ serial: 'FACE', notBefore: now + 1 });
    const account = partnerOf({ platformCertificates: [late, early, future] });
    expect(account.sealingKey()).toEqual({ id: 'DECAF0', key: newer.publicKey });
    expect(account.publicKeyId()).toBeUndefined();
  });

  it('does not use an expired certificate', () => {
    const account = partnerOf({ platformCertificates: [certificate({ notAfter: now })] });
    expect(account.verifyingKey('C0FFEE')).toBeUndefined();
    expect(thrownBy(() => account.sealingKey())).toMatchObject({
      code: 'MISCONFIGURED',
      message: 'no key to encrypt personal fields with; configure publicKeys of the partner 1900000001',
    });
  });

  it('rejects the brand route without a public key, because every request must name one', () => {
    const account = accountsOf({ brandCredentials: [brandCredential({ publicKeys: [] })] }).get({
      route: 'brand',
      id: '1004',
    });
    expect(thrownBy(() => account.publicKeyId())).toMatchObject({ code: 'MISCONFIGURED' });
  });
});

describe('changing keys at run time', () => {
  it('adds downloaded certificates to the known ones', () => {
    const account = partnerOf({ platformCertificates: [certificate()] });
    account.addCertificates([
      certificate({ serial: 'DECAF0', key: newer.publicKey, notBefore: now - dayMs }),
    ]);
    expect(account.sealingKey().id).toBe('DECAF0');
    expect(account.verifyingKey('C0FFEE')).toBe(older.publicKey);
  });

  it('replaces serial and key together, still decrypts older data, and keeps downloaded certificates', async () => {
    const account = partnerOf({});
    account.addCertificates([certificate()]);
    const before = account.signer();
    account.replace(
      partnerCredential({
        serial: 'B2',
        privateKey: second.privateKey,
        formerPrivateKeys: [first.privateKey],
      }),
    );
    expect(account.signer()).toEqual({ ...before, serial: 'B2', privateKey: second.privateKey });
    await expect(account.unseal(seal('13812345678', first.publicKey))).resolves.toBe('13812345678');
    await expect(account.unseal(seal('13812345678', second.publicKey))).resolves.toBe('13812345678');
    expect(account.verifyingKey('C0FFEE')).toBe(older.publicKey);
  });
});

it('takes a key that moves to another process for the same key, and still decrypts with one that is replaced', async () => {
  const signer = { url: 'https://kms.internal/k', timeoutMs: 1_000, publicKey: first.publicKey };
  const settings = (changes: Partial<BrandCredential>): WechatPaySettings =>
    settingsAt('http://127.0.0.1', { brandCredentials: [brandCredential(changes)] });
  const moved = planRotation(settings({}), settings({ privateKey: signer }));
  expect([moved.problems, moved.changed]).toEqual([[], ['brand 1004']]);
  const slower = planRotation(
    settings({ privateKey: signer }),
    settings({ privateKey: { ...signer, timeoutMs: 2_000 } }),
  );
  expect([slower.problems, slower.changed]).toEqual([[], ['brand 1004']]);
  const forgotten = planRotation(
    settings({ privateKey: signer }),
    settings({ privateKey: { ...signer, publicKey: second.publicKey } }),
  );
  expect(forgotten.problems).toEqual([expect.stringContaining('has changed but not the serial') as string]);

  const asked: string[] = [];
  const accounts = createAccounts(settings({ privateKey: signer }), fakeClock(now), (_, name) => ({
    publicKey: first.publicKey,
    sign: () => Promise.resolve('signature'),
    decrypt() {
      asked.push(name);
      return Promise.resolve('13812345678');
    },
  }));
  const account = accounts.get({ route: 'brand', id: '1004' });
  account.replace(brandCredential({ serial: 'A2', privateKey: second.privateKey }));
  await expect(account.unseal(seal('13812345678', first.publicKey))).resolves.toBe('13812345678');
  expect(asked).toEqual(['brand 1004']);
});

it('never prints a key', () => {
  const accounts = accountsOf({ brandCredentials: [brandCredential()], partner: partnerCredential() });
  const account = accounts.get({ route: 'brand', id: '1004' });
  expect(inspect(account)).toBe('[redacted]');
  expect(JSON.stringify({ account })).toBe('{"account":"[redacted]"}');
  const printed = [accounts, account, { ...account }, account.signer(), account.sealingKey()]
    .flatMap((value) => [inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value)])
    .join();
  const { d = '', n = '' } = first.privateKey.export({ format: 'jwk' });
  for (const secret of [d, n, 'BEGIN']) expect(printed).not.toContain(secret);
});
