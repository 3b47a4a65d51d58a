import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Audit } from './audit/event';
import type { Caller } from './auth/caller';
import type { Config } from './config/config';
import { createGate } from './gate';
import { createNodeIds } from './graphql/common/node-id';
import type { Context } from './graphql/context';
import { createSchema } from './graphql/schema';
import { createIdentity } from './identity';
import { createImageRoute } from './image-route';
import { createLoaders } from './loaders/loaders';
import { createApollo } from './server/apollo';
import { consistencyHeader, createConsistency } from './server/consistency';
import type { EdgeContext } from './server/edge-context';
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
  readonly reportError: (report: ErrorReport) => void;
  readonly audit: Audit;
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
  const { config, clock, observeCall, reportError, audit, explorer, onStoreChange = () => undefined } = parts;
  const { server, encryptionKeys } = config;
  const random = Math.random;
  const onError = (error: unknown): void => {
    reportError({ errorId: randomBytes(8).toString('hex'), error });
  };
  const gate = createGate({ config, clock, onProblem: onError });

  const state = await openSharedState({ config, clock, random, onStoreChange });
  const consistency = createConsistency(encryptionKeys);
  const { accounts, certificates, wire, limiter, members } = createUpstream({
    config,
    clock,
    random,
    state,
    observeCall,
  });

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
    const identity = identityOf(caller, tally);
    const scope = { ...identity.scope, signal, seen, tally };
    return Promise.resolve({
      language: languageOf(request.headers['accept-language']),
      tally,
      consistency: () => consistency.write(seen, tally.written),
      loaders: createLoaders(members, {
        ...scope,
        lane: 'interactive',
        deadline: started + server.queryDeadlineMs,
      }),
      members,
      writeScope: { ...scope, lane: 'mutation', deadline: started + server.mutationDeadlineMs },
      ...identity.context,
      nodeIds,
      throttle: limiter.status,
      now: clock.now,
      randomId: () => randomBytes(12).toString('hex'),
    });
  };

  const apollo = createApollo<Context & EdgeContext>({
    schema: createSchema(),
    development: server.development,
    throttleStatus: limiter.status,
    newErrorId: () => randomBytes(8).toString('hex'),
    report: reportError,
  });
  const graphql = gate.route(createGraphQLHandler({ apollo, context: contextOf }));
  const images = createImageRoute({ config, clock, members, identityOf, report: reportError });
  const http = createHttpServer({
    routes: {
      ...(explorer === undefined ? { '/graphql': graphql } : withExplorer(graphql, explorer)),
      '/images': gate.route(images),
    },
    onError,
  });

  return {
    async start() {
      await gate.start();
      await apollo.start();
      await certificates.start();
      return http.listen(server);
    },
    async stop() {
      await http.drain(server.drainMs);
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
