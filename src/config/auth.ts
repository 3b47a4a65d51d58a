import {
  memberMutations,
  tokenAlgorithms,
  tokenTypes,
  type AuthSettings,
  type MemberMutation,
  type MemberSettings,
  type Rate,
  type TokenSettings,
} from '../auth/settings';
import { defaults } from './config';
import { isLoopback } from './exposure';
import { choice, entries, members, problem, text, unique, whole, type Setting } from './reader';
import { pathOf, type SecretSource } from './secrets';
import { defined } from '../shared/defined';

export interface AuthSource {
  readonly source: SecretSource;
  /** The ids of the brands section. */
  readonly brandIds: readonly string[];
}

/** Reads who may call the server. `undefined` without the section; problems are collected in the setting. */
export const readAuth = (setting: Setting, { source, brandIds }: AuthSource): AuthSettings | undefined => {
  if (setting.value === undefined) return undefined;
  const { jwt, apiKeys, requests } = members(setting, ['jwt', 'apiKeys', 'requests']);
  if (jwt.value === undefined && apiKeys.value === undefined)
    problem(setting, 'must have apiKeys, jwt or both');
  const tokens = jwt.value === undefined ? undefined : readTokens(jwt, { source, brandIds });
  const keyFile = apiKeys.value === undefined ? undefined : pathOf(members(apiKeys, ['file']).file, source);
  return {
    ...defined({ tokens }),
    ...(keyFile === undefined ? {} : { apiKeys: { file: keyFile } }),
    requests: readRate(requests, defaults.requests),
  };
};

const readRate = (setting: Setting, fallback: Rate): Rate => {
  const { perSecond, burst } = members(setting, ['perSecond', 'burst']);
  return {
    perSecond: whole(perSecond, { min: 1, max: 100_000, default: fallback.perSecond }),
    burst: whole(burst, { min: 1, max: 100_000, default: fallback.burst }),
  };
};

const readTokens = (setting: Setting, { source, brandIds }: AuthSource): TokenSettings | undefined => {
  const own = members(setting, [
    'issuer',
    'audience',
    'jwksUrl',
    'jwksFile',
    'algorithms',
    'type',
    'maxAgeSeconds',
    'laneClaim',
    'members',
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
  const laneClaim =
    own.laneClaim.value === undefined
      ? 'lane'
      : text(own.laneClaim, { pattern: /^\S{1,128}$/, as: 'the name of the claim with the lane' });
  const ofMembers = readMembers(own.members, brandIds);
  if (issuer === undefined || audience === undefined || jwks === undefined || type === undefined)
    return undefined;
  if (laneClaim === undefined) return undefined;
  return { issuer, audience, jwks, algorithms, type, maxAgeSeconds, laneClaim, members: ofMembers };
};

const claimRule = { pattern: /^\S{1,128}$/, as: 'the name of a claim with an openid' };

/** Reads what tokens of members contain and may do. */
const readMembers = (setting: Setting, brandIds: readonly string[]): MemberSettings => {
  const own = members(setting, [
    ...(['openidClaim', 'brands', 'mutations'] as const),
    ...(['requests', 'plannedCalls', 'maxStreams'] as const),
  ]);
  const brands = entries(own.brands).map((entry) => members(entry, ['brandId', 'openidClaim']));
  unique(
    brands.map(({ brandId }) => brandId),
    'brand',
  );
  const openidClaims = brands.flatMap(({ brandId, openidClaim }) => {
    const id = text(brandId, { as: 'a brand_id of the brands section' });
    const claim = text(openidClaim, claimRule);
    if (id !== undefined && !brandIds.includes(id))
      problem(brandId, `is not a brand of the brands section, which has ${brandIds.join(', ')}`);
    return id === undefined || claim === undefined ? [] : [[id, claim] as const];
  });
  const fallback = defaults.members;
  return {
    openidClaim:
      own.openidClaim.value === undefined ? fallback.openidClaim : (text(own.openidClaim, claimRule) ?? ''),
    openidClaims: new Map(openidClaims),
    mutations: entries(own.mutations).flatMap(
      (entry) => choice(entry, Object.keys(memberMutations) as MemberMutation[]) ?? [],
    ),
    requests: readRate(own.requests, fallback.requests),
    plannedCalls: readRate(own.plannedCalls, fallback.plannedCalls),
    maxStreams: whole(own.maxStreams, { min: 1, max: 1_000, default: fallback.maxStreams }),
  };
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
