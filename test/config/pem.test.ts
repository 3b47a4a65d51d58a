import { KeyObject } from 'node:crypto';
import { loadConfig } from '../../src/config/load';
import { ConfigError } from '../../src/config/reader';
import { systemClock } from '../../src/shared/clock';
import { brandOf, configFile, credential, type ConfigFile } from '../support/config-on-disk';
import { startSandbox, type Sandbox } from '../support/sandbox';

/** Every form in which people have a PEM, as a file, in a variable and in the configuration. */
const forms: Readonly<Record<string, (pem: string) => string>> = {
  'as it is': (pem) => pem,
  'with Windows line breaks and a byte order mark': (pem) => `\uFEFF${pem.replaceAll('\n', '\r\n')}`,
  'with \\n for line breaks': (pem) => pem.replaceAll('\n', '\\n'),
  'with \\r\\n for line breaks, in quotes': (pem) => `"${pem.replaceAll('\n', '\\r\\n')}"`,
  'on one line': (pem) => pem.replaceAll('\n', ''),
  'with spaces for line breaks': (pem) => pem.trim().replaceAll('\n', ' '),
  indented: (pem) => pem.replace(/^/gm, '    '),
  'in base64': (pem) => Buffer.from(pem).toString('base64'),
  'in base64 with line breaks': (pem) =>
    Buffer.from(pem)
      .toString('base64')
      .replace(/.{76}/g, (line) => `${line}\n`),
  'with bag attributes': (pem) => `Bag Attributes\n    friendlyName: 1004\n${pem}`,
};

describe('a PEM', () => {
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
  const load = async (
    changes: Readonly<Record<string, unknown>>,
    env: Readonly<Record<string, string>> = {},
  ) => {
    const { publicKeyId } = sandbox.provision.wechatPay;
    file.write({
      brandCredentials: [{ ...credential(brandOf(sandbox).serial, publicKeyId), ...changes }],
    });
    return loadConfig({ file: file.path, env, clock: systemClock });
  };
  const privateKeyIn = async (loading: ReturnType<typeof load>): Promise<string | undefined> => {
    const key = (await loading).wechatPay.brandCredentials[0]?.privateKey;
    return key instanceof KeyObject ? key.export({ type: 'pkcs8', format: 'pem' }).toString() : undefined;
  };
  const publicKeyIn = async (loading: ReturnType<typeof load>): Promise<string | undefined> =>
    (await loading).wechatPay.brandCredentials[0]?.publicKeys[0]?.key
      .export({ type: 'spki', format: 'pem' })
      .toString();

  it.each(Object.entries(forms))('is read %s', async (_, write) => {
    const { privateKeyPem } = brandOf(sandbox);
    const { publicKeyId, publicKeyPem } = sandbox.provision.wechatPay;
    file.put('brand.pem', write(privateKeyPem));
    expect(await privateKeyIn(load({}))).toBe(privateKeyPem);
    const inVariable = { privateKeyFile: undefined, privateKeyEnv: 'KEY' };
    expect(await privateKeyIn(load(inVariable, { KEY: write(privateKeyPem) }))).toBe(privateKeyPem);
    expect(await privateKeyIn(load({ privateKeyFile: write(privateKeyPem) }))).toBe(privateKeyPem);
    const publicKeys = [{ id: publicKeyId, file: write(publicKeyPem) }];
    expect(await publicKeyIn(load({ publicKeys }))).toBe(publicKeyPem);
  });

  it('makes the configuration a file for its owner only if it holds a private key', async () => {
    const { files } = await load({ privateKeyFile: brandOf(sandbox).privateKeyPem });
    expect(files).toContainEqual({
      setting: 'the configuration, which holds brandCredentials[0].privateKeyFile',
      file: file.path,
      isPublic: false,
    });
  });

  it('makes a file with certificate and private key one for its owner only', async () => {
    file.put('brand.pem', sandbox.provision.wechatPay.certificatePem + brandOf(sandbox).privateKeyPem);
    const { files } = await load({});
    expect(files.find(({ setting }) => setting.endsWith('privateKeyFile'))?.isPublic).toBe(false);
  });

  it('is never shown, whatever is wrong with it', async () => {
    const { privateKeyPem } = brandOf(sandbox);
    const broken = Buffer.from(privateKeyPem.replace('END', 'ENDE')).toString('base64');
    for (const privateKeyFile of [broken, privateKeyPem.slice(0, 300), privateKeyPem.replace(/M/g, 'N')]) {
      const error: unknown = await load({ privateKeyFile }).catch((reason: unknown) => reason);
      expect(error).toEqual(
        new ConfigError([
          'brandCredentials[0].privateKeyFile: is not a private key in PEM (apiclient_key.pem of the API certificate)',
        ]),
      );
    }
  });
});
