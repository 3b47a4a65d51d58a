import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { limitConnectionsPerAddress } from './address-limit';
import { answerClientErrors } from './client-errors';
import { trackConnections } from './connections';
import { callerOf, detailOf, refusalOfResponse, type RefusalObserver } from './refusals';
import { isServed, serveHeadAsGet } from './method';
import { notFound, refuseMethod } from './no-route';
import { createRouter, type Handler, type Route, type Routes } from './router';
import { failure, sendJson } from './send-json';
import { defined } from '../../shared/defined';
import { serveUpgrades, type UpgradeHandler } from './upgrades';

export interface HttpOptions {
  /** Routes below `basePath`. */
  readonly routes: Routes;
  /** Routes whose path does not depend on `basePath`. Default: none. */
  readonly rootRoutes?: Routes;
  /** Default: empty. */
  readonly basePath?: string;
  readonly onError: (error: unknown) => void;
  /** Handlers of WebSocket handshakes by exact path, below `basePath`. Default: none. */
  readonly upgrades?: Readonly<Record<string, UpgradeHandler>>;
  readonly bounds?: HttpLimits;
  /** Called first for every request; returns true if it has already responded. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /**
   * Called for each request that any route refuses (4xx and 5xx, except by probes), and for each connection above a limit. Default:
   * nobody is told.
   */
  readonly onRefused?: RefusalObserver;
}

export interface HttpServer {
  /** Resolves to the port. Rejects with the listen error, e.g. EADDRINUSE. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /**
   * Stops accepting connections. Each open one is closed when its last response is sent; after `graceMs` the rest are cut.
   */
  drain(graceMs: number): Promise<void>;
}

/** Limits against slow and greedy clients; Node's defaults allow minutes and any number of connections. */
export interface HttpLimits {
  /** Maximum time for the headers, for the whole request, and without any byte moving, ms. Defaults: 10 s, 30 s, 70 s. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Further connections are closed at once. Default: 10 000. */
  readonly maxConnections: number;
  /** The same for the connections of one remote address, or of one IPv6 network of 64 bits. Default: 2 000. */
  readonly maxConnectionsPerAddress: number;
}

export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 70_000,
  maxConnections: 10_000,
  maxConnectionsPerAddress: 2_000,
};
/** Longer than a proxy's keep-alive, so that we never close a connection on which the proxy has just sent a request, ms. */
const keepAliveMs = 65_000;
const maxCheckIntervalMs = 5_000;
/** Their 503 is an answer, not a refusal. */
const probes: ReadonlySet<string> = new Set(['/livez', '/readyz']);
const maxHeaders = 100;
const maxHeaderBytes = 16_384;
const maxRequestsPerConnection = 1_000;

/** Sent with every response; a page that needs more sets its own. */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  // send-body.ts; cors.ts sets the header again.
  vary: 'accept-encoding',
};

const secure = (response: ServerResponse): void => {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
};

export const createHttpServer = ({
  routes,
  rootRoutes,
  basePath,
  upgrades = {},
  onError,
  bounds = defaultHttpLimits,
  before = () => false,
  onRefused = () => undefined,
}: HttpOptions): HttpServer => {
  const router = createRouter({ routes, rootRoutes, basePath });
  const upgradeRouter = createRouter({ routes: upgrades, basePath });

  // Here and not at each refusal, so that a new route or reason is counted too.
  const observe = (request: IncomingMessage, response: ServerResponse, route: string | undefined): void => {
    response.once('close', () => {
      const kind = response.headersSent ? refusalOfResponse(request, response.statusCode) : undefined;
      if (kind !== undefined && !probes.has(route ?? ''))
        onRefused({
          route: route ?? 'none',
          kind,
          ...defined({ caller: callerOf(request), detail: detailOf(request) }),
        });
    });
  };

  const { headersTimeoutMs, requestTimeoutMs, idleTimeoutMs, maxConnections } = bounds;
  const options = {
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    // Node knows one limit for all routes (`limitRequest`).
    requestTimeout: 0,
    keepAliveTimeout: Math.min(keepAliveMs, idleTimeoutMs),
    connectionsCheckingInterval: Math.min(maxCheckIntervalMs, Math.ceil(headersTimeoutMs / 2)),
    maxHeaderSize: maxHeaderBytes,
  };
  /** Ends a request whose body takes too long, as Node would. */
  const limitRequest = (request: IncomingMessage): void => {
    const timer = setTimeout(() => {
      if (request.complete || request.socket.destroyed) return;
      const timeout = Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      server.emit('clientError', timeout, request.socket);
    }, requestTimeoutMs);
    timer.unref();
    request.once('close', () => {
      clearTimeout(timer);
    });
  };
  const server: Server = createServer(options, (request, response) => {
    secure(response);
    const match = router(request.url ?? '/');
    observe(request, response, match?.name);
    if (match?.route.isLong !== true) limitRequest(request);
    if (before(request, response)) return;
    const handler = handlerOf(request, match?.route);
    // From here on, no handler knows where the routes are mounted.
    if (match !== undefined) request.url = match.target;
    Promise.resolve()
      .then(() => handler(request, response))
      .catch((error: unknown) => {
        onError(error);
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, failure('INTERNAL_SERVER_ERROR', 'Internal error.'));
      });
  });
  serveUpgrades({
    server,
    async handle(request, connection) {
      const { response } = connection;
      secure(response);
      const match = upgradeRouter(request.url ?? '/');
      observe(request, response, match?.name);
      try {
        if (before(request, response)) return;
        if (match !== undefined) request.url = match.target;
        await (match?.route ?? refuseUpgrade)(request, connection);
      } catch (error) {
        onError(error);
        connection.socket.destroy();
      }
    },
  });
  const onConnectionRefused = (): void => {
    onRefused({ route: 'none', kind: 'tooManyConnections' });
  };
  const connections = trackConnections(server);
  answerClientErrors(server, {
    responsesOf: (socket) => connections.responsesOf(socket),
    onRefused(kind) {
      onRefused({ route: 'none', kind });
    },
  });
  server.maxHeadersCount = maxHeaders;
  server.maxConnections = maxConnections;
  limitConnectionsPerAddress(server, {
    max: bounds.maxConnectionsPerAddress,
    onRefused: onConnectionRefused,
  });
  server.on('drop', onConnectionRefused);
  server.maxRequestsPerSocket = maxRequestsPerConnection;
  // Also covers clients that do not read the response.
  server.setTimeout(idleTimeoutMs);

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
        const cut = setTimeout(() => {
          server.closeAllConnections();
        }, graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        connections.drain();
      }),
  };
};

const refuseUpgrade: UpgradeHandler = (request, { response }) => notFound(request, response);

/** The handler of a request: that of its route, or the refusal of its path or method. */
const handlerOf = (request: IncomingMessage, route: Route | undefined): Handler => {
  if (route === undefined) return notFound;
  if (!isServed(route.methods, request)) return refuseMethod(route.methods);
  serveHeadAsGet(request);
  return route.handle;
};
