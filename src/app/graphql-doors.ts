import type { GraphQLSchema } from 'graphql';
import type { OperationUpdate } from '../bulk/follow-operations';
import type { LoggedEvent } from '../events/event';
import type { Config } from '../config/config';
import type { Context } from '../graphql/execution/context';
import { namedRefusal } from '../graphql/refusals/upstream-user-errors';
import { printSdl } from '../graphql/schema/print-schema';
import { createApollo } from '../server/graphql/apollo';
import type { EdgeContext } from '../server/graphql/edge-context';
import { createExecuteOnce } from '../server/graphql/execute-once';
import type { ErrorReport } from '../server/graphql/format-error';
import { createGraphQLHandler } from '../server/graphql/graphql-handler';
import { createOperationChain } from '../server/graphql/operation-chain';
import type { WaitOf } from '../server/graphql/operation-wait';
import { createSchemaRoute } from '../server/graphql/schema-access';
import { createTrustedDocuments } from '../server/graphql/trusted-documents';
import { createConsole } from '../server/console/console';
import type { Routes } from '../server/http/router';
import type { UpgradeHandler } from '../server/http/upgrades';
import { createEventStreams } from '../server/subscriptions/event-streams';
import { createOpenStreams } from '../server/subscriptions/open-streams';
import type { StreamPlace } from '../server/subscriptions/subscribe';
import { createTicketRoute } from '../server/subscriptions/ticket-route';
import { createWebSockets } from '../server/subscriptions/web-sockets';
import type { Clock } from '../shared/clock';
import type { AppOptions } from './app-options';
import type { AuthMiddleware } from './auth-middleware';
import { withExplorer } from './explorer-routes';
import type { Observability } from './observability';
import { createRequestChecks } from './request-checks';
import type { ContextOf } from './request-context';
import { createAppResponseCache } from './response-cache';
import { ticketSeconds, type StreamTickets } from './stream-tickets';
import type { Upstream } from './upstream';

export interface GraphQLDoorsDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly auth: AuthMiddleware;
  readonly tickets: StreamTickets;
  readonly schema: GraphQLSchema;
  readonly limiter: Pick<Upstream['limiter'], 'status' | 'callsInTime'>;
  readonly waitOf: WaitOf;
  readonly context: ContextOf;
  readonly observability: Pick<Observability, 'observeOperation' | 'observeRefusal' | 'metrics'>;
  /** The settings of the configuration in force. */
  readonly trustedDocuments: () => Config['trustedDocuments'];
  readonly onUnknownDocument: (hash: string) => void;
  readonly newErrorId: () => string;
  readonly report: (report: ErrorReport) => void;
  readonly pages: Pick<AppOptions, 'console' | 'explorer'>;
}

/** Every way in which a GraphQL operation can arrive. */
export interface GraphQLDoors {
  readonly routes: Routes;
  readonly upgrades: Readonly<Record<string, UpgradeHandler>>;
  start(): Promise<void>;
  /** Ends the subscriptions, so that clients reconnect elsewhere. */
  drain(): void;
  stop(): Promise<void>;
  /** Drops whole responses that were made under former keys or limits. */
  readonly clearResponses: () => void;
}

/**
 * The one place where the guards of GraphQL operations and their doors are put together. A request passes page origin,
 * credential and caller limit (`auth`), then the chain: size, trusted documents, parsing, the document's limits, validation,
 * variables, introspection, cost, execution time, log and metrics. A new door takes `auth` and `chain`, and adds nothing of its own.
 */
export const createGraphQLDoors = ({
  config,
  clock,
  auth,
  tickets,
  schema,
  limiter,
  waitOf,
  context,
  observability,
  trustedDocuments,
  onUnknownDocument,
  newErrorId,
  report,
  pages: { explorer, console: consoleOptions },
}: GraphQLDoorsDeps): GraphQLDoors => {
  const { server, queryLimits, subscriptions } = config;
  const maySeeSchema = ({ permissions }: Pick<Context, 'permissions'>): boolean =>
    server.development || permissions.has('schema:read');
  const { documents, introspection, cost } = createRequestChecks({
    config,
    schema,
    limiter,
    maySeeSchema,
    clock,
  });
  const pages =
    consoleOptions && config.http.console
      ? createConsole({
          ...consoleOptions,
          needsToken: config.auth !== undefined,
          basePath: config.http.basePath,
        })
      : undefined;
  const chain = createOperationChain<Context & EdgeContext>({
    schema,
    admit: createTrustedDocuments({
      settings: trustedDocuments,
      own: pages?.documents,
      onUnknown: onUnknownDocument,
    }),
    documents,
    checks: [introspection, cost],
    limits: queryLimits,
    clock,
    observe: observability.observeOperation,
  });

  const apollo = createApollo({
    chain,
    now: clock.now,
    throttleStatus: limiter.status,
    newErrorId,
    report,
    nameRefusal: namedRefusal,
  });
  const responseCache = createAppResponseCache({ config, clock, limiter, observability });
  const streams = createOpenStreams({
    ...subscriptions,
    clock,
    onCount: observability.metrics.streamsOpen,
  });
  const operations = {
    chain,
    clock,
    context,
    streams,
    callerNow: auth.callerNow,
    waitOf,
    executeOnce: createExecuteOnce(apollo),
    placeOf: (payload: unknown): StreamPlace => {
      const event = payload as LoggedEvent | OperationUpdate;
      return 'eventId' in event ? { position: event.eventId, isLast: false } : { isLast: event.isLast };
    },
    newErrorId,
    report,
    nameRefusal: namedRefusal,
  };
  const eventStreams = createEventStreams(operations);
  const webSockets = createWebSockets({
    ...operations,
    maxSockets: subscriptions.maxStreams,
    maxSocketsPerCaller: subscriptions.maxStreamsPerCaller,
    identify: auth.identify,
    isForeign: auth.isForeign,
    takeRequest: auth.takeRequest,
    onRefused: observability.observeRefusal,
  });
  const graphql = auth.streamRoute(
    createGraphQLHandler({
      apollo,
      chain,
      context,
      clock,
      waitOf,
      responseCache,
      stream: eventStreams.respond,
    }),
    tickets,
  );
  const page = explorer && withExplorer(graphql, explorer, { ...config, hasConsole: pages !== undefined });

  return {
    routes: {
      ...page?.routes,
      ...pages?.routes,
      '/graphql': { methods: ['GET', 'POST'], handle: page?.graphql ?? graphql },
      '/graphql/stream': {
        methods: ['GET', 'POST'],
        handle: auth.streamRoute(eventStreams.handler, tickets),
      },
      '/graphql/ticket': {
        methods: ['POST'],
        handle: auth.route(createTicketRoute({ issue: tickets.issue, seconds: ticketSeconds })),
      },
      '/schema.graphql': {
        methods: ['GET'],
        handle: auth.route(createSchemaRoute({ sdl: () => printSdl(schema), maySee: maySeeSchema })),
      },
    },
    upgrades: { '/graphql': webSockets.upgrade, '/graphql/stream': webSockets.upgrade },
    start: () => apollo.start(),
    drain() {
      // First, or the sockets would report their subscriptions as completed.
      webSockets.drain();
      streams.drain();
    },
    stop: () => apollo.stop(),
    clearResponses: responseCache.clear,
  };
};
