import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../shared/clock';
import type { Caller } from './caller';
import { memberOf, permissionsOfMember } from './member';
import { permissionsOf } from './permissions';
import type { MemberSettings, TokenSettings } from './settings';

/** Identifies callers by JWT access tokens (RFC 9068). */
export interface AccessTokens {
  /**
   * Resolves to `undefined` for an invalid token. Rejects with TokenRefused if a valid one does not identify its member, and with
   * KeySetUnavailable if it cannot be checked.
   */
  callerOf(token: string): Promise<Caller | undefined>;
}

export interface AccessTokensDeps {
  readonly settings: TokenSettings;
  /** The claims of brands now. Default, and if it returns `undefined`: those of the settings. */
  readonly openidClaims?: () => MemberSettings['openidClaims'] | undefined;
  readonly keySet: JWTVerifyGetKey;
  readonly clock: Clock;
}

/** Accepted difference between the issuer's clock and ours. */
const toleranceSeconds = 5;

export const createAccessTokens = ({
  settings,
  openidClaims = () => undefined,
  keySet,
  clock,
}: AccessTokensDeps): AccessTokens => {
  const { issuer, audience, algorithms, type, maxAgeSeconds, laneClaim, members } = settings;
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
        return toCaller(payload, {
          maxAgeSeconds,
          laneClaim,
          members: { ...members, openidClaims: openidClaims() ?? members.openidClaims },
        });
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
};

interface CallerRules {
  readonly maxAgeSeconds: number;
  readonly laneClaim: string;
  readonly members: MemberSettings;
}

const toCaller = (payload: JWTPayload, { maxAgeSeconds, laneClaim, members }: CallerRules): Caller => {
  const { sub = '', scope, scp, exp = 0, iat = 0 } = payload;
  const scopes = [...scopesIn(scope), ...scopesIn(scp)];
  const granted = permissionsOf(scopes);
  const member = memberOf(scopes, payload, members);
  const expiresAt = (Math.min(exp, iat + maxAgeSeconds) + toleranceSeconds) * 1_000;
  // Any other value is another service's.
  const lane =
    Object.hasOwn(payload, laneClaim) && payload[laneClaim] === 'bulk' ? { lane: 'bulk' as const } : {};
  if (member === undefined) return { id: `token:${nameOf(sub)}`, permissions: granted, ...lane, expiresAt };
  // The user, not the token's subject: a backend may issue the tokens of all members under its own name, or a new name per visit.
  const openids = [...new Set(member.openids.values())].sort();
  return {
    id: `member:${digestOf(JSON.stringify(openids))}`,
    permissions: permissionsOfMember(granted, member),
    ...lane,
    expiresAt,
  };
};

/** A text separated by spaces (RFC 8693), or a list, as some issuers send it. */
const scopesIn = (claim: unknown): readonly string[] => {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : [];
};

/** A subject that may be an e-mail address or a phone number is replaced by a hash, because the id appears in logs. */
const nameOf = (subject: string): string =>
  /^[\w.:|-]{1,64}$/.test(subject) && !/\d{11}/.test(subject) ? subject : digestOf(subject);

const digestOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
