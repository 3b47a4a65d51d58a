import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the pages of other sites may send and read, where their origin is configured. Never with cookies. */
const allowed = {
  'access-control-allow-methods': 'POST, GET',
  'access-control-allow-headers':
    'content-type, authorization, accept-language, apollo-require-preflight, traceparent',
  'access-control-max-age': '600',
};
const exposed = 'retry-after';

/**
 * Sets the CORS headers for a configured origin, and none for any other. Answers true where the request was a preflight of
 * a configured origin and is thereby answered.
 */
export const cors =
  (origins: readonly string[]) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    if (origins.length === 0) return false;
    // A cache between must not give one site's answer to another.
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
