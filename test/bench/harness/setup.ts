import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
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
}

/** The brand route's documented limit, calls per second per brand and interface. */
const callsPerSecond = 5;
/** The product's own freshness (src/traffic/cache/policy.ts), given to all. */
const freshSeconds = 600;

export const writeSetup = (upstream: string, { wechatPay, brands }: Provision): Setup => {
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
        hosts: { main: upstream, backup: upstream },
        brands: brands.map(({ brandId, name }) => ({ brandId, name, route: 'brand' })),
        brandCredentials: credentials.map(({ brandId, serial, privateKeyFile }) => ({
          brandId,
          serial,
          privateKeyFile,
          publicKeys: [publicKey],
        })),
        encryptionKeys: [{ id: 'k1', file: write('encryption.key', randomBytes(32).toString('base64')) }],
      }),
    ),
  };
};
