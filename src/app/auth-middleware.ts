import type { IncomingMessage } from 'node:http';
import { createAuthenticator } from '../auth/authenticator';
import { localCaller, type Caller } from '../auth/caller';
import type { ServerScope } from '../auth/permissions';
import type { Config } from '../config/config';
import { exposureProblems } from '../config/exposure';
import { ConfigError } from '../config/reader';
import { requireCaller, type CallerHandler, type CallerCheck } from '../server/http/authenticate';
import { createCallerLimit } from '../server/http/caller-limit';
import type { Handler } from '../server/http/http';
import type { Finding } from '../server/routes/probes';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';

export interface AuthMiddlewareDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly onProblem: (error: Error) => void;
}

/** Authentication and request limits for all routes. Throws ConfigError if the server would be open to everybody. */
export const createAuthMiddleware = ({ config, clock, onProblem }: AuthMiddlewareDeps) => {
  const problems = exposureProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const { auth } = config;
  const authenticator = auth && createAuthenticator({ settings: auth, clock, onProblem });
  const check: CallerCheck =
    auth === undefined || authenticator === undefined
      ? { authenticate: () => Promise.resolve({ caller: localCaller }), takeRequest: () => undefined }
      : {
          authenticate: authenticator.authenticate,
          takeRequest: createCallerLimit({ ...auth.requests, clock }),
        };
  return {
    start: async () => authenticator?.start(),
    stop: () => authenticator?.stop(),
    findings: (): readonly Finding[] =>
      (authenticator?.problems() ?? []).map(({ detail, refused }) => ({
        check: 'auth',
        level: refused ? 'failing' : 'warning',
        detail,
      })),
    /** A route for known callers; `needs` is the scope required by a route about the server itself. */
    route: (handler: CallerHandler, needs?: ServerScope): Handler => requireCaller(check, handler, needs),
    /** Who the request's credential stands for now. A request that stays open may outlive it: then UNAUTHENTICATED. */
    callerNow: async ({ headers }: IncomingMessage): Promise<Caller> => {
      const authentication = await check.authenticate(headers.authorization);
      if ('caller' in authentication) return authentication.caller;
      throw new AppError('UNAUTHENTICATED', `the credential of an open request is ${authentication.refused}`);
    },
  };
};
