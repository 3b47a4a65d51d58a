import type { IncomingMessage } from 'node:http';
import { createAuthenticator } from '../auth/authenticator';
import { localCaller, type Caller } from '../auth/caller';
import type { ServerScope } from '../auth/permissions';
import type { AuthSettings } from '../auth/settings';
import type { Config } from '../config/config';
import { exposureProblems } from '../config/exposure';
import { ConfigError } from '../config/reader';
import { acceptedBy } from '../server/http/accept';
import {
  identify,
  requireCaller,
  takeRequest,
  type CallerHandler,
  type CallerCheck,
  type CallerRefusal,
} from '../server/http/authenticate';
import { createCallerLimit } from '../server/http/caller-limit';
import { headerOf } from '../server/http/headers';
import { isForeignPage, type PageOrigins } from '../server/http/page-origin';
import type { Handler } from '../server/http/router';
import { finding, type Finding } from '../operating/finding';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import type { StreamTickets } from './stream-tickets';

export interface AuthMiddlewareDeps {
  readonly config: Config;
  /** The configuration in force, for what changes without a restart. */
  readonly current: () => Pick<Config, 'auth'>;
  readonly clock: Clock;
  readonly onProblem: (error: Error) => void;
  readonly origins: PageOrigins;
}

/**
 * The first guards of every door: page origin, credential, caller limit. Throws ConfigError if the server would accept callers
 * without authentication although it must not.
 */
export const createAuthMiddleware = ({ config, current, clock, onProblem, origins }: AuthMiddlewareDeps) => {
  const problems = exposureProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const { auth, network } = config;
  const authenticator =
    auth &&
    createAuthenticator({
      settings: auth,
      openidClaims: () => current().auth?.tokens?.members.openidClaims,
      network,
      clock,
      onProblem,
    });
  const isForeign = isForeignPage(origins);
  const check: CallerCheck =
    auth === undefined || authenticator === undefined
      ? {
          authenticate: () => Promise.resolve({ caller: localCaller }),
          takeRequest: () => undefined,
          isForeign,
        }
      : {
          authenticate: authenticator.authenticate,
          takeRequest: requestLimit(auth, clock),
          isForeign,
        };
  /** Credentials that did not come in the Authorization header. */
  const credentials = new WeakMap<IncomingMessage, string>();
  return {
    start: async () => authenticator?.start(),
    stop: () => authenticator?.stop(),
    findings: (): readonly Finding[] =>
      (authenticator?.problems() ?? []).map(({ detail, refused }) =>
        finding('auth.unreadable', detail, refused ? 'failing' : 'warning'),
      ),
    /** A route for known callers; `needs` is the scope required by a route about the server itself. */
    route: (handler: CallerHandler, needs?: ServerScope): Handler => requireCaller(check, handler, needs),
    /** A route where a ticket in the URL may stand in for the header, if the client asks for a stream by GET. */
    streamRoute: (handler: CallerHandler, tickets: StreamTickets): Handler => {
      const byHeader = requireCaller(check, handler);
      const byTicket = async (request: IncomingMessage, ticket: string): Promise<string | undefined> => {
        const authorization = await tickets.redeem(ticket);
        if (authorization !== undefined) credentials.set(request, authorization);
        return authorization;
      };
      return (request, response) => {
        const ticket = ticketOf(request);
        if (ticket === undefined) return byHeader(request, response);
        const withTicket: CallerCheck = {
          ...check,
          credentialOf: (own) => byTicket(own, ticket),
          authenticate: (authorization) =>
            authorization === undefined
              ? Promise.resolve({ refused: 'invalid' })
              : check.authenticate(authorization === '' ? undefined : authorization),
        };
        return requireCaller(withTicket, handler)(request, response);
      };
    },
    /** The same guards for a socket, whose credential may come after its request. */
    identify: async (
      request: IncomingMessage,
      authorization: string | undefined,
    ): Promise<{ readonly caller: Caller } | CallerRefusal> => {
      if (authorization !== undefined) credentials.set(request, authorization);
      return identify(check, request, () => Promise.resolve(authorization));
    },
    /** See `Authenticator.callerNow`. */
    callerLater: async (id: string, scopes: readonly string[]): Promise<Caller | undefined> => {
      if (authenticator !== undefined) return authenticator.callerNow(id, scopes);
      return id === localCaller.id ? localCaller : undefined;
    },
    takeRequest: (caller: Caller): CallerRefusal | undefined => takeRequest(check, caller),
    isForeign,
    /**
     * Who the request's credential belongs to now. Rejects with UNAUTHENTICATED if the credential has ended while the request
     * was open.
     */
    callerNow: async (request: IncomingMessage): Promise<Caller> => {
      const authorization = credentials.get(request) ?? headerOf(request, 'authorization');
      const authentication = await check.authenticate(authorization);
      if ('caller' in authentication) return authentication.caller;
      throw new AppError('UNAUTHENTICATED', `the credential of an open request is ${authentication.refused}`);
    },
  };
};

/** Requests of staff and of members have limits of their own. */
const requestLimit = ({ requests, tokens }: AuthSettings, clock: Clock): CallerCheck['takeRequest'] => {
  const ofStaff = createCallerLimit({ ...requests, clock });
  const ofMembers = createCallerLimit({ ...(tokens?.members.requests ?? requests), clock });
  return ({ id, permissions }) => (permissions.member === undefined ? ofStaff(id) : ofMembers(id));
};

export type AuthMiddleware = ReturnType<typeof createAuthMiddleware>;

/** The ticket of a request that has no other credential and asks for a stream. */
const ticketOf = (request: IncomingMessage): string | undefined => {
  const { method, url = '' } = request;
  if (method !== 'GET' || headerOf(request, 'authorization') !== undefined) return undefined;
  if (!acceptedBy(headerOf(request, 'accept')).namesStream) return undefined;
  const mark = url.indexOf('?');
  return mark === -1 ? undefined : (new URLSearchParams(url.slice(mark)).get('ticket') ?? undefined);
};
