import type { Amount } from '../shared/amount';

/** Accepted signature algorithms. Symmetric ones are excluded, because whoever can verify them could sign. */
export const tokenAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** `typ` in the token's header: at+jwt marks access tokens (RFC 9068), so that an id token is not accepted as one. */
export const tokenTypes = ['at+jwt', 'JWT'] as const;

/**
 * The mutations that a configuration can permit to members, with the members of the input that they may set. Each of them names
 * the user by openid. The other input fields, such as a card's level, are the brand's to set.
 */
export const memberMutations = {
  createPreAuthToken: ['brandId', 'cardId', 'openid'],
  updateUserCard: ['brandId', 'cardId', 'openid', 'userCardCode', 'phoneNumber', 'userInformation'],
  invalidateUserCard: ['brandId', 'cardId', 'openid', 'userCardCode', 'invalidReason'],
} as const satisfies Record<string, readonly string[]>;
export type MemberMutation = keyof typeof memberMutations;

/** A number of something per second, after a pause at most `burst` at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a token with the scope `brand:<id>:member` may do. All limits are per user and process. */
export interface MemberSettings {
  /** The claim that holds the openid. */
  readonly openidClaim: string;
  /** The claim by brand, where it is another one: an openid belongs to an appid, and brands may use several. */
  readonly openidClaims: ReadonlyMap<string, string>;
  readonly mutations: readonly MemberMutation[];
  readonly requests: Rate;
  /** Upstream calls as planned before an operation runs. One operation may plan at most `burst`. */
  readonly plannedCalls: Rate;
  /** Open streams of one user, and sockets. */
  readonly maxStreams: number;
}

/** What the configuration says of one caller. */
export interface CallerSettings {
  /** As in the log: `key:<caller>` or `token:<sub>`. */
  readonly caller: string;
  /** All its calls are background work. Default: what its requests and its credential say. */
  readonly lane?: CallerLane;
  /** The most of each call limit that it may use. Default: `budgets.callerCeiling`. */
  readonly ceiling?: Amount;
}

/** The lanes that a caller can have; without one, a request chooses. */
export const callerLanes = ['bulk'] as const;
export type CallerLane = (typeof callerLanes)[number];

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  /** A URL, or the absolute path of a file. */
  readonly jwks: { readonly url: string } | { readonly file: string };
  readonly algorithms: readonly TokenAlgorithm[];
  readonly type: (typeof tokenTypes)[number];
  /** Maximum age since `iat`, seconds. */
  readonly maxAgeSeconds: number;
  /** The claim whose value `bulk` makes all calls of the token background work. */
  readonly laneClaim: string;
  readonly members: MemberSettings;
}

/** How callers authenticate; at least one way is configured. */
export interface AuthSettings {
  readonly tokens?: TokenSettings;
  /** Absolute path of the file of hashes. */
  readonly apiKeys?: { readonly file: string };
  /** Request limit per caller. */
  readonly requests: Rate;
}
