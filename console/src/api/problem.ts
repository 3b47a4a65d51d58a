/** What a problem asks of the reader; it decides how the console shows it. */
export type ProblemKind =
  /** The credential is missing, wrong or has ended. */
  | 'signIn'
  /** The credential does not grant this. */
  | 'forbidden'
  /** Too many requests or calls; wait for `retryAfterMs`. */
  | 'rateLimited'
  /** The server cannot be reached. */
  | 'offline'
  /** WeChat Pay or a part of the server cannot be reached at the moment. */
  | 'unavailable'
  | 'notFound'
  /** A write was sent, and nobody knows whether it was done. Look before trying again. */
  | 'unknownOutcome'
  /** Refused with a reason; the same request is refused again. */
  | 'refused'
  /** A fault of the server. */
  | 'failed';

/** An error of the server, in its own words. */
export interface Problem {
  readonly kind: ProblemKind;
  /** `extensions.code`, or an own code if there was no answer. */
  readonly code: string;
  readonly message: string;
  /** Where in the answer; empty for the whole request. */
  readonly path: readonly (string | number)[];
  /** When to try again, ms from when the answer came. */
  readonly retryAfterMs?: number;
  /** WeChat Pay's own sentence. */
  readonly wechatMessage?: string;
  /** WeChat Pay's Request-ID. */
  readonly requestId?: string;
  /** Names the line in the server's log. */
  readonly errorId?: string;
  /** What an administrator can do. */
  readonly hint?: string;
}

const kinds: Readonly<Record<string, ProblemKind>> = {
  UNAUTHENTICATED: 'signIn',
  FORBIDDEN: 'forbidden',
  UPSTREAM_FORBIDDEN: 'forbidden',
  RATE_LIMITED: 'rateLimited',
  UPSTREAM_RATE_LIMITED: 'rateLimited',
  TOO_MANY_STREAMS: 'rateLimited',
  UPSTREAM_UNAVAILABLE: 'unavailable',
  DATABASE_UNAVAILABLE: 'unavailable',
  AUDIT_UNAVAILABLE: 'unavailable',
  NOT_FOUND: 'notFound',
  OUTCOME_UNKNOWN: 'unknownOutcome',
  DONE_UNREADABLE: 'unknownOutcome',
  INTERNAL_SERVER_ERROR: 'failed',
  UPSTREAM_SIGNATURE_INVALID: 'failed',
  UPSTREAM_MALFORMED: 'failed',
  DECRYPTION_KEY_MISSING: 'failed',
};

/** An entry of `errors`, as far as it can be relied upon. */
export interface SentError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Waiting time if a server does not say how long, ms. */
const defaultRetryMs = 1_000;

/** `retryAfterMs`: what the response's header says, for errors that do not say it themselves. */
export const problemOf = (
  { message, path, extensions = {} }: SentError,
  retryAfterMs: number = defaultRetryMs,
): Problem => {
  const code = typeof extensions.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR';
  const kind = kinds[code] ?? 'refused';
  const text = (name: string) => {
    const value = extensions[name];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  const said = extensions.retryAfterMs;
  return {
    kind,
    code,
    message,
    path: path ?? [],
    ...text('wechatMessage'),
    ...text('requestId'),
    ...text('errorId'),
    ...text('hint'),
    ...(kind === 'rateLimited' ? { retryAfterMs: typeof said === 'number' ? said : retryAfterMs } : {}),
  };
};

/** The server could not be reached, or something else answered in its place. The page's own words are shown. */
export const offline: Problem = { kind: 'offline', code: 'OFFLINE', message: '', path: [] };
