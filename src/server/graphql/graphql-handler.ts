import { HeaderMap, type ApolloServer } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../auth/caller';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { acceptedBy } from '../http/accept';
import { sendRefusal, type CallerHandler } from '../http/authenticate';
import { abortWhenClientLeaves } from '../http/client-abort';
import { headerOf } from '../http/headers';
import { sendBody } from '../http/send-body';
import { sendFailure } from '../http/send-failure';
import { traceOf } from '../http/trace';
import type { EdgeContext } from './edge-context';
import { isJson } from './graphql-body';
import type { OperationChain } from './operation-chain';
import { parametersOf, type OperationParameters, type ReceivedRequest } from './receive-request';
import { formFault, mutationByGet } from './request-form';
import type { CachedResponse, ResponseCache } from './response-cache';

export interface GraphQLHandlerDeps<C extends EdgeContext> {
  readonly apollo: Pick<ApolloServer<C>, 'executeHTTPGraphQLRequest'>;
  readonly chain: Pick<OperationChain<C>, 'receive' | 'typeOf' | 'limitTime'>;
  /** `signal` aborts if the client disconnects before the response is sent, or when `operationMs` is over. */
  readonly context: (request: IncomingMessage, signal: AbortSignal, caller: Caller) => Promise<C>;
  readonly clock: Clock;
  /** Default: every operation is executed. */
  readonly responseCache?: ResponseCache;
  /** Responds with a stream. */
  readonly stream: (
    request: IncomingMessage,
    response: ServerResponse,
    operation: { readonly caller: Caller; readonly received: ReceivedRequest },
  ) => Promise<void>;
}

/** Runs Apollo behind plain node:http, without a framework, so that we control how the body is read. */
export const createGraphQLHandler =
  <C extends EdgeContext>({
    apollo,
    chain,
    context,
    clock,
    responseCache,
    stream,
  }: GraphQLHandlerDeps<C>): CallerHandler =>
  async (request, response, caller) => {
    const received = await chain.receive(request, response);
    if (received === undefined) return;
    const { text } = received;
    const key = isJson(request) ? responseCache?.keyFor(request, { text, caller }) : undefined;
    const trace = () => traceOf(headerOf(request, 'traceparent'));
    const repeated =
      key === undefined ? undefined : responseCache?.get(key, { trace, started: clock.now(), caller });
    if (repeated !== undefined) {
      await send(response, 200, repeated);
      return;
    }
    const malformed = formFault(request.method, received);
    if (malformed !== undefined) {
      sendRefusal(request, response, malformed);
      return;
    }
    const accepted = acceptedBy(headerOf(request, 'accept'));
    const parameters = parametersOf(request.method, received);
    const subscription = only(OperationTypeNode.SUBSCRIPTION, chain, parameters);
    if (subscription === undefined ? accepted.namesStream && !accepted.json : accepted.stream) {
      await stream(request, response, { caller, received });
      return;
    }
    if (request.method === 'GET' && only(OperationTypeNode.MUTATION, chain, parameters) !== undefined) {
      sendRefusal(request, response, mutationByGet());
      return;
    }
    // Before the execution: a mutation must not be done for a client that then gets no response to it.
    if (!accepted.json && subscription === undefined) {
      sendFailure(request, response, { status: 406, error: notAcceptable() });
      return;
    }
    const clientAbort = abortWhenClientLeaves(response);
    const endLimit = chain.limitTime(clientAbort);
    let operation: C | undefined;
    try {
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          headers: headersOf(request),
          // Apollo refuses a subscription by GET before the chain could say what it needs.
          ...(subscription === undefined
            ? {
                method: (request.method ?? 'GET').toUpperCase(),
                search: received.search,
                body: received.body,
              }
            : { method: 'POST', search: '', body: subscription }),
        },
        context: async () => (operation = await context(request, clientAbort.signal, caller)),
      });
      // Responses in parts (@defer) would need another graphql-js.
      const body = answer.body.kind === 'complete' ? answer.body.string : '';
      const { status = 200 } = answer;
      const sent = send(response, status, { headers: answer.headers, body });
      // Apollo may refuse after execution: 406 if no media type suits the client.
      if (key !== undefined && operation !== undefined && status === 200)
        responseCache?.set(key, operation, { headers: answer.headers, body });
      await sent;
    } finally {
      endLimit();
    }
  };

const notAcceptable = (): AppError =>
  new AppError('BAD_REQUEST', 'no media type suits the client', {
    publicMessage: [
      'The header Accept must allow application/graphql-response+json, application/json or text/event-stream.',
      '请求头 Accept 须允许 application/graphql-response+json、application/json 或 text/event-stream。',
    ],
  });

/** The parameters if they are those of an operation of the type. */
const only = (
  type: OperationTypeNode,
  chain: Pick<OperationChain<EdgeContext>, 'typeOf'>,
  parameters: OperationParameters | undefined,
): OperationParameters | undefined =>
  // Most documents need not be looked at before their turn in the chain.
  parameters?.query.includes(type) === true && chain.typeOf(parameters) === type ? parameters : undefined;

const send = (
  response: ServerResponse,
  status: number,
  { headers, body }: CachedResponse,
): Promise<void> | void => {
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  return sendBody(response, body);
};

const headersOf = ({ headers }: IncomingMessage): HeaderMap => {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return map;
};
