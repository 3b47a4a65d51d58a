import type { Clock } from '../shared/clock';
import { createAccessTokens } from './access-tokens';
import { idOfApiKey } from './api-key';
import { createApiKeys } from './api-keys';
import type { Caller } from './caller';
import { createKeySet, KeySetUnavailable } from './key-set';
import { loadKeySet } from './load-key-set';
import type { AuthSettings } from './settings';

/** `missing`: no credential. `invalid`: one that proves nothing. `unavailable`: it cannot be checked now. */
export type Verdict =
  { readonly caller: Caller } | { readonly refused: 'missing' | 'invalid' | 'unavailable' };

/** Tells who a request is from. */
export interface Authenticator {
  start(): Promise<void>;
  /** By the value of the Authorization header. */
  readonly verdictOn: (authorization: string | undefined) => Promise<Verdict>;
}

export interface AuthenticatorParts {
  readonly settings: AuthSettings;
  readonly clock: Clock;
  readonly onProblem: (error: Error) => void;
}

/** API keys and access tokens both come as `Authorization: Bearer …` and are told apart by their form. */
export const createAuthenticator = ({ settings, clock, onProblem }: AuthenticatorParts): Authenticator => {
  const { tokens, apiKeys } = settings;
  const keys = apiKeys && createApiKeys({ file: apiKeys.file, clock, onProblem });
  const accessTokens =
    tokens &&
    createAccessTokens({
      settings: tokens,
      keySet: createKeySet({ load: () => loadKeySet(tokens.jwks), clock }),
      clock,
    });

  return {
    async start() {
      await keys?.start();
    },
    async verdictOn(authorization) {
      if (authorization === undefined) return { refused: 'missing' };
      const [, credential = ''] = /^Bearer +([\w~+/.=-]{1,8192})$/i.exec(authorization) ?? [];
      try {
        const checker = idOfApiKey(credential) === undefined ? accessTokens : keys;
        const caller = credential === '' ? undefined : await checker?.callerOf(credential);
        return caller === undefined ? { refused: 'invalid' } : { caller };
      } catch (error) {
        if (error instanceof KeySetUnavailable) return { refused: 'unavailable' };
        throw error;
      }
    },
  };
};
