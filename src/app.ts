import { randomBytes, hkdfSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createEvents } from './app-events';
import type { Config } from './config/config';
import type { LoggedEvent } from './events/event';
import { createNodeIds } from './graphql/common/node-id';
import type { Context } from './graphql/context';
import { createSchema } from './graphql/schema';
import { createLoaders } from './loaders/loaders';
import type { NotificationObserver } from './notifications/receive';
import { createApollo } from './server/apollo';
import type { EdgeContext } from './server/edge-context';
import { createEventStreams } from './server/event-streams';
import { createExplorer, wantsPage, type ExplorerParts } from './server/explorer/explorer';
import type { ErrorReport } from './server/format-error';
import { createGraphQLHandler } from './server/graphql-handler';
import { createHttpServer, type Handler } from './server/http';
import { languageOf } from './server/language';
import { createTally } from './server/tally';
import type { Clock } from './shared/clock';
import { createHosts } from './traffic/attempts/hosts';
import { createRetryBudget } from './traffic/attempts/retry-budget';
import { createMemoryRegister } from './traffic/cache/register';
import { createLimiter } from './traffic/limiter/limiter';
import { createMemorySlots } from './traffic/limiter/memory-slots';
import type { CallObserver } from './traffic/observe';
import { pipeline } from './traffic/pipeline';
import { createAccounts } from './wechatpay/accounts';
import { createCertificateRefresh } from './wechatpay/certificates';
import { interfaces } from './wechatpay/interfaces';
import { createMemberCards } from './wechatpay/member-cards';
import { createNames } from './wechatpay/names';
import { createNotificationReader } from './wechatpay/notification';
import { createWire } from './wechatpay/wire';

export interface AppParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly observeCall: CallObserver;
  readonly observeNotification: NotificationObserver;
  readonly reportError: (report: ErrorReport) => void;
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
export const createApp = ({
  config,
  clock,
  observeCall,
  observeNotification,
  reportError,
  explorer,
}: AppParts): App => {
  const { server, wechatPay, encryptionKeys, cache } = config;
  const random = Math.random;

  const accounts = createAccounts(wechatPay, clock);
  const certificates = createCertificateRefresh({ accounts, settings: wechatPay, clock });
  const wire = createWire({ settings: wechatPay, accounts, clock, onUnknownSerial: certificates.refresh });
  const limiter = createLimiter({ slots: createMemorySlots(clock), clock, random });
  const register = createMemoryRegister(clock);
  const names = createNames(nameSecret(encryptionKeys));
  const send = pipeline(
    {
      clock,
      random,
      observer: observeCall,
      cache: { register, mostBytes: cache.maxBytes },
      hosts: createHosts(clock),
      budget: createRetryBudget(),
      limiter,
    },
    wire.send,
  );
  const members = createMemberCards({
    send,
    names,
    accountOf: (brandId, routes) => accounts.of(brandId, routes),
    limitOf: (name, route) => wechatPay.limits[name]?.[route] ?? interfaces[name].callsPerSecond[route],
  });

  const nodeIds = createNodeIds(encryptionKeys);
  const brands = new Map(wechatPay.brands.map(({ brandId, name }) => [brandId, { brandId, name }]));

  const events = createEvents({
    config,
    clock,
    register,
    names,
    reader: createNotificationReader({
      accounts,
      settings: wechatPay,
      clock,
      onUnknownSerial: certificates.refresh,
    }),
    observeNotification,
  });

  const contextOf = (request: IncomingMessage, signal: AbortSignal): Promise<Context & EdgeContext> => {
    const started = clock.now();
    const tally = createTally();
    const caller = 'anonymous';
    return Promise.resolve({
      language: languageOf(request.headers['accept-language']),
      tally,
      loaders: createLoaders(members, {
        lane: 'interactive',
        caller,
        deadline: started + server.queryDeadlineMs,
        signal,
        tally,
      }),
      members,
      writeScope: { lane: 'mutation', caller, deadline: started + server.mutationDeadlineMs, signal, tally },
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
      return http.listen(server);
    },
    async stop() {
      streams.drain();
      await http.drain(server.drainMs);
      certificates.stop();
      await apollo.stop();
      await wire.close();
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

const nameSecret = (keys: Config['encryptionKeys']): Buffer =>
  Buffer.from(hkdfSync('sha256', keys[0]?.key ?? Buffer.alloc(0), '', 'cache names', 32));
