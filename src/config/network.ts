import type { ProxySettings } from '../network/settings';
import { pemBlocks } from './pem';
import type { Config } from './config';
import { entries, members, problem, text, type Setting } from './reader';
import { secret, secretFile, type SecretSource } from './secrets';
import { defined } from '../shared/defined';
import { redacted } from '../shared/redacted';
import { X509Certificate } from 'node:crypto';

const hostRule = { pattern: /^\*?[\w.:[\]-]*$/, as: 'a host name, or *' };
const proxyRule = 'http://HOST:PORT, or https:// if the proxy itself speaks TLS';

/**
 * Reads the way out of the network. Without `proxy`, HTTPS_PROXY and NO_PROXY of the environment are used, as most programs do;
 * `proxy: { url: direct }` uses none.
 */
export const readNetwork = (setting: Setting, source: SecretSource): Config['network'] => {
  const { proxy, caFile } = members(setting, ['proxy', 'caFile']);
  return {
    authorities: caFile.value === undefined ? [] : readAuthorities(caFile, source),
    ...defined({
      proxy: proxy.value === undefined ? proxyOfEnvironment(setting, source) : readProxy(proxy, source),
    }),
  };
};

const readProxy = (setting: Setting, source: SecretSource): ProxySettings | undefined => {
  const { url, urlFile, urlEnv, except } = members(setting, ['url', 'urlFile', 'urlEnv', 'except']);
  const hosts = entries(except).flatMap((entry) => text(entry, hostRule) ?? []);
  const [given = url, ...others] = [url, urlFile, urlEnv].filter(({ value }) => value !== undefined);
  if (others.length > 0) return problem(given, 'write only one of url, urlFile and urlEnv');
  if (url.value === 'direct') return undefined;
  const value =
    given === url
      ? text(url, { as: `${proxyRule}, or direct` })
      : secret({ byFile: urlFile, byEnv: urlEnv }, { source });
  return value === undefined ? undefined : proxyAt(given, value.trim(), hosts);
};

/** Names are tried in the order of curl: it ignores HTTP_PROXY in capitals, but not HTTPS_PROXY. */
const proxyOfEnvironment = ({ problems }: Setting, { env }: SecretSource): ProxySettings | undefined => {
  const value = env.https_proxy ?? env.HTTPS_PROXY ?? '';
  if (value === '') return undefined;
  const except = (env.no_proxy ?? env.NO_PROXY ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const setting = {
    path: `${env.https_proxy === undefined ? 'HTTPS_PROXY' : 'https_proxy'} (environment)`,
    value,
    problems,
  };
  // A sandbox on this machine is never behind the company's proxy.
  return proxyAt(setting, value.includes('://') ? value : `http://${value}`, [...except, ...loopback]);
};

const loopback = ['localhost', '127.0.0.1', '::1'] as const;

/** Problems never show any part of the address, which may hold a password. */
const proxyAt = (setting: Setting, value: string, except: readonly string[]): ProxySettings | undefined => {
  if (/^socks/i.test(value))
    return problem(setting, `names a SOCKS proxy; only HTTP proxies are supported: ${proxyRule}`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    !/^\/?$/.test(url.pathname) ||
    url.search !== '' ||
    url.hash !== ''
  )
    return problem(setting, `must be ${proxyRule}; percent-encode the user and the password`);
  const credentials = basic(url);
  if (credentials === 'unreadable')
    return problem(
      setting,
      'has a user or password that is not percent-encoded (# is %23, / is %2F, % is %25)',
    );
  return { origin: url.origin, except, ...defined({ credentials }) };
};

const basic = ({ username, password }: URL): ProxySettings['credentials'] | 'unreadable' => {
  if (username === '' && password === '') return undefined;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return redacted({ header: `Basic ${Buffer.from(pair).toString('base64')}` });
  } catch {
    return 'unreadable';
  }
};

const readAuthorities = (setting: Setting, source: SecretSource): readonly string[] => {
  const content = secretFile(setting, source);
  if (content === undefined) return [];
  const certificates = pemBlocks(content).filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0) {
    problem(setting, 'holds no certificate in PEM; it must list the authorities to trust');
    return [];
  }
  return certificates.flatMap(({ text: pem }, index) => {
    try {
      return [new X509Certificate(pem).toString()];
    } catch {
      problem(setting, `has a certificate that cannot be read (number ${index + 1})`);
      return [];
    }
  });
};
