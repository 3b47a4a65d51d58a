import { AppError } from '../../shared/errors';
import type { CallerHandler } from '../http/authenticate';
import { headerOf, responseHeader } from '../http/headers';
import { sendJson } from '../http/send-json';
import { sendFailure } from '../http/send-failure';

export interface TicketRouteOptions {
  /** Rejects if no ticket can be issued now. */
  readonly issue: (authorization: string) => Promise<string>;
  /** How long a ticket can be used, s. */
  readonly seconds: number;
}

/** Retry-After if no ticket can be issued now, s. */
const retryAfterSeconds = 5;

/**
 * Handles `POST /graphql/ticket`: `{"ticket": "…", "expiresInSeconds": 30}`. A client that cannot send headers then opens one
 * stream with `?ticket=…`.
 */
export const createTicketRoute =
  ({ issue, seconds }: TicketRouteOptions): CallerHandler =>
  async (request, response) => {
    let ticket: string;
    try {
      ticket = await issue(headerOf(request, 'authorization') ?? '');
    } catch {
      response.setHeader(responseHeader.retryAfter, String(retryAfterSeconds));
      sendFailure(request, response, { status: 503, error: notNow() });
      return;
    }
    request.resume();
    sendJson(response, 200, { ticket, expiresInSeconds: seconds });
  };

const notNow = (): AppError =>
  new AppError('INTERNAL_SERVER_ERROR', 'the store of tickets is unavailable', {
    publicMessage: ['No ticket can be issued at the moment.', '暂时无法签发票据。'],
  });
