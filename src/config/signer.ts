import { text, members, problem, whole, type Setting } from './reader';
import { secret, type SecretSource } from './secrets';
import { defined } from '../shared/defined';
import { redacted } from '../shared/redacted';
import type { SignerSettings } from '../wechatpay/settings';

const urlRule = 'https://HOST/PATH, or http:// with 127.0.0.1, [::1] or localhost';
const defaultTimeoutMs = 1_000;
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Reads where the process is that holds a private key; its public half comes from the certificate. */
export const readSigner = (
  setting: Setting,
  source: SecretSource,
): Omit<SignerSettings, 'publicKey'> | undefined => {
  const own = members(setting, ['url', 'tokenFile', 'tokenEnv', 'timeoutMs']);
  const url = urlOf(own.url);
  const token = tokenOf(
    own.tokenFile,
    secret({ byFile: own.tokenFile, byEnv: own.tokenEnv }, { source, optional: true }),
  );
  const timeoutMs = whole(own.timeoutMs, { min: 50, max: 5_000, default: defaultTimeoutMs });
  return url === undefined ? undefined : { url, timeoutMs, ...defined({ token }) };
};

/** Over the network, the token and decrypted fields need TLS. Problems never show any part of the address. */
const urlOf = (setting: Setting): string | undefined => {
  const value = text(setting, { as: urlRule });
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url?.protocol === 'http:' && loopback.has(url.hostname);
  if (url === undefined || (url.protocol !== 'https:' && !isPlain))
    return problem(setting, `must be ${urlRule}`);
  if (url.username + url.password + url.search + url.hash !== '')
    return problem(
      setting,
      `must be ${urlRule}, without user, password, ? and #; a token belongs in tokenFile`,
    );
  return value.replace(/\/+$/, '');
};

const tokenOf = (setting: Setting, value: string | undefined): SignerSettings['token'] => {
  if (value === undefined) return undefined;
  const token = value.trim();
  return /^[\x21-\x7E]{16,4096}$/.test(token)
    ? redacted({ header: `Bearer ${token}` })
    : problem(setting, 'must be a token of 16 to 4096 visible ASCII characters without spaces');
};
