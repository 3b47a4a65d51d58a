import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../shared/clock';
import type { Caller } from './caller';
import { permissionsOf } from './permissions';
import type { TokenSettings } from './settings';

/** Identifies callers by JWT access tokens (RFC 9068). */
export interface AccessTokens {
  /** Resolves to `undefined` for an invalid token. Rejects with KeySetUnavailable if it cannot be checked. */
  callerOf(token: string): Promise<Caller | undefined>;
}

export interface AccessTokensDeps {
  readonly settings: TokenSettings;
  readonly keySet: JWTVerifyGetKey;
  readonly clock: Clock;
}

/** Accepted difference between the issuer's clock and ours. */
const toleranceSeconds = 5;

export const createAccessTokens = ({ settings, keySet, clock }: AccessTokensDeps): AccessTokens => {
  const { issuer, audience, algorithms, type, maxAgeSeconds } = settings;
  return {
    async callerOf(token) {
      try {
        const { payload } = await jwtVerify(token, keySet, {
          issuer,
          audience,
          algorithms: [...algorithms],
          typ: type,
          requiredClaims: ['sub', 'exp', 'iat'],
          maxTokenAge: maxAgeSeconds,
          clockTolerance: toleranceSeconds,
          currentDate: new Date(clock.wallNow()),
        });
        return toCaller(payload, maxAgeSeconds);
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
};

const toCaller = ({ sub = '', scope, scp, exp = 0, iat = 0 }: JWTPayload, maxAgeSeconds: number): Caller => ({
  id: `token:${nameOf(sub)}`,
  permissions: permissionsOf([...scopesIn(scope), ...scopesIn(scp)]),
  expiresAt: (Math.min(exp, iat + maxAgeSeconds) + toleranceSeconds) * 1_000,
});

/** A text separated by spaces (RFC 8693), or a list, as some issuers send it. */
const scopesIn = (claim: unknown): readonly string[] => {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : [];
};

/** A subject that may be an e-mail address or a phone number is replaced by a hash, because the id appears in logs. */
const nameOf = (subject: string): string =>
  /^[\w.:|-]{1,64}$/.test(subject) && !/\d{11}/.test(subject)
    ? subject
    : `sha256-${createHash('sha256').update(subject).digest('hex').slice(0, 24)}`;
