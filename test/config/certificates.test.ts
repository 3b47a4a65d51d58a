import { loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/config/reader';
import { systemClock } from '../../src/shared/clock';
import { configFile, type ConfigFile } from '../support/config-on-disk';
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
