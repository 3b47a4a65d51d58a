import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../../shared/errors';
import { formatError, type ErrorFormat } from '../graphql/format-error';
import { headerOf, responseHeader } from '../http/headers';
import { languageOf } from '../http/language';
import { sendJson } from '../http/send-json';

/** What the errors of the routes for files need, beside the caller. */
export type Reporting = Pick<ErrorFormat, 'newErrorId' | 'report' | 'nameRefusal'>;

/** HTTP status by error code, of what this server itself refuses. */
export const statusOfRefusal: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  AUDIT_UNAVAILABLE: 503,
  DATABASE_UNAVAILABLE: 503,
  SIGNER_UNAVAILABLE: 503,
};

/** Sends a failure in GraphQL's form, `{"errors": [{message, extensions}]}`, with an HTTP status of its own. */
export const refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  {
    error,
    status,
    ...format
  }: Reporting & Pick<ErrorFormat, 'permissions'> & { readonly error: unknown; readonly status: number },
): void => {
  const language = languageOf(headerOf(request, 'acceptLanguage'));
  const { message, extensions } = formatError(error, { language, ...format });
  const { retryAfterMs } = extensions as { readonly retryAfterMs?: number };
  if (retryAfterMs !== undefined)
    response.setHeader(responseHeader.retryAfter, String(Math.ceil(retryAfterMs / 1000)));
  // Unread bytes of the body would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  sendJson(response, status, { errors: [{ message, extensions }] });
  request.resume();
};
