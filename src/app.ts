import { randomBytes, hkdfSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Audit } from './audit/event';
import { createOperationAudit } from './audit/operation-audit';
import type { Caller } from './auth/caller';
import { reachOf } from './auth/reach';
import type { Config } from './config/config';
import { createGate } from './gate';
import { createNodeIds } from './graphql/common/node-id';
import type { Context } from './graphql/context';
import { createPersonal } from './graphql/personal';
import { createSchema } from './graphql/schema';
import { createLoaders } from './loaders/loaders';
import { createApollo } from './server/apollo';
import type { EdgeContext } from './server/edge-context';
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
import { createWire } from './wechatpay/wire';

export interface AppParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly observeCall: CallObserver;
  readonly reportError: (report: ErrorReport) => void;
  readonly audit: Audit;
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
export const createApp = ({ config, clock, observeCall, reportError, audit, explorer }: AppParts): App => {
  const { server, wechatPay, encryptionKeys, cache } = config;
  const random = Math.random;
  const onError = (error: unknown): void => {
    reportError({ errorId: randomBytes(8).toString('hex'), error });
  };
  const gate = createGate({ config, clock, onProblem: onError });

  const accounts = createAccounts(wechatPay, clock);
  const certificates = createCertificateRefresh({ accounts, settings: wechatPay, clock });
  const wire = createWire({ settings: wechatPay, accounts, clock, onUnknownSerial: certificates.refresh });
  const limiter = createLimiter({ slots: createMemorySlots(clock), clock, random });
  const send = pipeline(
    {
      clock,
      random,
      observer: observeCall,
      cache: { register: createMemoryRegister(clock), mostBytes: cache.maxBytes },
      hosts: createHosts(clock),
      budget: createRetryBudget(),
      limiter,
    },
    wire.send,
  );
  const members = createMemberCards({
    send,
    names: createNames(derived(encryptionKeys, 'cache names')),
    accountOf: (brandId, routes) => accounts.of(brandId, routes),
    limitOf: (name, route) => wechatPay.limits[name]?.[route] ?? interfaces[name].callsPerSecond[route],
  });

  const nodeIds = createNodeIds(encryptionKeys);
  const auditKey = derived(encryptionKeys, 'audit targets');
  const brands = new Map(wechatPay.brands.map(({ brandId, name }) => [brandId, { brandId, name }]));

  const contextOf = (
    request: IncomingMessage,
    signal: AbortSignal,
    { id: caller, permissions }: Caller,
  ): Promise<Context & EdgeContext> => {
    const started = clock.now();
    const tally = createTally();
    const reach = reachOf(permissions, brands);
    const scope = { caller, signal, tally, mayReach: reach.mayReach };
    const operationAudit = createOperationAudit({
      audit,
      now: clock.now,
      caller,
      key: auditKey,
      isBrand: (brandId) => brands.has(brandId),
    });
    const personal = createPersonal({
      unseal: (brandId, sealed) => accounts.get(accounts.of(brandId, ['brand', 'partner'])).unseal(sealed),
      maySee: reach.maySee,
      most: config.mostDecryptions,
      audit: operationAudit,
    });
    return Promise.resolve({
      language: languageOf(request.headers['accept-language']),
      tally,
      holdsPersonalData: () => personal.opened() > 0,
      permissions,
      loaders: createLoaders(members, {
        ...scope,
        lane: 'interactive',
        deadline: started + server.queryDeadlineMs,
      }),
      members,
      writeScope: { ...scope, lane: 'mutation', deadline: started + server.mutationDeadlineMs },
      brands: reach.brands,
      nodeIds,
      personal,
      audit: operationAudit,
      requestIds: () => tally.requestIds(),
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
  const http = createHttpServer({
    routes: explorer === undefined ? { '/graphql': graphql } : withExplorer(graphql, explorer),
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

const derived = (keys: Config['encryptionKeys'], purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', keys[0]?.key ?? Buffer.alloc(0), '', purpose, 32));
