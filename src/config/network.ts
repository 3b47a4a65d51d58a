import type { ProxySettings } from '../network/settings';
import { givenAddress, isEncoded, onlyOneOf } from './address';
import { readAuthorities } from './authorities';
import type { Config } from './config';
import { entries, members, problem, text, type Setting } from './reader';
import type { SecretSource } from './secrets';
import { defined } from '../shared/defined';
import { redacted } from '../shared/redacted';

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
  const { except, ...settings } = members(setting, ['url', 'urlFile', 'urlEnv', 'except']);
  const hosts = entries(except).flatMap((entry) => text(entry, hostRule) ?? []);
  const given = onlyOneOf(settings);
  if (given === undefined || settings.url.value === 'direct') return undefined;
  const found = givenAddress(settings, { given, rule: { as: `${proxyRule}, or direct` }, source });
  return found && proxyAt(found, hosts);
};

/** Names are tried in the order of curl: it ignores HTTP_PROXY in capitals, but not HTTPS_PROXY. */
const proxyOfEnvironment = ({ problems }: Setting, { env }: SecretSource): ProxySettings | undefined => {
  const value = env.https_proxy ?? env.HTTPS_PROXY ?? '';
  if (value === '') return undefined;
  const except = (env.no_proxy ?? env.NO_PROXY ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const setting = {
    path: `${env.https_proxy === undefined ? 'HTTPS_PROXY' : 'https_proxy'} (environment)`,
    value: value.includes('://') ? value : `http://${value}`,
    problems,
  };
  // A sandbox on this machine is never behind the company's proxy.
  return proxyAt(setting, [...except, ...loopback]);
};

const loopback = ['localhost', '127.0.0.1', '::1'] as const;

/** Problems never show any part of the address, which may hold a password. */
const proxyAt = (
  setting: Setting & { readonly value: string },
  except: readonly string[],
): ProxySettings | undefined => {
  const { value } = setting;
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
  if (!isEncoded(url))
    return problem(
      setting,
      'has a user or password that is not percent-encoded (# is %23, / is %2F, % is %25)',
    );
  return { origin: url.origin, except, ...defined({ credentials: basic(url) }) };
};

const basic = ({ username, password }: URL): ProxySettings['credentials'] => {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return redacted({ header: `Basic ${Buffer.from(pair).toString('base64')}` });
};
