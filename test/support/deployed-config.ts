import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { brandOf } from './config-on-disk';
import type { Sandbox } from './sandbox';

const folder = join(__dirname, '..', '..', 'deploy', 'config');

/** `deploy/config/config.yaml`, as far as the tests read it. */
export interface DeployedConfig {
  readonly server: { readonly port: number; readonly drainMs: number };
  readonly http: { readonly drainDelayMs: number };
  readonly metrics: { readonly port: number };
  readonly audit: { readonly directory: string };
}

export const deployedConfig = (): DeployedConfig =>
  parse(readFileSync(join(folder, 'config.yaml'), 'utf8')) as DeployedConfig;

/** Every file that the configuration names, relative to it. */
export const namedFiles = (): readonly string[] =>
  [...readFileSync(join(folder, 'config.yaml'), 'utf8').matchAll(/[fF]ile: (\S+)/g)].map(
    ([, path = '']) => path,
  );

/**
 * Writes the configuration of `deploy/` and the files that it names below `root`, in the places that the containers mount, with the
 * keys of a sandbox. Returns its path.
 */
export const installConfig = (
  root: string,
  sandbox: Sandbox,
  stores: { readonly redis: string; readonly database: string },
): string => {
  const { privateKeyPem, apiKey } = brandOf(sandbox);
  const key = (): string => randomBytes(32).toString('base64');
  const contents: Readonly<Record<string, string>> = {
    '../keys/api-keys.json': '{"keys": []}',
    '../keys/brand-1004.pem': privateKeyPem,
    '../keys/wechatpay-brand-1004.pem': sandbox.provision.wechatPay.publicKeyPem,
    '../keys/brand-1004-api.key': apiKey,
    '../keys/ids.key': key(),
    '../keys/encryption-k1.key': key(),
    '../keys/audit.key': key(),
    '../keys/redis.url': stores.redis,
    '../keys/database.url': stores.database,
  };
  cpSync(folder, join(root, 'config'), { recursive: true });
  mkdirSync(join(root, 'keys'));
  for (const path of namedFiles())
    writeFileSync(join(root, 'config', path), contents[path] ?? '', { mode: 0o600 });
  return join(root, 'config', 'config.yaml');
};

/** Changes what only holds in a container: ports, hosts of WeChat Pay, the directory of audit records, and the brand's own values. */
export const adapt = (file: string, sandbox: Sandbox, change: Readonly<Record<string, unknown>>): void => {
  const config = parse(readFileSync(file, 'utf8')) as {
    readonly brandCredentials: readonly Readonly<Record<string, unknown>>[];
  };
  const { serial } = brandOf(sandbox);
  const [first] = config.brandCredentials;
  const publicKeys = [
    { id: sandbox.provision.wechatPay.publicKeyId, file: '../keys/wechatpay-brand-1004.pem' },
  ];
  writeFileSync(
    file,
    stringify({
      ...config,
      brandCredentials: [{ ...first, serial, publicKeys }],
      hosts: { main: sandbox.url, backup: sandbox.url },
      ...change,
    }),
  );
};
