import type { IncomingMessage } from 'node:http';
import { headerOf } from './headers';

/** Which pages may call the server. */
export interface PageOrigins {
  /** Whether pages of this origin may call the server and read its responses. */
  allows(origin: string): boolean;
  /** False if no page of another origin may call it; then responses are the same for every origin. */
  readonly any: boolean;
}

export interface PageOriginsOptions {
  /** Origins such as `https://shop.example.com`. */
  readonly origins: readonly string[];
  /** Whether an origin is allowed that is not in the list. Default: none. */
  readonly alsoAllows?: ((hostname: string) => boolean) | undefined;
}

export const createPageOrigins = ({ origins, alsoAllows }: PageOriginsOptions): PageOrigins => {
  const listed = new Set(origins);
  return {
    any: origins.length > 0 || alsoAllows !== undefined,
    allows: (origin) =>
      listed.has(origin) ||
      (alsoAllows !== undefined && URL.canParse(origin) && alsoAllows(new URL(origin).hostname)),
  };
};

/**
 * Headers that a page can send to another origin only after a preflight, which CORS then decides. Browsers add none of them by
 * themselves, so a request with one of them is not forged by a page.
 */
const proofs = [
  'authorization',
  'apollo-require-preflight',
  'graphql-require-preflight',
  'x-apollo-operation-name',
  'apollographql-client-name',
  'consistency-token',
  'x-requested-with',
] as const;

/** Content types that a form can send, so that they need no preflight. */
const formTypes = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i;

/**
 * Whether a page of an origin that is not allowed sent the request without a preflight (cross-site request forgery). Callers
 * authenticate with a header and never with a cookie. So this matters only if no credential is needed: on loopback, without
 * `auth`. A browser sends `Origin` or `Sec-Fetch-Site` with such a request; other clients send neither.
 */
export const isForeignPage =
  (origins: PageOrigins) =>
  (request: Pick<IncomingMessage, 'headers'>): boolean => {
    const { headers } = request;
    if (proofs.some((name) => headers[name] !== undefined)) return false;
    const type = headerOf(request, 'contentType');
    const isUpgrade = headers.upgrade !== undefined;
    if (!isUpgrade && type !== undefined && !formTypes.test(type)) return false;
    const { origin } = headers;
    if (origin !== undefined) return !isOwn(origin, headers.host) && !origins.allows(origin);
    const site = headers['sec-fetch-site'];
    return site !== undefined && site !== 'same-origin' && site !== 'none';
  };

const isOwn = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;
