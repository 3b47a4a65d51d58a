import { tokenAlgorithms, tokenTypes, type AuthSettings, type TokenSettings } from '../auth/settings';
import { defaults } from './config';
import { isLoopback } from './exposure';
import { choice, entries, members, problem, text, whole, type Setting } from './reader';
import { pathOf, type SecretSource } from './secrets';
import { defined } from '../shared/defined';

/** Reads who may call the server. `undefined` without the section; problems are collected in the setting. */
export const readAuth = (setting: Setting, source: SecretSource): AuthSettings | undefined => {
  if (setting.value === undefined) return undefined;
  const { jwt, apiKeys, requests } = members(setting, ['jwt', 'apiKeys', 'requests']);
  if (jwt.value === undefined && apiKeys.value === undefined)
    problem(setting, 'must have apiKeys, jwt or both');
  const tokens = jwt.value === undefined ? undefined : readTokens(jwt, source);
  const keyFile = apiKeys.value === undefined ? undefined : pathOf(members(apiKeys, ['file']).file, source);
  const { perSecond, burst } = members(requests, ['perSecond', 'burst']);
  return {
    ...defined({ tokens }),
    ...(keyFile === undefined ? {} : { apiKeys: { file: keyFile } }),
    requests: {
      perSecond: whole(perSecond, { min: 1, max: 100_000, default: defaults.requests.perSecond }),
      burst: whole(burst, { min: 1, max: 100_000, default: defaults.requests.burst }),
    },
  };
};

const readTokens = (setting: Setting, source: SecretSource): TokenSettings | undefined => {
  const own = members(setting, [
    'issuer',
    'audience',
    'jwksUrl',
    'jwksFile',
    'algorithms',
    'type',
    'maxAgeSeconds',
  ]);
  const issuer = text(own.issuer, { as: 'the issuer exactly as in the tokens (iss)' });
  const audience = text(own.audience, { as: "this server's name in the tokens (aud)" });
  const jwks = readKeySet(own, source);
  const algorithms =
    own.algorithms.value === undefined
      ? ['RS256' as const]
      : entries(own.algorithms, `one of ${tokenAlgorithms.join(', ')}`).flatMap(
          (entry) => choice(entry, tokenAlgorithms) ?? [],
        );
  const type = own.type.value === undefined ? 'at+jwt' : choice(own.type, tokenTypes);
  const maxAgeSeconds = whole(own.maxAgeSeconds, { min: 60, max: 604_800, default: 86_400 });
  if (issuer === undefined || audience === undefined || jwks === undefined || type === undefined)
    return undefined;
  return { issuer, audience, jwks, algorithms, type, maxAgeSeconds };
};

const readKeySet = (
  { jwksUrl, jwksFile }: Readonly<Record<'jwksUrl' | 'jwksFile', Setting>>,
  source: SecretSource,
): TokenSettings['jwks'] | undefined => {
  if (jwksUrl.value !== undefined && jwksFile.value !== undefined)
    return problem(jwksUrl, 'write only one of jwksUrl and jwksFile');
  if (jwksFile.value !== undefined) {
    const file = pathOf(jwksFile, source);
    return file === undefined ? undefined : { file };
  }
  const rule = { as: "the https address of the issuer's key set (jwks_uri)" };
  const url = text(jwksUrl, rule);
  if (url === undefined) return undefined;
  if (!URL.canParse(url)) return problem(jwksUrl, `must be ${rule.as}`);
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    return problem(jwksUrl, `must be ${rule.as}; http is for loopback only`);
  return { url };
};
