import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import { AppError } from '../shared/errors';
import { createAccessTokens, type AccessTokensDeps } from './access-tokens';
import { idOfApiKey } from './api-key';
import { ApiKeysUnavailable, createApiKeys, keptMs } from './api-keys';
import type { Caller } from './caller';
import { createKeySet, KeySetUnavailable } from './key-set';
import { loadKeySet } from './load-key-set';
import { TokenRefused } from './member';
import { permissionsOf } from './permissions';
import type { NetworkSettings } from '../network/settings';
import type { AuthSettings } from './settings';

/**
 * `missing`: no credential. `invalid`: an invalid credential; `detail` tells the operator what is wrong with a token that the
 * issuer has signed. `unavailable`: credentials cannot be checked now.
 */
export type Authentication =
  | { readonly caller: Caller }
  | { readonly refused: 'missing' | 'invalid' | 'unavailable'; readonly detail?: string };

/** Identifies the caller of a request. */
export interface Authenticator {
  start(): Promise<void>;
  stop(): void;
  /** Current problems of the credential sources; `refused` if no caller can be authenticated because of it. */
  problems(): readonly { readonly detail: string; readonly refused: boolean }[];
  /**
   * Who a caller of an earlier request is now. The keys of a caller may have been revoked or changed; a token's permissions are those
   * that it had. `undefined` if the caller may do nothing any more.
   */
  readonly callerNow: (id: string, scopes: readonly string[]) => Promise<Caller | undefined>;
  /** `authorization` is the value of the Authorization header. */
  readonly authenticate: (authorization: string | undefined) => Promise<Authentication>;
}

export interface AuthenticatorDeps {
  readonly settings: AuthSettings;
  /** See AccessTokensDeps. */
  readonly openidClaims?: AccessTokensDeps['openidClaims'];
  /** Default: hosts are reached directly. */
  readonly network?: NetworkSettings;
  readonly clock: Clock;
  readonly onProblem: (error: Error) => void;
}

/** Checks API keys and access tokens. Both arrive as `Authorization: Bearer …` and are distinguished by their form. */
export const createAuthenticator = ({
  settings,
  openidClaims,
  network,
  clock,
  onProblem,
}: AuthenticatorDeps): Authenticator => {
  const { tokens, apiKeys } = settings;
  const keys = apiKeys && createApiKeys({ file: apiKeys.file, clock, onProblem });
  let keySetTrouble: string | undefined;
  const keySet =
    tokens &&
    createKeySet({
      load: () => loadKeySet(tokens.jwks, network),
      clock,
      onChange(reason) {
        keySetTrouble = reason && `the issuer's key set cannot be loaded (${reason})`;
        if (keySetTrouble !== undefined) onProblem(new AppError('MISCONFIGURED', keySetTrouble));
      },
    });
  const accessTokens =
    tokens && keySet && createAccessTokens({ settings: tokens, keySet, clock, ...defined({ openidClaims }) });

  return {
    async start() {
      await keys?.start();
      keySet?.start();
    },
    stop() {
      keys?.stop();
      keySet?.stop();
    },
    problems() {
      const ofFile = keys?.problem();
      return [
        ...(ofFile === undefined
          ? []
          : [
              {
                detail: `${ofFile.detail}; ${ofFile.refused ? 'its keys are refused' : `the last known keys are accepted for ${keptMs / 60_000} minutes`}`,
                refused: ofFile.refused && tokens === undefined,
              },
            ]),
        ...(keySetTrouble === undefined
          ? []
          : [
              {
                detail: `${keySetTrouble}; tokens are checked with the last known key set for 24 hours, or refused if there is none`,
                refused: false,
              },
            ]),
      ];
    },
    async callerNow(id, scopes) {
      if (id.startsWith('key:')) return keys?.callerNamed(id);
      return tokens !== undefined && id.startsWith('token:')
        ? { id, permissions: permissionsOf(scopes) }
        : undefined;
    },
    async authenticate(authorization) {
      if (authorization === undefined) return { refused: 'missing' };
      const [, credential = ''] = /^Bearer +([\w~+/.=-]{1,8192})$/i.exec(authorization) ?? [];
      try {
        const checker = idOfApiKey(credential) === undefined ? accessTokens : keys;
        const caller = credential === '' ? undefined : await checker?.callerOf(credential);
        return caller === undefined ? { refused: 'invalid' } : { caller };
      } catch (error) {
        if (error instanceof KeySetUnavailable || error instanceof ApiKeysUnavailable)
          return { refused: 'unavailable' };
        if (error instanceof TokenRefused) return { refused: 'invalid', detail: error.message };
        throw error;
      }
    },
  };
};
