import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientHeaders, requestHeader, responseHeader } from './headers';
import type { PageOrigins } from './page-origin';

export interface CorsOptions {
  readonly origins: PageOrigins;
  /** Further request headers that pages may send. Default: none. */
  readonly headers?: readonly string[];
}

/**
 * Sets CORS headers for allowed origins only. Returns true if the request was a preflight, which is then already answered: by
 * 204, without CORS headers if the origin is not allowed. Cookies are never allowed.
 */
export const cors = ({ origins, headers = [] }: CorsOptions) => {
  const allowed = {
    'access-control-allow-methods': 'POST, GET',
    'access-control-allow-headers': [
      ...new Set([...Object.values(requestHeader), ...clientHeaders, ...headers]),
    ].join(', '),
    'access-control-max-age': '600',
  };
  const exposed = Object.values(responseHeader).join(', ');
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    // A cache in between must not serve one origin's response to another.
    if (origins.any) response.setHeader('vary', 'origin, accept-encoding');
    const { origin } = request.headers;
    if (origin !== undefined && origins.allows(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', exposed);
      if (isPreflight) for (const [name, value] of Object.entries(allowed)) response.setHeader(name, value);
    }
    if (!isPreflight) return false;
    request.resume();
    response.statusCode = 204;
    response.end();
    return true;
  };
};
