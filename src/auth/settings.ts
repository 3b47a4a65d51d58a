/** Signature algorithms that an access token may have. Symmetric ones are not among them: whoever checks could sign. */
export const tokenAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** `typ` of the header: at+jwt marks access tokens (RFC 9068), so that an id token never passes for one. */
export const tokenTypes = ['at+jwt', 'JWT'] as const;

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  /** An address, or the absolute path of a file. */
  readonly jwks: { readonly url: string } | { readonly file: string };
  readonly algorithms: readonly TokenAlgorithm[];
  readonly type: (typeof tokenTypes)[number];
  /** Since `iat`, seconds. */
  readonly maxAgeSeconds: number;
}

/** How callers prove who they are; at least one way. */
export interface AuthSettings {
  readonly tokens?: TokenSettings;
  /** Absolute path of the file of hashes. */
  readonly apiKeys?: { readonly file: string };
  /** Per caller. */
  readonly requests: { readonly perSecond: number; readonly burst: number };
}
