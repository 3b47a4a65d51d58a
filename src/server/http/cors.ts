import type { IncomingMessage, ServerResponse } from 'node:http';

/** What pages of configured origins may send and read. Cookies are never allowed. */
const allowed = {
  'access-control-allow-methods': 'POST, GET',
  'access-control-allow-headers':
    'content-type, authorization, accept-language, apollo-require-preflight, traceparent',
  'access-control-max-age': '600',
};
const exposed = 'retry-after';

/**
 * Sets CORS headers for configured origins only. Returns true if the request was a preflight, which is then already
 * answered.
 */
export const cors =
  (origins: readonly string[]) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    if (origins.length === 0) return false;
    // A cache in between must not serve one origin's response to another.
    response.setHeader('vary', 'origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return false;
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposed);
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) return false;
    for (const [name, value] of Object.entries(allowed)) response.setHeader(name, value);
    request.resume();
    response.statusCode = 204;
    response.end();
    return true;
  };
