import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authentication } from '../../auth/authenticator';
import type { Caller } from '../../auth/caller';
import type { ServerScope } from '../../auth/permissions';
import { AppError } from '../../shared/errors';
import { headerOf, responseHeader } from './headers';
import { noteCaller, noteDetail, noteRefusal } from './refusals';
import type { Handler } from './router';
import { sendFailure, type HttpFailure } from './send-failure';

/** Handles a request of a known caller. */
export type CallerHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
) => Promise<void> | void;

export interface CallerCheck {
  readonly authenticate: (authorization: string | undefined) => Promise<Authentication>;
  /** Takes one request of the caller, or returns how many ms to wait until the next one is accepted. */
  readonly takeRequest: (caller: Caller) => number | undefined;
  /** Whether the request comes from a page that may not call this server. Default: never. */
  readonly isForeign?: (request: IncomingMessage) => boolean;
  /** The request's credential, as the value of its Authorization header. Default: that header. */
  readonly credentialOf?: (request: IncomingMessage) => Promise<string | undefined>;
}

/** Why a request is refused, with the headers of the response. */
export interface CallerRefusal extends HttpFailure {
  readonly headers: Readonly<Record<string, string>>;
}

/** Retry-After when credentials cannot be checked, s: by then the issuer's key set is fetched again. */
const retryAfterSeconds = 30;

/** The first guards of every door, in this order: page origin, credential, caller limit. */
export const identify = async (
  check: CallerCheck,
  request: IncomingMessage,
  credential: () => Promise<string | undefined> = () => (check.credentialOf ?? authorizationOf)(request),
): Promise<{ readonly caller: Caller } | CallerRefusal> => {
  if (check.isForeign?.(request) === true) {
    noteRefusal(request, 'foreignPage');
    return { status: 403, error: foreignPage(), headers: {} };
  }
  const authentication = await credential().then(check.authenticate, (): Authentication => ({
    refused: 'unavailable',
  }));
  if ('refused' in authentication) {
    if (authentication.detail !== undefined) noteDetail(request, authentication.detail);
    return credentialRefusal(authentication.refused);
  }
  const { caller } = authentication;
  noteCaller(request, caller.id);
  return takeRequest(check, caller) ?? { caller };
};

/** Takes one request of the caller, or returns why not. */
export const takeRequest = (
  check: Pick<CallerCheck, 'takeRequest'>,
  caller: Caller,
): CallerRefusal | undefined => {
  const waitMs = check.takeRequest(caller);
  if (waitMs === undefined) return undefined;
  return {
    status: 429,
    error: new AppError('RATE_LIMITED', 'the limit of a caller', { retryAfterMs: waitMs }),
    headers: { [responseHeader.retryAfter]: String(Math.ceil(waitMs / 1000)) },
  };
};

const authorizationOf = (request: IncomingMessage): Promise<string | undefined> =>
  Promise.resolve(headerOf(request, 'authorization'));

const credentialRefusal = (refused: 'missing' | 'invalid' | 'unavailable'): CallerRefusal => {
  if (refused === 'unavailable')
    return {
      status: 503,
      error: new AppError('INTERNAL_SERVER_ERROR', 'credentials cannot be checked', {
        publicMessage: unchecked,
      }),
      headers: { [responseHeader.retryAfter]: String(retryAfterSeconds) },
    };
  return {
    status: 401,
    error: new AppError('UNAUTHENTICATED', `the credential is ${refused}`),
    // RFC 6750: a missing credential gets a challenge without an error code.
    headers: {
      [responseHeader.wwwAuthenticate]: refused === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"',
    },
  };
};

/** Sends a refusal as the response. */
export const sendRefusal = (
  request: IncomingMessage,
  response: ServerResponse,
  { headers, ...failure }: CallerRefusal,
): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendFailure(request, response, failure);
};

/**
 * Passes requests of known callers to the handler; if `needs` is given, only of those with that scope. Before the check, only
 * the request's headers are read.
 */
export const requireCaller =
  (check: CallerCheck, handler: CallerHandler, needs?: ServerScope): Handler =>
  async (request, response) => {
    const identified = await identify(check, request);
    if (!('caller' in identified)) {
      sendRefusal(request, response, identified);
      return;
    }
    const { caller } = identified;
    if (needs !== undefined && !caller.permissions.has(needs)) {
      sendFailure(request, response, { status: 403, error: new AppError('FORBIDDEN', 'a scope is missing') });
      return;
    }
    await handler(request, response, caller);
  };

const foreignPage = (): AppError =>
  new AppError('FORBIDDEN', 'a page of another origin', {
    publicMessage: [
      'A page of another origin may not send this request. List the origin in http.corsOrigins, or send the Authorization header.',
      '其他来源的页面不能发送该请求。请将该来源加入 http.corsOrigins，或携带 Authorization 请求头。',
    ],
  });

const unchecked = ['Credentials cannot be checked at the moment.', '暂时无法验证身份凭证。'] as const;
