import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request; whatever it throws becomes a 500 without details. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface HttpParts {
  /** Exact pathname → handler; a name that ends in `/` stands for all below it. */
  readonly routes: Readonly<Record<string, Handler>>;
  readonly onError: (error: unknown) => void;
}

export interface HttpServer {
  /** Answers the port. Rejects with the listen error, e.g. EADDRINUSE. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Stops taking connections, lets what is under way finish, then closes; after `graceMs` cuts what is left. */
  drain(graceMs: number): Promise<void>;
}

/** Bounds against slow and greedy clients; Node's defaults allow minutes. */
const bounds = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};
const mostHeaders = 100;
const mostConnections = 10_000;

export const createHttpServer = ({ routes, onError }: HttpParts): HttpServer => {
  let draining = false;
  const prefixes = Object.keys(routes).filter((route) => route.endsWith('/') && route !== '/');

  const handlerOf = (pathname: string): Handler | undefined =>
    routes[pathname] ?? routes[prefixes.find((prefix) => pathname.startsWith(prefix)) ?? ''];

  const server: Server = createServer(bounds, (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    if (draining) response.setHeader('connection', 'close');
    const handler = handlerOf(pathnameOf(request)) ?? notFound;
    Promise.resolve()
      .then(() => handler(request, response))
      .catch((error: unknown) => {
        onError(error);
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, failure('INTERNAL_SERVER_ERROR', 'Internal error.'));
      });
  });
  server.maxHeadersCount = mostHeaders;
  server.maxConnections = mostConnections;

  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    drain: (graceMs) =>
      new Promise((resolve) => {
        draining = true;
        const cut = setTimeout(() => {
          server.closeAllConnections();
        }, graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
};

export const pathnameOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] ?? '/';

export const failure = (code: string, message: string): unknown => ({
  errors: [{ message, extensions: { code } }],
});

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(body));
};

export const notFound: Handler = (request, response) => {
  request.resume();
  sendJson(response, 404, failure('NOT_FOUND', 'There is nothing at this path; GraphQL is at /graphql.'));
};
