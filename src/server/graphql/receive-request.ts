import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import { textIn } from '../../shared/language';
import { failure, sendJson } from '../http/send-json';
import { headerOf } from '../http/headers';
import { languageOf } from '../http/language';
import { gone, readBody } from '../http/read-body';
import { rememberSearch } from './documents/inexact-numbers';
import { notJson, parseBody, searchOf, unreadable } from './graphql-body';
import type { AdmitDocument, RequestMembers } from './trusted-documents';

/** A request whose size, form and document have been admitted. */
export interface ReceivedRequest {
  /** The body as it came. */
  readonly text: string;
  /** The URL's query, including the question mark, with a document's text for its id. */
  readonly search: string;
  /** The parsed body, with a document's text for its id; '' if it is empty or not JSON. */
  readonly body: unknown;
}

export interface ReceiveOptions {
  readonly admit: AdmitDocument;
  /** Maximum request body, bytes. */
  readonly bodyBytes: number;
}

/** Reads a request, or refuses it: then it has been responded to and the result is `undefined`. */
export const createReceive =
  ({ admit, bodyBytes }: ReceiveOptions) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest | undefined> => {
    const text = await readBody(request, bodyBytes);
    if (text === gone) return undefined;
    const language = languageOf(headerOf(request, 'acceptLanguage'));
    if (text === undefined) {
      response.setHeader('connection', 'close');
      const sentence = [
        `The body must not exceed ${bodyBytes} bytes.`,
        `请求体最大 ${bodyBytes} 字节。`,
      ] as const;
      sendJson(response, 413, failure('BAD_REQUEST', textIn(language, sentence)));
      return undefined;
    }
    const body = parseBody(request, text);
    if (body === unreadable) {
      sendJson(response, 400, notJson(request));
      return undefined;
    }
    try {
      return { text, ...admitRequest(admit, { search: searchOf(request.url), body }) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      sendJson(response, 403, failure(error.code, textIn(language, error.publicMessage)));
      return undefined;
    }
  };

/** Replaces a document id in URL or body by its text. Throws the AppError that refuses the request. */
const admitRequest = (
  admit: AdmitDocument,
  { search, body }: Pick<ReceivedRequest, 'search' | 'body'>,
): Pick<ReceivedRequest, 'search' | 'body'> => ({
  search: search === '' ? search : admitSearch(admit, search),
  body: isRecord(body) ? admit(body) : body,
});

const admitSearch = (admit: AdmitDocument, search: string): string => {
  const given = Object.fromEntries(new URLSearchParams(search));
  const request = {
    ...given,
    ...(given.extensions === undefined ? {} : { extensions: jsonOf(given.extensions) }),
  };
  const admitted = admit(request);
  if (admitted === request) return search;
  const members = Object.entries(admitted).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return `?${new URLSearchParams(members).toString()}`;
};

/** The value, or the text itself if it is not JSON. */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** The parameters of a GraphQL request. */
export interface OperationParameters {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The parameters of a received request, from the URL if it is a GET; or `undefined` if it is not a GraphQL request, e.g. if the
 * text of the document is missing.
 */
export const parametersOf = (
  method: string | undefined,
  { search, body }: Pick<ReceivedRequest, 'search' | 'body'>,
): OperationParameters | undefined => {
  if (method !== 'GET') return isRecord(body) ? asParameters(body) : undefined;
  const given: RequestMembers = Object.fromEntries(new URLSearchParams(search));
  const variables = typeof given.variables === 'string' ? jsonOf(given.variables) : undefined;
  const parameters = asParameters({ ...given, variables });
  if (parameters?.variables !== undefined) rememberSearch(parameters.variables, search);
  return parameters;
};

/** The parameters as members of a JSON object, or `undefined` if one of them has another type. */
export const asParameters = ({
  query,
  operationName,
  variables,
}: RequestMembers): OperationParameters | undefined => {
  if (typeof query !== 'string' || query === '') return undefined;
  if (operationName != null && typeof operationName !== 'string') return undefined;
  if (variables != null && !isRecord(variables)) return undefined;
  return {
    query,
    ...(operationName == null || operationName === '' ? {} : { operationName }),
    ...(variables == null ? {} : { variables }),
  };
};
