import { createAuthenticator } from './auth/authenticator';
import { localCaller } from './auth/caller';
import type { ServerScope } from './auth/permissions';
import type { Config } from './config/config';
import { exposureProblems } from './config/exposure';
import { ConfigError } from './config/reader';
import { authenticated, type CallerHandler, type Gate } from './server/authenticate';
import { createCallerLimit } from './server/caller-limit';
import type { Handler } from './server/http';
import type { Finding } from './server/probes';
import type { Clock } from './shared/clock';

export interface GateParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly onProblem: (error: Error) => void;
}

/** What stands between the routes and whoever calls them. Throws ConfigError where the server would stand open. */
export const createGate = ({ config, clock, onProblem }: GateParts) => {
  const problems = exposureProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const { auth } = config;
  const authenticator = auth && createAuthenticator({ settings: auth, clock, onProblem });
  const gate: Gate =
    auth === undefined || authenticator === undefined
      ? { verdictOn: () => Promise.resolve({ caller: localCaller }), admit: () => undefined }
      : { verdictOn: authenticator.verdictOn, admit: createCallerLimit({ ...auth.requests, clock }) };
  return {
    start: async () => authenticator?.start(),
    stop: () => authenticator?.stop(),
    findings: (): readonly Finding[] =>
      (authenticator?.problems() ?? []).map(({ detail, refused }) => ({
        check: 'auth',
        level: refused ? 'failing' : 'warning',
        detail,
      })),
    /** A route for known callers; `needs` names the scope of one that is about the server. */
    route: (handler: CallerHandler, needs?: ServerScope): Handler => authenticated(gate, handler, needs),
  };
};
