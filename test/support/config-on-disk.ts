import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Sandbox } from './sandbox';

/** A configuration on disk that uses a sandbox, as an operator would write it. */
export interface ConfigFile {
  readonly path: string;
  readonly directory: string;
  /** Writes a file beside the configuration. */
  put(name: string, content: string | Buffer): void;
  /** Writes the configuration again, with these members replaced. */
  write(changes?: Readonly<Record<string, unknown>>): void;
  remove(): void;
}

export const brandOf = ({ provision }: Sandbox) => {
  const brand = provision.brands.find(({ brandId }) => brandId === '1004');
  if (brand === undefined) throw new Error('the stand-in has no brand 1004');
  return brand;
};

export const configFile = (sandbox: Sandbox): ConfigFile => {
  const directory = mkdtempSync(join(tmpdir(), 'member-config-'));
  const { wechatPay } = sandbox.provision;
  const { brandId, name, serial, privateKeyPem } = brandOf(sandbox);
  const put = (file: string, content: string | Buffer): void => {
    writeFileSync(join(directory, file), content);
  };
  put('brand.pem', privateKeyPem);
  put('wechatpay.pem', wechatPay.publicKeyPem);
  put('ids.key', Buffer.alloc(32, 7).toString('base64'));
  const first = {
    // A slow response on a busy machine must not become a refusal, nor may the drain's bound end what should end by itself.
    server: { port: '0', queryDeadlineMs: '20000', drainMs: '120000' },
    // Some tests ask as fast as the machine can.
    maxDecryptionsPerSecond: '100000',
    brands: [{ brandId, name, route: 'brand' }],
    brandCredentials: [credential(serial, wechatPay.publicKeyId)],
    hosts: { main: sandbox.url, backup: sandbox.url },
    ids: { keyFile: 'ids.key' },
    encryptionKeys: [{ id: 'k1', file: 'ids.key' }],
  };
  const write = (changes: Readonly<Record<string, unknown>> = {}): void => {
    put('config.yaml', stringify({ ...first, ...changes }));
  };
  write();
  return {
    path: join(directory, 'config.yaml'),
    directory,
    put,
    write,
    remove() {
      rmSync(directory, { recursive: true });
    },
  };
};

/** An entry of `brandCredentials` for brand 1004. */
export const credential = (serial: string, publicKeyId: string) => ({
  brandId: '1004',
  serial,
  privateKeyFile: 'brand.pem',
  publicKeys: [{ id: publicKeyId, file: 'wechatpay.pem' }],
});
