import { loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/config/reader';
import { systemClock } from '../../src/shared/clock';
import { certify } from '../support/certify';
import { brandOf, configFile, credential, type ConfigFile } from '../support/config-on-disk';
import { newPair } from '../support/key-pairs';
import { startSandbox, type Sandbox } from '../support/sandbox';

let sandbox: Sandbox;
let file: ConfigFile;
beforeAll(async () => {
  sandbox = await startSandbox({ membersPerBrand: 1 });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  file = configFile(sandbox);
});
afterEach(() => {
  file.remove();
});

const problemOf = (loading: Promise<unknown>): Promise<string> =>
  loading.then(
    () => 'no problem',
    (error: unknown) => (error instanceof ConfigError ? error.message : String(error)),
  );
const pemOf = ({ privateKey }: ReturnType<typeof newPair>): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the serial number of our API certificate', () => {
  const load = async (changes: Readonly<Record<string, unknown>>) => {
    const { publicKeyId } = sandbox.provision.wechatPay;
    const { serial } = brandOf(sandbox);
    file.write({ brandCredentials: [{ ...credential(serial, publicKeyId), ...changes }] });
    const { wechatPay } = await loadConfig({ file: file.path, env: {}, clock: systemClock });
    return wechatPay.brandCredentials[0]?.serial;
  };
  const own = (): string => brandOf(sandbox).serial;
  const decimal = (): string => BigInt(`0x${own()}`).toString();
  const withCertificate = async (): Promise<void> => {
    file.put('cert.pem', await certify(brandOf(sandbox)));
  };

  it('is read from the certificate if it is not written', async () => {
    await withCertificate();
    expect(await load({ serial: undefined, certificateFile: 'cert.pem' })).toBe(own());
  });

  it('is missing without a certificate, and not said to be missing if the certificate cannot be read', async () => {
    expect(await problemOf(load({ serial: undefined }))).toBe(
      'brandCredentials[0].serial: is missing; it must be the serial number of the API certificate, in hex, unless certificateFile names that certificate',
    );
    file.put('cert.pem', 'no certificate');
    expect(await problemOf(load({ serial: undefined, certificateFile: 'cert.pem' }))).toBe(
      'brandCredentials[0].certificateFile: is not a certificate in PEM',
    );
  });

  it('is taken as other programs print it', async () => {
    const pairs = own().match(/../g) ?? [];
    for (const serial of [own().toLowerCase(), pairs.join(':'), pairs.join(' '), `serial=${own()}`])
      expect(await load({ serial })).toBe(own());
  });

  it('is compared with that of the certificate', async () => {
    await withCertificate();
    expect(await problemOf(load({ serial: '5BBB000000000001', certificateFile: 'cert.pem' }))).toBe(
      `brandCredentials[0].certificateFile: has another serial number than the serial setting; if the file is right, write ${own()}, or leave serial out`,
    );
  });

  it('is recognised in decimal, with the form to write', async () => {
    expect(await problemOf(load({ serial: decimal() }))).toBe(
      `brandCredentials[0].serial: is in decimal; WeChat Pay expects it in hex: ${own()}`,
    );
    // A short one could be hex; the certificate decides.
    file.put('cert.pem', await certify({ ...brandOf(sandbox), serial: '5BBB00000001' }));
    const short = BigInt('0x5BBB00000001').toString();
    expect(await problemOf(load({ serial: short, certificateFile: 'cert.pem' }))).toMatch(
      /serial: is in decimal; WeChat Pay expects it in hex: 5BBB00000001$/,
    );
    expect(await load({ serial: short })).toBe(short);
  });
});

describe('a file with several certificates', () => {
  const authority = async (): Promise<string> =>
    certify({ privateKeyPem: pemOf(newPair()), serial: '5CA0000000000001', isAuthority: true });

  it('gives the one of our private key, wherever it stands', async () => {
    const { serial, privateKeyPem } = brandOf(sandbox);
    const own = await certify({ serial, privateKeyPem });
    const other = await certify({ privateKeyPem: pemOf(newPair()), serial: '5BBB000000000001' });
    const { publicKeyId } = sandbox.provision.wechatPay;
    for (const chain of [
      [own, await authority()],
      [await authority(), other, own],
    ]) {
      file.put('cert.pem', chain.join('\n'));
      file.write({
        brandCredentials: [
          { ...credential(serial, publicKeyId), serial: undefined, certificateFile: 'cert.pem' },
        ],
      });
      const { wechatPay } = await loadConfig({ file: file.path, env: {}, clock: systemClock });
      expect(wechatPay.brandCredentials[0]?.serial).toBe(serial);
    }
  });

  it("gives all of WeChat Pay's, without the authority's", async () => {
    const { partner, wechatPay } = sandbox.provision;
    file.put('partner.pem', partner.privateKeyPem);
    const second = await certify({ privateKeyPem: pemOf(newPair()), serial: '5BBB000000000001' });
    file.put('platform.pem', [await authority(), wechatPay.certificatePem, second].join('\n'));
    file.write({
      partner: {
        mchid: partner.mchid,
        serial: partner.serial,
        privateKeyFile: 'partner.pem',
        platformCertificateFiles: ['platform.pem'],
      },
    });
    const loaded = await loadConfig({ file: file.path, env: {}, clock: systemClock });
    expect(loaded.wechatPay.partner?.platformCertificates.map(({ serial }) => serial)).toEqual([
      wechatPay.certificateSerial,
      '5BBB000000000001',
    ]);
  });
});

describe('platform certificates of which one has expired', () => {
  const load = async (names: readonly string[]) => {
    const { partner, wechatPay } = sandbox.provision;
    file.put('partner.pem', partner.privateKeyPem);
    file.put('valid.pem', wechatPay.certificatePem);
    file.put('expired.pem', wechatPay.expiredCertificatePem);
    file.write({
      partner: {
        mchid: partner.mchid,
        serial: partner.serial,
        privateKeyFile: 'partner.pem',
        platformCertificateFiles: names,
      },
    });
    return (await loadConfig({ file: file.path, env: {}, clock: systemClock })).wechatPay.partner
      ?.platformCertificates.length;
  };

  it('are read, because the valid one suffices and readiness warns of the other', async () => {
    expect(await load(['valid.pem', 'expired.pem'])).toBe(2);
  });

  it('are a problem if no other key verifies anything', async () => {
    await expect(load(['expired.pem'])).rejects.toEqual(
      new ConfigError([
        'partner.platformCertificateFiles: lists expired certificates only; download the current one',
      ]),
    );
  });
});
