/** Accepted signature algorithms. Symmetric ones are excluded, because whoever can verify them could sign. */
export const tokenAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** `typ` in the token's header: at+jwt marks access tokens (RFC 9068), so that an id token is not accepted as one. */
export const tokenTypes = ['at+jwt', 'JWT'] as const;

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  /** A URL, or the absolute path of a file. */
  readonly jwks: { readonly url: string } | { readonly file: string };
  readonly algorithms: readonly TokenAlgorithm[];
  readonly type: (typeof tokenTypes)[number];
  /** Maximum age since `iat`, seconds. */
  readonly maxAgeSeconds: number;
}

/** How callers authenticate; at least one way is configured. */
export interface AuthSettings {
  readonly tokens?: TokenSettings;
  /** Absolute path of the file of hashes. */
  readonly apiKeys?: { readonly file: string };
  /** Request limit per caller. */
  readonly requests: { readonly perSecond: number; readonly burst: number };
}
