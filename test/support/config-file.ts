import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from './sandbox';

/**
 * Writes the settings for a sandbox as an operator who goes live would, with the keys in files beside. Returns the path of the
 * file.
 */
export const writeConfig = (
  { url, provision: { brands, partner, wechatPay } }: Pick<Sandbox, 'url' | 'provision'>,
  more: Readonly<Record<string, unknown>> = {},
): { readonly file: string; readonly directory: string } => {
  const directory = mkdtempSync(join(tmpdir(), 'config-'));
  const put = (name: string, content: string | Buffer): string => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return `./${name}`;
  };
  const publicKeys = [{ id: wechatPay.publicKeyId, file: put('wechatpay.pem', wechatPay.publicKeyPem) }];
  const file = join(directory, 'config.json');
  const config = {
    brands: brands.map(({ brandId, name }) => ({ brandId, name, route: 'brand' })),
    brandCredentials: brands.map(({ brandId, serial, privateKeyPem, apiKey }) => ({
      brandId,
      serial,
      privateKeyFile: put(`${brandId}.pem`, privateKeyPem),
      publicKeys,
      apiKeyFile: put(`${brandId}.key`, apiKey),
    })),
    partner: {
      mchid: partner.mchid,
      serial: partner.serial,
      privateKeyFile: put('partner.pem', partner.privateKeyPem),
      publicKeys,
      apiV3KeyFile: put('partner.key', partner.apiV3Key),
    },
    hosts: { main: url, backup: url },
    ids: { keyFile: put('ids.key', randomBytes(32).toString('base64')) },
    encryptionKeys: [{ id: 'k1', file: put('k1.key', randomBytes(32).toString('base64')) }],
    ...more,
  };
  writeFileSync(file, JSON.stringify(config));
  return { file, directory };
};
