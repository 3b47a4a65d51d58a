import { HeaderMap, type ApolloServer } from '@apollo/server';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../auth/caller';
import type { CallerHandler } from './authenticate';
import type { EdgeContext } from './edge-context';
import { failure, sendJson } from './http';

export interface GraphQLHandlerParts<C extends EdgeContext> {
  readonly apollo: ApolloServer<C>;
  /** `signal` aborts when the client leaves before it has its answer. */
  readonly context: (request: IncomingMessage, signal: AbortSignal, caller: Caller) => Promise<C>;
}

/** Largest request body, bytes. */
const mostBodyBytes = 100_000;

/**
 * Apollo behind plain node:http: no framework between, and the bytes of the body stay in our hands.
 */
export const createGraphQLHandler =
  <C extends EdgeContext>({ apollo, context }: GraphQLHandlerParts<C>): CallerHandler =>
  async (request, response, caller) => {
    const text = await readBody(request);
    if (text === undefined) {
      response.setHeader('connection', 'close');
      sendJson(response, 413, failure('BAD_REQUEST', `The body must have at most ${mostBodyBytes} bytes.`));
      return;
    }
    const body = parseBody(request, text);
    if (body === unreadable) {
      sendJson(response, 400, failure('BAD_REQUEST', 'The body is not JSON.'));
      return;
    }
    const left = new AbortController();
    // Every call of the operation listens; Node takes more than ten listeners for a leak.
    setMaxListeners(0, left.signal);
    response.on('close', () => {
      if (!response.writableFinished) left.abort(new Error('the client has left'));
    });
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: (request.method ?? 'GET').toUpperCase(),
        headers: headersOf(request),
        search: searchOf(request),
        body,
      },
      context: () => context(request, left.signal, caller),
    });
    send(response, answer.status ?? 200, answer);
  };

type Answer = Awaited<ReturnType<ApolloServer['executeHTTPGraphQLRequest']>>;

const send = (response: ServerResponse, status: number, { headers, body }: Answer): void => {
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  // Answers in parts (@defer) need another graphql-js; this server has none.
  response.end(body.kind === 'complete' ? body.string : '');
};

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > mostBodyBytes) {
    request.resume();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const unreadable = Symbol('unreadable');

/** Apollo takes what a body parser left: an object for JSON, anything else says "no JSON". */
const parseBody = (request: IncomingMessage, text: string): unknown => {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return '';
  if (text === '') return '';
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return unreadable;
  }
};

const headersOf = ({ headers }: IncomingMessage): HeaderMap => {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return map;
};

const searchOf = ({ url = '' }: IncomingMessage): string => {
  const mark = url.indexOf('?');
  return mark === -1 ? '' : url.slice(mark);
};
