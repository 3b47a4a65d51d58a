import type { KeyObject } from 'node:crypto';
import { exportJWK, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { MemberSettings, TokenSettings } from '../../src/auth/settings';
import { newPair } from '../support/key-pairs';

/** An issuer for tests: its key, and tokens under it. */
export interface Issuer {
  readonly privateKey: KeyObject;
  readonly jwk: () => Promise<Record<string, unknown>>;
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

/** No mutations, and limits that no test reaches by chance. */
export const memberSettings: MemberSettings = {
  openidClaim: 'openid',
  openidClaims: new Map(),
  mutations: [],
  requests: { perSecond: 1_000, burst: 1_000 },
  plannedCalls: { perSecond: 1_000, burst: 1_000 },
  maxStreams: 20,
};

export const tokenSettings: TokenSettings = {
  issuer: 'https://id.example.com/',
  audience: 'member-cards',
  jwks: { file: '/nowhere' },
  algorithms: ['RS256'],
  type: 'at+jwt',
  maxAgeSeconds: 3_600,
  laneClaim: 'lane',
  members: memberSettings,
};

export const issuer = (kid: string): Issuer => {
  const { privateKey, publicKey } = newPair();
  return {
    privateKey,
    jwk: async () => ({ ...(await exportJWK(publicKey)), kid, use: 'sig' }),
    sign: (claims, header) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...header })
        .sign(privateKey),
  };
};

/** Claims of a token that is valid at `now`, ms. */
export const claims = (now: number, changes: Readonly<Record<string, unknown>> = {}): JWTPayload => ({
  iss: tokenSettings.issuer,
  aud: tokenSettings.audience,
  sub: 'storefront',
  iat: Math.floor(now / 1000) - 10,
  exp: Math.floor(now / 1000) + 600,
  scope: 'openid brand:1004:read brand:1004:pii',
  ...changes,
});
