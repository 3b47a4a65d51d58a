import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../auth/caller';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { CallerHandler } from '../http/authenticate';
import type { EdgeContext } from './edge-context';
import { isJson, notJson, parseBody, searchOf, unreadable } from './graphql-body';
import { gone, readBody } from '../http/read-body';
import { failure, sendJson } from '../http/http';
import { languageOf } from '../http/language';
import type { CachedResponse, ResponseCache } from './response-cache';
import { traceOf } from '../http/trace';
import type { AdmitDocument, RequestMembers } from './trusted-documents';
import { textIn } from '../../shared/language';
import { abortWhenClientLeaves } from '../http/client-abort';

export interface GraphQLHandlerDeps<C extends EdgeContext> {
  readonly apollo: ApolloServer<C>;
  /** `signal` aborts if the client disconnects before the response is sent, or when `operationMs` is over. */
  readonly context: (request: IncomingMessage, signal: AbortSignal, caller: Caller) => Promise<C>;
  readonly clock: Clock;
  readonly admit: AdmitDocument;
  /** Default: every operation is executed. */
  readonly responseCache?: ResponseCache;
  readonly limits: {
    /** Maximum request body, bytes. */
    readonly bodyBytes: number;
    /** Time from the end of the body to the response, ms. */
    readonly operationMs: number;
  };
}

/** Runs Apollo behind plain node:http, without a framework, so that we control how the body is read. */
export const createGraphQLHandler =
  <C extends EdgeContext>({
    apollo,
    context,
    clock,
    admit,
    responseCache,
    limits,
  }: GraphQLHandlerDeps<C>): CallerHandler =>
  async (request, response, caller) => {
    const text = await readBody(request, limits.bodyBytes);
    if (text === gone) return;
    if (text === undefined) {
      response.setHeader('connection', 'close');
      sendJson(response, 413, failure('BAD_REQUEST', `The body must not exceed ${limits.bodyBytes} bytes.`));
      return;
    }
    const body = parseBody(request, text);
    if (body === unreadable) {
      sendJson(response, 400, notJson(request));
      return;
    }
    const admitted = admission(admit, { search: searchOf(request.url), body });
    if (admitted instanceof AppError) {
      const { code, publicMessage } = admitted;
      const language = languageOf(request.headers['accept-language']);
      sendJson(response, 403, failure(code, textIn(language, publicMessage)));
      return;
    }
    const key = isJson(request) ? responseCache?.keyFor(request, { text, caller }) : undefined;
    const trace = () => traceOf(request.headers.traceparent);
    const repeated =
      key === undefined ? undefined : responseCache?.get(key, { trace, started: clock.now(), caller });
    if (repeated !== undefined) {
      send(response, 200, repeated);
      return;
    }
    const clientAbort = abortWhenClientLeaves(response);
    const cancelTimer = clock.after(limits.operationMs, () => {
      clientAbort.abort(new AppError('UPSTREAM_UNAVAILABLE', 'the operation took too long'));
    });
    let operation: C | undefined;
    try {
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: (request.method ?? 'GET').toUpperCase(),
          headers: headersOf(request),
          ...admitted,
        },
        context: async () => (operation = await context(request, clientAbort.signal, caller)),
      });
      // Responses in parts (@defer) would need another graphql-js.
      const body = answer.body.kind === 'complete' ? answer.body.string : '';
      const { status = 200 } = answer;
      send(response, status, { headers: answer.headers, body });
      // Apollo may refuse after execution: 406 if no media type suits the client.
      if (key !== undefined && operation !== undefined && status === 200)
        responseCache?.set(key, operation, { headers: answer.headers, body });
    } finally {
      cancelTimer();
    }
  };

const send = (response: ServerResponse, status: number, { headers, body }: CachedResponse): void => {
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.end(body);
};

interface RequestText {
  /** Including the question mark. */
  readonly search: string;
  readonly body: unknown;
}

/** Replaces a document id in URL or body by its text, or returns the error that refuses the request. */
const admission = (admit: AdmitDocument, { search, body }: RequestText): RequestText | AppError => {
  try {
    return {
      search: search === '' ? search : admitSearch(admit, search),
      body:
        typeof body === 'object' && body !== null && !Array.isArray(body)
          ? admit(body as RequestMembers)
          : body,
    };
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
};

const admitSearch = (admit: AdmitDocument, search: string): string => {
  const parameters = new URLSearchParams(search);
  const given = Object.fromEntries(parameters);
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

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

const headersOf = ({ headers }: IncomingMessage): HeaderMap => {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return map;
};
