import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createEvents } from './app-events';
import type { Audit } from './audit/event';
import type { Caller } from './auth/caller';
import type { Config } from './config/config';
import type { LoggedEvent } from './events/event';
import { createGate } from './gate';
import { createNodeIds } from './graphql/common/node-id';
import type { Context } from './graphql/context';
import { planOperation } from './graphql/cost/plan-operation';
import { spendingOf } from './graphql/cost/spending';
import { printSdl } from './graphql/print-schema';
import { createSchema } from './graphql/schema';
import { createIdentity } from './identity';
import { createLoaders } from './loaders/loaders';
import type { ConfirmEvent } from './notifications/confirm';
import type { NotificationObserver } from './notifications/receive';
import { createApollo } from './server/apollo';
import { consistencyHeader, createConsistency } from './server/consistency';
import type { EdgeContext } from './server/edge-context';
import { createEventStreams } from './server/event-streams';
import { createExplorer, wantsPage, type ExplorerParts } from './server/explorer/explorer';
import type { ErrorReport } from './server/format-error';
import { createGraphQLHandler } from './server/graphql-handler';
import { createHttpServer, type Handler } from './server/http';
import { languageOf } from './server/language';
import { costPlugin } from './server/limits/cost-plugin';
import { createSchemaRoute } from './server/schema-access';
import { createTally } from './server/tally';
import { createTrustedDocuments } from './server/trusted-documents';
import type { Clock } from './shared/clock';
import { asksForBackground } from './server/priority';
import { openSharedState } from './shared-state';
import type { CallObserver } from './traffic/observe';
import { createUpstream } from './upstream';

export interface AppParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly observeCall: CallObserver;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly reportError: (report: ErrorReport) => void;
  readonly audit: Audit;
  /** Told when the shared store goes away and when it is back. */
  readonly onStoreChange?: (up: boolean) => void;
  /** Told of documents outside the manifest, by the SHA-256 of their text. */
  readonly onUnknownDocument?: (hash: string) => void;
  /** The page for browsers; absent where there is none. */
  readonly explorer?: ExplorerParts;
}

export interface App {
  /** Answers the port. Rejects with the listen error. */
  start(): Promise<number>;
  /** Lets what is under way finish, then closes everything. */
  stop(): Promise<void>;
}

/** The composition root: every object is made here, once, in the order in which data passes through them. */
export const createApp = async (parts: AppParts): Promise<App> => {
  const { config, clock, observeCall, reportError, audit, explorer } = parts;
  const { observeNotification, observeConfirm } = parts;
  const { onStoreChange = ignore, onUnknownDocument = ignore } = parts;
  const { server, encryptionKeys, queryLimits } = config;
  const random = Math.random;
  const newErrorId = (): string => randomBytes(8).toString('hex');
  const onError = (error: unknown): void => {
    reportError({ errorId: newErrorId(), error });
  };
  const gate = createGate({ config, clock, onProblem: onError });

  const state = await openSharedState({ config, clock, random, onStoreChange });
  const consistency = createConsistency(encryptionKeys);
  const upstream = createUpstream({ config, clock, random, state, observeCall });
  const { accounts, certificates, wire, limiter, members } = upstream;
  const events = await createEvents({ config, clock, state, upstream, observeNotification, observeConfirm });

  const nodeIds = createNodeIds(encryptionKeys);
  const identityOf = createIdentity({ config, clock, audit, accounts });

  const contextOf = (
    request: IncomingMessage,
    signal: AbortSignal,
    caller: Caller,
  ): Promise<Context & EdgeContext> => {
    const started = clock.now();
    const tally = createTally();
    const seen = consistency.read(asText(request.headers[consistencyHeader]));
    const isBackground = asksForBackground(asText(request.headers.priority));
    const identity = identityOf(caller, tally);
    const scope = { ...identity.scope, signal, seen, tally };
    return Promise.resolve({
      language: languageOf(request.headers['accept-language']),
      tally,
      consistency: () => consistency.write(seen, tally.written),
      loaders: createLoaders(members, {
        ...scope,
        lane: isBackground ? 'bulk' : 'interactive',
        deadline: started + server.queryDeadlineMs,
      }),
      members,
      writeScope: {
        ...scope,
        lane: isBackground ? 'bulk' : 'mutation',
        deadline: started + server.mutationDeadlineMs,
      },
      ...identity.context,
      nodeIds,
      throttle: limiter.status,
      cardEvents: events.cardEventsOf({
        request,
        signal,
        maySubscribe: (brandId) => identity.context.brands.get(brandId) !== undefined,
      }),
      now: clock.now,
      randomId: () => randomBytes(12).toString('hex'),
    });
  };

  const schema = createSchema();
  const maySeeSchema = ({ permissions }: Pick<Context, 'permissions'>): boolean =>
    server.development || permissions.has('schema:read');
  const apollo = createApollo<Context & EdgeContext>({
    schema,
    development: server.development,
    maySeeSchema,
    limits: queryLimits,
    plugins: [
      costPlugin({
        plan: (operation, context) => spendingOf(planOperation(operation, context), context),
        status: limiter.status,
        upstreamCalls: queryLimits.upstreamCalls,
        patienceMs: { query: server.queryDeadlineMs, mutation: server.mutationDeadlineMs },
      }),
    ],
    throttleStatus: limiter.status,
    newErrorId,
    report: reportError,
  });
  const graphql = gate.route(
    createGraphQLHandler({
      apollo,
      context: contextOf,
      clock,
      admit: createTrustedDocuments({ ...config.trustedDocuments, onUnknown: onUnknownDocument }),
      limits: queryLimits,
    }),
  );
  const schemaRoute = gate.route(createSchemaRoute({ sdl: printSdl(schema), maySee: maySeeSchema }));
  const streams = createEventStreams<Context & EdgeContext>({
    ...config.subscriptions,
    schema,
    development: server.development,
    clock,
    context: contextOf,
    limits: queryLimits,
    positionOf: (event) => (event as LoggedEvent).eventId,
    newErrorId,
    report: reportError,
  });
  const http = createHttpServer({
    routes: {
      '/graphql': graphql,
      '/schema.graphql': schemaRoute,
      ...(explorer === undefined ? {} : withExplorer(graphql, explorer)),
      '/graphql/stream': gate.route(streams.handler),
      // Not behind the gate: whoever signs as WeChat Pay is heard, and nobody else.
      [config.notifications.path]: events.notify,
    },
    onError,
  });

  return {
    async start() {
      await gate.start();
      await apollo.start();
      await certificates.start();
      events.start();
      return http.listen(server);
    },
    async stop() {
      streams.drain();
      await http.drain(server.drainMs);
      await events.stop();
      certificates.stop();
      await apollo.stop();
      await wire.close();
      state.stop();
    },
  };
};

const withExplorer = (graphql: Handler, explorer: ExplorerParts): Record<string, Handler> => {
  const { page, assets } = createExplorer(explorer);
  return {
    '/': page,
    '/explorer/': assets,
    '/graphql': (request, response) =>
      wantsPage(request.method, request.headers.accept)
        ? page(request, response)
        : graphql(request, response),
  };
};

const ignore = (): void => undefined;

const asText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
