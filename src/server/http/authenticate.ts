import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authentication } from '../../auth/authenticator';
import type { Caller } from '../../auth/caller';
import type { ServerScope } from '../../auth/permissions';
import { publicText } from '../../shared/errors';
import { failure, sendJson, type Handler } from './http';
import { languageOf } from './language';
import { noteCaller } from './refusals';
import { textIn, type Texts } from '../../shared/language';

/** Handles a request of a known caller. */
export type CallerHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
) => Promise<void> | void;

export interface CallerCheck {
  readonly authenticate: (authorization: string | undefined) => Promise<Authentication>;
  /** Takes one request of the caller, or returns how many ms to wait until the next one is accepted. */
  readonly takeRequest: (callerId: string) => number | undefined;
}

/** Retry-After when credentials cannot be checked, s: by then the issuer's key set is fetched again. */
const retryAfterSeconds = 30;

/**
 * Lets known callers reach the handler and, if `needs` is given, only those with that scope. Before the check, nothing but
 * the headers of the request is read.
 */
export const requireCaller =
  (check: CallerCheck, handler: CallerHandler, needs?: ServerScope): Handler =>
  async (request, response) => {
    const refuse = (status: number, code: string, text: Texts): void => {
      request.resume();
      const language = languageOf(request.headers['accept-language']);
      sendJson(response, status, failure(code, textIn(language, text)));
    };
    const authentication = await check.authenticate(request.headers.authorization);
    if ('refused' in authentication) {
      if (authentication.refused === 'unavailable') {
        response.setHeader('retry-after', String(retryAfterSeconds));
        return refuse(503, 'INTERNAL_SERVER_ERROR', unchecked);
      }
      // RFC 6750: a missing credential gets a challenge without an error code.
      response.setHeader(
        'www-authenticate',
        authentication.refused === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"',
      );
      return refuse(401, 'UNAUTHENTICATED', publicText.UNAUTHENTICATED);
    }
    const { caller } = authentication;
    noteCaller(request, caller.id);
    const waitMs = check.takeRequest(caller.id);
    if (waitMs !== undefined) {
      response.setHeader('retry-after', String(Math.ceil(waitMs / 1000)));
      return refuse(429, 'RATE_LIMITED', tooMany);
    }
    if (needs !== undefined && !caller.permissions.has(needs))
      return refuse(403, 'FORBIDDEN', publicText.FORBIDDEN);
    await handler(request, response, caller);
  };

const unchecked = ['Credentials cannot be checked at the moment.', '暂时无法验证身份凭证。'] as const;
const tooMany = [
  'Too many requests of this caller; try again after Retry-After.',
  '请求过多，请在 Retry-After 之后重试。',
] as const;
