import { inspect } from 'node:util';
import { loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/config/reader';
import { systemClock } from '../../src/shared/clock';
import { certify } from '../support/certify';
import { brandOf, configFile, credential, type ConfigFile } from '../support/config-on-disk';
import { startSandbox, type Sandbox } from '../support/sandbox';

let sandbox: Sandbox;
let file: ConfigFile;
beforeAll(async () => {
  sandbox = await startSandbox({ membersPerBrand: 1 });
  file = configFile(sandbox);
  file.put('cert.pem', await certify(brandOf(sandbox)));
  file.put('signer.token', 's3cr3t-token-of-vault\n');
});
afterAll(async () => {
  file.remove();
  await sandbox.close();
});

const url = 'https://kms.internal/keys/brand-1004/';
const load = async (changes: Readonly<Record<string, unknown>>) => {
  const { publicKeyId } = sandbox.provision.wechatPay;
  const base = { privateKeyFile: undefined, serial: undefined, certificateFile: 'cert.pem' };
  file.write({ brandCredentials: [{ ...credential('', publicKeyId), ...base, ...changes }] });
  const { wechatPay } = await loadConfig({ file: file.path, env: {}, clock: systemClock });
  return wechatPay.brandCredentials[0];
};
const problemsOf = async (changes: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
  try {
    await load(changes);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('the process that holds a private key', () => {
  it('takes its place, with the serial and the public half of the certificate', async () => {
    const found = await load({ signer: { url, tokenFile: 'signer.token' } });
    expect(found?.serial).toBe(brandOf(sandbox).serial);
    const key = found?.privateKey;
    if (key === undefined || !('url' in key)) throw new Error('no signer');
    expect(key).toMatchObject({ url: 'https://kms.internal/keys/brand-1004', timeoutMs: 1_000 });
    expect(key.token?.header).toBe('Bearer s3cr3t-token-of-vault');
    expect(inspect(found, { depth: 9 }) + JSON.stringify(found)).not.toContain('s3cr3t');
  });

  it.each(['http://127.0.0.1:8200', 'http://[::1]:8200', 'http://localhost:8200'])(
    'may be reached without TLS on this machine: %s',
    async (local) => {
      expect(await problemsOf({ signer: { url: local } })).toEqual([]);
    },
  );

  it.each([
    ['http://kms.internal/keys', /signer\.url: must be https:/],
    ['ftp://kms.internal', /signer\.url: must be https:/],
    ['https://user:s3cr3t@kms.internal', /without user, password/],
    ['https://kms.internal/?token=s3cr3t', /a token belongs in tokenFile/],
  ])('is no place for secrets, nor for plain text over the network: %s', async (wrong, rule) => {
    const [problem = '', ...others] = await problemsOf({ signer: { url: wrong } });
    expect([problem, others]).toEqual([expect.stringMatching(rule) as string, []]);
    expect(problem).not.toMatch(/s3cr3t|kms/);
  });

  it('excludes a key at hand, and needs the certificate', async () => {
    expect(await problemsOf({ signer: { url }, privateKeyFile: 'brand.pem' })).toEqual([
      'brandCredentials[0].signer: write only one of signer and brandCredentials[0].privateKeyFile',
    ]);
    expect(
      await problemsOf({ signer: { url }, serial: brandOf(sandbox).serial, certificateFile: undefined }),
    ).toEqual([
      "brandCredentials[0].certificateFile: is missing: with signer, every signature is verified by the certificate's key",
    ]);
  });
});
