import { inspect } from 'node:util';
import { loadConfig } from '../../src/config/load';
import { certify, type Certified } from '../support/certify';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { systemClock } from '../../src/shared/clock';
import { brandOf, configFile, credential, type ConfigFile } from '../support/config-on-disk';

const day = 86_400_000;

describe("the operators' part of the configuration", () => {
  let sandbox: Sandbox;
  let file: ConfigFile;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 1 });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    file = configFile(sandbox);
    file.put('audit.key', Buffer.from('CANARY_CANARY_CANARY_CANARY_CANA').toString('base64'));
  });
  afterEach(() => {
    file.remove();
  });
  const load = (changes: Readonly<Record<string, unknown>> = {}) => {
    file.write(changes);
    return loadConfig({ file: file.path, env: {}, clock: systemClock });
  };
  const problem = async (changes: Readonly<Record<string, unknown>>): Promise<string> => {
    try {
      await load(changes);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return 'no problem';
  };

  it("has no operators' port, no directory and no allowed origin by default", async () => {
    const config = await load();
    expect([config.metrics, config.audit, config.http.corsOrigins]).toEqual([undefined, undefined, []]);
  });

  it('reads the given values', async () => {
    const config = await load({
      metrics: { host: '0.0.0.0', port: '9000' },
      audit: { directory: 'audit', keyFile: 'audit.key' },
      http: {
        corsOrigins: ['https://shop.example.com'],
        corsHeaders: ['X-Shop-Version'],
        headersTimeoutMs: '500',
      },
    });
    expect(config.metrics).toEqual({ host: '0.0.0.0', port: 9000 });
    expect(config.audit?.directory).toBe(`${file.directory}/audit`);
    expect(config.http).toMatchObject({
      corsOrigins: ['https://shop.example.com'],
      corsHeaders: ['x-shop-version'],
      headersTimeoutMs: 500,
      requestTimeoutMs: 30_000,
    });
  });

  it.each([
    [{ metrics: { port: '70000' } }, /metrics\.port: must be a whole number from 0 to 65535/],
    [{ http: { corsOrigins: ['*'] } }, /http\.corsOrigins\[0\]: must be an origin.*\* is not accepted/],
    [{ http: { corsOrigins: ['https://a.example/path'] } }, /corsOrigins\[0\]: must be an origin/],
    [{ http: { corsOrigins: ['null'] } }, /corsOrigins\[0\]: must be an origin/],
    [{ http: { corsHeaders: ['*'] } }, /http\.corsHeaders\[0\]: must be the name of a request header/],
    [{ http: { corsHeaders: ['Cookie'] } }, /corsHeaders\[0\]: .*cookie are not accepted/],
    [{ http: { corsHeaders: ['a b'] } }, /corsHeaders\[0\]: must be the name/],
    [{ http: { headersTimeoutMs: '0' } }, /http\.headersTimeoutMs: must be a whole number from 10/],
    [{ http: { maxConnections: '0' } }, /http\.maxConnections: must be/],
    [{ audit: { directory: 'audit' } }, /audit\.keyFile: is missing; write audit\.keyFile or keyEnv/],
    [{ audit: { directory: 'audit', keyFile: 'brand.pem' } }, /audit\.keyFile: must be 32 bytes in base64/],
    [{ audit: { keyFile: 'audit.key' } }, /audit\.directory: is missing/],
  ])('reports %j', async (changes, expected) => {
    expect(await problem(changes)).toMatch(expected);
  });

  it('prints [redacted] for every key, however it is printed', async () => {
    const config = await load({ audit: { directory: 'audit', keyFile: 'audit.key' } });
    const [first] = config.wechatPay.brandCredentials;
    const keys = [
      config.audit?.key,
      config.encryptionKeys[0]?.key,
      config.ids.key,
      first?.privateKey,
      first?.publicKeys[0]?.key,
    ];
    for (const key of keys)
      expect([inspect(key), JSON.stringify({ key })]).toEqual(['[redacted]', '{"key":"[redacted]"}']);
    const whole = inspect(config, { depth: 20, showHidden: true }) + JSON.stringify(config);
    // As text, and as the bytes that a Buffer prints.
    expect(whole).not.toMatch(/CANARY|43 41 4e 41|07 07 07|"data":\[/);
  });

  describe('with our own certificate', () => {
    const certificate = (changes: Partial<Certified> = {}): Promise<string> => {
      const { serial, privateKeyPem } = brandOf(sandbox);
      return certify({ serial, privateKeyPem, ...changes });
    };
    const withCertificate = () => ({
      brandCredentials: [
        {
          ...credential(brandOf(sandbox).serial, sandbox.provision.wechatPay.publicKeyId),
          certificateFile: 'cert.pem',
        },
      ],
    });

    it('reads its expiry', async () => {
      file.put('cert.pem', await certificate());
      const { wechatPay } = await load(withCertificate());
      const left = (wechatPay.brandCredentials[0]?.certificateNotAfter ?? 0) - systemClock.now();
      expect(Math.round(left / day)).toBe(20);
    });

    it('reports a wrong serial and a wrong key', async () => {
      file.put('cert.pem', await certificate({ serial: '5BBB000000000001' }));
      expect(await problem(withCertificate())).toMatch(/certificateFile: has another serial number/);
      file.put('cert.pem', await certificate());
      file.put('brand.pem', sandbox.provision.partner.privateKeyPem);
      expect(await problem(withCertificate())).toMatch(
        /certificateFile: is not the certificate of the private key/,
      );
    });

    it('accepts an expired certificate, because readiness warns of it', async () => {
      file.put('cert.pem', await certificate({ days: -1 }));
      const { wechatPay } = await load(withCertificate());
      expect(wechatPay.brandCredentials[0]?.certificateNotAfter).toBeLessThan(systemClock.now());
    });

    it("reads the day on which WeChat Pay's key expires, in WeChat Pay's time zone", async () => {
      const [own] = withCertificate().brandCredentials;
      const withDay = (notAfter: string) => ({
        brandCredentials: [
          { ...own, publicKeys: [{ ...own?.publicKeys[0], notAfter }], certificateFile: undefined },
        ],
      });
      const { wechatPay } = await load(withDay('2027-01-31'));
      expect(wechatPay.brandCredentials[0]?.publicKeys[0]?.notAfter).toBe(Date.parse('2027-01-30T16:00:00Z'));
      expect(await problem(withDay('31.1.2027'))).toMatch(/notAfter: must be a date such as 2027-01-31/);
      expect(await problem(withDay('2027-13-01'))).toMatch(/notAfter: must be a date such as 2027-01-31/);
    });
  });
});
