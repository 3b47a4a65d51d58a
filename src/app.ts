import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createEvents } from './app-events';
import type { Config } from './config/config';
import type { LoggedEvent } from './events/event';
import { createNodeIds } from './graphql/common/node-id';
import type { Context } from './graphql/context';
import { createSchema } from './graphql/schema';
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
import { createTally } from './server/tally';
import type { Clock } from './shared/clock';
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
  /** Told when the shared store goes away and when it is back. */
  readonly onStoreChange?: (up: boolean) => void;
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
  const { config, clock, observeCall, reportError, explorer } = parts;
  const { observeNotification, observeConfirm, onStoreChange = () => undefined } = parts;
  const { server, wechatPay, encryptionKeys } = config;
  const random = Math.random;

  const state = await openSharedState({ config, clock, random, onStoreChange });
  const consistency = createConsistency(encryptionKeys);
  const upstream = createUpstream({ config, clock, random, state, observeCall });
  const { accounts, certificates, wire, limiter, members } = upstream;

  const nodeIds = createNodeIds(encryptionKeys);
  const brands = new Map(wechatPay.brands.map(({ brandId, name }) => [brandId, { brandId, name }]));

  const events = await createEvents({ config, clock, state, upstream, observeNotification, observeConfirm });

  const contextOf = (request: IncomingMessage, signal: AbortSignal): Promise<Context & EdgeContext> => {
    const started = clock.now();
    const tally = createTally();
    const seen = consistency.read(asText(request.headers[consistencyHeader]));
    const caller = 'anonymous';
    return Promise.resolve({
      language: languageOf(request.headers['accept-language']),
      tally,
      consistency: () => consistency.write(seen, tally.written),
      loaders: createLoaders(members, {
        lane: 'interactive',
        caller,
        deadline: started + server.queryDeadlineMs,
        signal,
        seen,
        tally,
      }),
      members,
      writeScope: {
        lane: 'mutation',
        caller,
        deadline: started + server.mutationDeadlineMs,
        signal,
        seen,
        tally,
      },
      brands: { get: (brandId) => brands.get(brandId), all: () => [...brands.values()] },
      nodeIds,
      unseal: (brandId, sealed) => accounts.get(accounts.of(brandId, ['brand', 'partner'])).unseal(sealed),
      throttle: limiter.status,
      cardEvents: events.cardEventsOf({ request, signal, maySubscribe: (brandId) => brands.has(brandId) }),
      now: clock.now,
      randomId: () => randomBytes(12).toString('hex'),
    });
  };

  const schema = createSchema();
  const newErrorId = (): string => randomBytes(8).toString('hex');
  const apollo = createApollo<Context & EdgeContext>({
    schema,
    development: server.development,
    throttleStatus: limiter.status,
    newErrorId,
    report: reportError,
  });
  const graphql = createGraphQLHandler({ apollo, context: contextOf });
  const streams = createEventStreams<Context & EdgeContext>({
    ...config.subscriptions,
    schema,
    development: server.development,
    clock,
    context: contextOf,
    callerOf: ({ writeScope }) => writeScope.caller,
    positionOf: (event) => (event as LoggedEvent).eventId,
    newErrorId,
    report: reportError,
  });
  const http = createHttpServer({
    routes: {
      ...(explorer === undefined ? { '/graphql': graphql } : withExplorer(graphql, explorer)),
      '/graphql/stream': streams.handler,
      [config.notifications.path]: events.notify,
    },
    onError: (error) => {
      reportError({ errorId: newErrorId(), error });
    },
  });

  return {
    async start() {
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

const asText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
