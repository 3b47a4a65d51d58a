import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '../../shared/errors';
import { textIn } from '../../shared/language';
import { headerOf } from './headers';
import { languageOf } from './language';
import { failure, sendJson } from './send-json';

/** The response to a request that is not served. */
export interface HttpFailure {
  /** HTTP status. */
  readonly status: number;
  readonly error: AppError;
}

/** Refuses a request in GraphQL's form, in the caller's language. Bytes of the body that have not been read are discarded. */
export const sendFailure = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, error: { code, publicMessage } }: HttpFailure,
): void => {
  request.resume();
  const language = languageOf(headerOf(request, 'acceptLanguage'));
  sendJson(response, status, failure(code, textIn(language, publicMessage)));
};
