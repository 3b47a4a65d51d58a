import type { IncomingMessage } from 'node:http';

/**
 * The request headers that callers set and this server reads. No others are read. The CORS lists are made from this table, so
 * they allow every one of them.
 */
export const requestHeader = {
  accept: 'accept',
  /** Language of messages. */
  acceptLanguage: 'accept-language',
  /** The credential. */
  authorization: 'authorization',
  /** Read-your-writes across processes. */
  consistencyToken: 'consistency-token',
  contentType: 'content-type',
  /** Where a subscription resumes. */
  lastEventId: 'last-event-id',
  /** RFC 7240; `wait=15` says how many seconds the client waits. */
  prefer: 'prefer',
  /** RFC 9218; `u=7` marks background work. */
  priority: 'priority',
  /** W3C Trace Context. */
  traceparent: 'traceparent',
} as const;

/** The response headers that callers read. A page reads only those that CORS exposes. */
export const responseHeader = {
  consistencyToken: 'consistency-token',
  /** RFC 7240; the preference that the server applied. */
  preferenceApplied: 'preference-applied',
  retryAfter: 'retry-after',
  wwwAuthenticate: 'www-authenticate',
  allow: 'allow',
} as const;

/**
 * Headers that common clients and tracers add by themselves. The server ignores them, but a page whose client sends one could
 * not call it if CORS did not allow the header.
 */
export const clientHeaders = [
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'baggage',
  'cache-control',
  'graphql-client-name',
  'graphql-client-version',
  'graphql-require-preflight',
  'pragma',
  'sentry-trace',
  'tracestate',
  'x-apollo-operation-id',
  'x-apollo-operation-name',
  'x-apollo-operation-type',
  'x-graphql-event-stream-token',
  'x-request-id',
  'x-requested-with',
] as const;

/** A header that a caller sets; `undefined` if it is absent. Repeated headers are joined as HTTP does. */
export const headerOf = (
  { headers }: Pick<IncomingMessage, 'headers'>,
  name: keyof typeof requestHeader,
): string | undefined => {
  const value = headers[requestHeader[name]];
  return Array.isArray(value) ? value.join(', ') : value;
};
