import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchDir, productDir } from './places';
import type { Provision } from './stand-in';

/** Every contender is told the same, in a file: where the upstream is, whose keys sign, the documented limit. */
export interface Setup {
  /** For the rivals. */
  readonly file: string;
  /** The same in the product's own configuration format. */
  readonly productFile: string;
  /** Of a caller of the product's who may read and write every brand. */
  readonly apiKey: string;
}

interface ProductOptions {
  readonly makeApiKey: () => { readonly id: string; readonly text: string };
  readonly hashOfApiKey: (text: string) => string;
  readonly printKeyFile: (keys: readonly object[]) => string;
}

const apiKeyOf = (caller: string) => {
  const product = createRequire(__filename);
  const part = (name: string) => product(join(productDir, 'auth', name)) as ProductOptions;
  const { makeApiKey, hashOfApiKey } = part('api-key.js');
  const { id, text } = makeApiKey();
  const key = {
    id,
    caller,
    hash: hashOfApiKey(text),
    scopes: ['brand:*:read', 'brand:*:write'],
    createdAt: '2020-01-01T00:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
  };
  return { text, file: part('api-key-file.js').printKeyFile([key]) };
};

/** The brand route's documented limit, calls per second per brand and interface. */
export const callsPerSecond = 5;
/** The product's own freshness (src/traffic/cache/policy.ts), given to all. */
const freshSeconds = 600;

/** `redis`: what the product's instances share; there is one where there are several. */
export const writeSetup = (upstream: string, { wechatPay, brands }: Provision, redis?: string): Setup => {
  const { text: apiKey, file: apiKeyFile } = apiKeyOf('bench');
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const write = (name: string, content: string | Buffer): string => {
    const file = join(directory, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const publicKey = { id: wechatPay.publicKeyId, file: write('wechatpay.pem', wechatPay.publicKeyPem) };
  const credentials = brands.map(({ brandId, name, serial, privateKeyPem }) => ({
    brandId,
    name,
    serial,
    privateKeyFile: write(`${brandId}.pem`, privateKeyPem),
  }));
  return {
    apiKey,
    file: write(
      'setup.json',
      JSON.stringify({
        upstream,
        publicKey,
        brands: credentials,
        callsPerSecond,
        freshSeconds,
        product: productDir,
        contract: join(benchDir, 'contract.graphql'),
      }),
    ),
    productFile: write(
      'config.json',
      JSON.stringify({
        server: { port: 0 },
        metrics: { port: 0 },
        // The load stands for many callers; a bound on one of them is not what is measured.
        auth: {
          apiKeys: { file: write('api-keys.json', apiKeyFile) },
          requests: { perSecond: 100_000, burst: 100_000 },
        },
        ...(redis === undefined ? {} : { redis: { url: redis } }),
        hosts: { main: upstream, backup: upstream },
        brands: brands.map(({ brandId, name }) => ({ brandId, name, route: 'brand' })),
        brandCredentials: credentials.map(({ brandId, serial, privateKeyFile }) => ({
          brandId,
          serial,
          privateKeyFile,
          publicKeys: [publicKey],
        })),
        ids: { keyFile: write('ids.key', randomBytes(32).toString('base64')) },
        encryptionKeys: [{ id: 'k1', file: write('encryption.key', randomBytes(32).toString('base64')) }],
      }),
    ),
  };
};
