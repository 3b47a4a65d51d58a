import { checkBrands } from '../../src/cli/check-brand';
import { systemClock } from '../../src/shared/clock';
import { brandOf, configFile, credential, type ConfigFile } from '../support/config-on-disk';
import { newPair } from '../support/key-pairs';
import { startSandbox, type Sandbox } from '../support/sandbox';

describe('check-brand', () => {
  let sandbox: Sandbox;
  let file: ConfigFile;
  let lines: string[];
  const both = () => {
    const { partner, wechatPay } = sandbox.provision;
    file.put('partner.pem', partner.privateKeyPem);
    file.put('apiv3.key', partner.apiV3Key);
    const { brandId, name, apiKey } = brandOf(sandbox);
    file.put('brand-api.key', apiKey);
    return {
      brands: [{ brandId, name, route: 'auto' }],
      brandCredentials: [
        { ...credential(brandOf(sandbox).serial, wechatPay.publicKeyId), apiKeyFile: 'brand-api.key' },
      ],
      partner: {
        mchid: partner.mchid,
        serial: partner.serial,
        privateKeyFile: 'partner.pem',
        publicKeys: [{ id: wechatPay.publicKeyId, file: 'wechatpay.pem' }],
        apiV3KeyFile: 'apiv3.key',
      },
    };
  };
  const check = async (...argv: readonly string[]): Promise<number> => {
    lines = [];
    return checkBrands([...argv, '--config', file.path], {
      env: {},
      clock: systemClock,
      print: (line) => lines.push(line),
    });
  };
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 1 });
    file = configFile(sandbox);
  });
  afterAll(async () => {
    await sandbox.close();
    file.remove();
  });

  /** Of one route: each subject has a line of its own, whatever fails. */
  const statesOf = (route: string) =>
    Object.fromEntries(
      lines.flatMap((line) => {
        const [, state = '', subject = ''] =
          new RegExp(`^1004 +(\\w+) +${route} route: ([^:]+): `).exec(line) ?? [];
        return subject === '' ? [] : [[subject, state]];
      }),
    );

  it('proves each credential of each route, with calls that change nothing', async () => {
    file.write(both());
    const before = sandbox.ledger.entries().length;
    expect(await check('1004')).toBe(0);
    const shown = lines.map((line) => line.replace(/[0-9A-F]{40}|PUB_KEY_ID_\d+/g, 'ID'));
    expect(shown.slice(0, 6)).toEqual([
      '1004  ok        brand route: serial and private key: WeChat Pay accepts ID',
      "1004  ok        brand route: WeChat Pay's key: its response is signed by ID",
      expect.stringMatching(
        /^1004 {2}unproven {2}brand route: brand API key: only notifications need it.*apiKeyFile$/,
      ),
      '1004  ok        partner route: serial and private key: WeChat Pay accepts ID',
      "1004  ok        partner route: WeChat Pay's key: its response is signed by ID",
      '1004  ok        partner route: APIv3 key: it decrypts a certificate that WeChat Pay sent',
    ]);
    expect(lines.slice(6).join('\n')).toMatch(/notify_url: .*\n1004 .*appid: /);
    const sent = sandbox.ledger.entries().slice(before);
    expect(sent.map((call) => call.interface).toSorted()).toEqual([
      'GET_CERTIFICATES',
      'LIST_CARD_TEMPLATES',
      'LIST_CARD_TEMPLATES',
    ]);
  });

  it('names the setting of what fails', async () => {
    const settings = both();
    file.write({
      ...settings,
      partner: { ...settings.partner, serial: '5AAA000000000000000000000000000000000001' },
    });
    expect(await check()).toBe(1);
    expect(lines.join('\n')).toMatch(/1004 {2}failed {4}partner route: .*serial.*; look at partner$/m);
    expect(lines.join('\n')).toMatch(/1004 {2}ok {8}brand route: serial and private key/);
    expect(statesOf('partner')).toEqual({
      'serial and private key': 'failed',
      "WeChat Pay's key": 'unproven',
      'APIv3 key': 'failed',
    });

    file.write(settings);
    file.put('apiv3.key', 'x'.repeat(32));
    expect(await check()).toBe(1);
    expect(lines.join('\n')).toMatch(/failed {4}partner route: APIv3 key: .*; look at partner\.apiV3KeyFile/);

    const { publicKey } = newPair();
    file.put('wechatpay.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect(await check()).toBe(1);
    expect(lines.join('\n')).toMatch(
      /failed {4}brand route: .*; look at brandCredentials \(1004\)\.publicKeys/,
    );

    expect(statesOf('brand')).toEqual({
      'serial and private key': 'unproven',
      "WeChat Pay's key": 'failed',
      'brand API key': 'unproven',
    });

    file.write({ ...settings, hosts: { main: 'http://127.0.0.1:1', backup: 'http://127.0.0.1:1' } });
    expect(await check()).toBe(1);
    expect(lines.join('\n')).toMatch(/failed {4}brand route: .*; look at hosts, network/);
    expect(statesOf('brand')).toEqual({
      'serial and private key': 'failed',
      "WeChat Pay's key": 'unproven',
      'brand API key': 'unproven',
    });
    file.put('wechatpay.pem', sandbox.provision.wechatPay.publicKeyPem);
  });

  it('refuses a brand that is not configured, and explains itself without a configuration', async () => {
    file.write();
    expect(await check('nobody')).toBe(1);
    expect(lines).toEqual(['nobody: not a brand of the configuration, which has 1004']);
    lines = [];
    const io = { env: {}, clock: systemClock, print: (line: string) => lines.push(line) };
    expect(await checkBrands([], io)).toBe(1);
    expect(lines.join('\n')).toMatch(/Usage: npm run check-brand/);
  });
});
