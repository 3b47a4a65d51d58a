import type { IncomingMessage } from 'node:http';
import type { Method } from './router';

const headRequests = new WeakSet<IncomingMessage>();

/** Lets handlers see a HEAD request as GET. Node sends no body in response to it. */
export const serveHeadAsGet = (request: IncomingMessage): void => {
  if (request.method !== 'HEAD') return;
  headRequests.add(request);
  request.method = 'GET';
};

/** Whether the client asked for the headers only. */
export const wantsHeadersOnly = (request: IncomingMessage): boolean => headRequests.has(request);

/** Whether a route with these methods serves the request. */
export const isServed = (methods: readonly Method[], { method }: IncomingMessage): boolean =>
  methods.some((one) => one === method || (one === 'GET' && method === 'HEAD'));

/** The value of the header Allow (RFC 9110, 10.2.1). */
export const allowOf = (methods: readonly Method[]): string =>
  methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ');
