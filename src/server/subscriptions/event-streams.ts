import type { IncomingMessage, ServerResponse } from 'node:http';
import { OperationTypeNode, type ExecutionResult } from 'graphql';
import { createHandler } from 'graphql-sse';
import type { Caller } from '../../auth/caller';
import type { Clock } from '../../shared/clock';
import { defined } from '../../shared/defined';
import { AppError } from '../../shared/errors';
import type { EdgeContext } from '../graphql/edge-context';
import type { ExecuteOnce } from '../graphql/execute-once';
import { formatError, type ErrorFormat } from '../graphql/format-error';
import type { OperationChain } from '../graphql/operation-chain';
import type { WaitOf } from '../graphql/operation-wait';
import { formFault, mutationByGet } from '../graphql/request-form';
import { parametersOf, type OperationParameters, type ReceivedRequest } from '../graphql/receive-request';
import { acceptedBy, eventStream } from '../http/accept';
import { sendRefusal, type CallerHandler } from '../http/authenticate';
import { clientHasLeft } from '../http/client-abort';
import { headerOf, responseHeader } from '../http/headers';
import { sendJson } from '../http/send-json';
import { languageOf } from '../http/language';
import { wantsHeadersOnly } from '../http/method';
import { sendFailure } from '../http/send-failure';
import { markInFlight, waitForCapacity, writeChunks, type EventStream } from './event-stream-writer';
import { retryAfterSeconds, tooManyStreams, type OpenStream, type OpenStreams } from './open-streams';
import { sseLead } from './reconnect-advice';
import { asErrors, childOf, createSubscribe, type StreamResult, type SubscribeOptions } from './subscribe';
import { watchCredential } from './watch-credential';

export interface EventStreamsOptions<C extends EdgeContext>
  extends SubscribeOptions<C>, Pick<ErrorFormat, 'newErrorId' | 'report' | 'nameRefusal'> {
  readonly chain: OperationChain<C>;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  /** Called for every event, so that each one is read afresh. */
  readonly context: (request: IncomingMessage, signal: AbortSignal, caller: Caller) => Promise<C>;
  /** Who the request's credential belongs to now. Rejects with UNAUTHENTICATED if to no caller. */
  readonly callerNow: (request: IncomingMessage) => Promise<Caller>;
  readonly waitOf: WaitOf;
  /** Runs a query or mutation for a client that accepts only a stream. */
  readonly executeOnce: ExecuteOnce<C>;
}

/** A received request of a known caller. */
export interface StreamRequest {
  readonly caller: Caller;
  readonly received: ReceivedRequest;
}

export interface EventStreams {
  /** A path for subscriptions only: GraphQL over Server-Sent Events, distinct connections mode. */
  readonly handler: CallerHandler;
  /** Responds to a received request, whatever its operation, with a stream. */
  readonly respond: (
    request: IncomingMessage,
    response: ServerResponse,
    operation: StreamRequest,
  ) => Promise<void>;
}

/** Subscriptions over HTTP: graphql-sse implements the protocol, the chain its limits. */
export const createEventStreams = <C extends EdgeContext>({
  chain,
  clock,
  streams,
  context,
  callerNow,
  waitOf,
  executeOnce,
  ...options
}: EventStreamsOptions<C>): EventStreams => {
  const { newErrorId, report, nameRefusal } = options;
  const subscribe = createSubscribe<C>({ chain, clock, ...options });

  const print = createHandler<IncomingMessage, AsyncIterable<ExecutionResult>>({
    // No reserved streams: the state of a connection shared by many operations would be unbounded.
    authenticate: () => null,
    onSubscribe: ({ context: results }) => results as AsyncGenerator<ExecutionResult>,
  });

  /** An operation with one result. Its signal does not abort any more once it has the result, although the stream ends. */
  const once = async (
    parameters: OperationParameters,
    open: OpenStream,
    contextWith: (signal: AbortSignal) => Promise<C>,
  ) => {
    const execution = childOf(open.end.signal);
    const endLimit = chain.limitTime(execution.abort);
    try {
      const own = await contextWith(execution.abort.signal);
      return { results: single(await executeOnce(parameters, own)) };
    } finally {
      endLimit();
      execution.release();
    }
  };

  const respond = async (
    request: IncomingMessage,
    response: ServerResponse,
    { caller, received, only }: StreamRequest & { readonly only?: 'subscriptions' },
  ): Promise<void> => {
    const malformed = formFault(request.method, received);
    if (malformed !== undefined) {
      sendRefusal(request, response, malformed);
      return;
    }
    const parameters = parametersOf(request.method, received);
    if (parameters === undefined) {
      // A hash without a text: streams have no protocol for it.
      sendFailure(request, response, {
        status: 400,
        error: new AppError('BAD_REQUEST', 'no GraphQL request'),
      });
      return;
    }
    if (wantsHeadersOnly(request)) {
      // A stream that carries nothing must not take a place.
      response.writeHead(200, { 'content-type': `${eventStream}; charset=utf-8`, ...unbuffered }).end();
      return;
    }
    const open = streams.open(caller.id, caller.permissions.member?.maxStreams);
    if (typeof open === 'string') {
      response.setHeader(responseHeader.retryAfter, String(retryAfterSeconds));
      sendFailure(request, response, { status: open === 'draining' ? 503 : 429, error: tooManyStreams() });
      return;
    }
    const onClose = (): void => {
      open.end.abort(clientHasLeft());
    };
    response.on('close', onClose);
    const stream: EventStream = { open, leads: [], inFlight: 0, onFlushed: undefined };
    const hasPosition = (headerOf(request, 'lastEventId') ?? '') !== '';
    const endWatch = watchCredential({
      clock,
      caller,
      callerNow: () => callerNow(request),
      onRefused(error) {
        open.refusal = error;
        open.end.abort(error);
      },
    });
    try {
      const type = only === 'subscriptions' ? OperationTypeNode.SUBSCRIPTION : chain.typeOf(parameters);
      if (type === OperationTypeNode.MUTATION && request.method === 'GET') {
        sendRefusal(request, response, mutationByGet());
        return;
      }
      // What the chain refuses is refused by `subscribe` as well.
      const outcome =
        type === undefined || type === OperationTypeNode.SUBSCRIPTION
          ? await subscribe({
              parameters,
              first: await context(request, open.end.signal, caller),
              stream: open,
              fresh: async (signal) => context(request, signal, await callerNow(request)),
              ready: () => waitForCapacity(stream),
            })
          : await once(parameters, open, (signal) => context(request, signal, caller));
      const all = 'results' in outcome ? outcome.results : single({ errors: asErrors(outcome.refused) });
      const [chunks, init] = await print({
        method: 'POST',
        url: '/',
        headers: { get: (name) => (name === 'accept' ? eventStream : 'application/json') },
        body: { query: parameters.query },
        raw: request,
        context: withLeads(all, (one) => {
          markInFlight(stream, sseLead(one, { hasPosition }));
        }),
      });
      response.writeHead(init.status, {
        ...init.headers,
        ...unbuffered,
        ...defined({ [responseHeader.preferenceApplied]: waitOf(request).applied(type) }),
      });
      if (chunks === null || typeof chunks === 'string') response.end(chunks ?? '');
      else await writeChunks(chunks, { request, response, stream, clock });
    } catch (error) {
      if (response.headersSent) throw error;
      // The context refuses invalid headers of the request, e.g. a wrong consistency token.
      const language = languageOf(headerOf(request, 'acceptLanguage'));
      const shown = formatError(error, {
        language,
        permissions: caller.permissions,
        newErrorId,
        report,
        nameRefusal,
      });
      sendJson(response, shown.extensions?.code === 'BAD_REQUEST' ? 400 : 500, { errors: [shown] });
    } finally {
      endWatch();
      response.off('close', onClose);
      open.close();
    }
  };

  return {
    respond,
    async handler(request, response, caller) {
      const accept = headerOf(request, 'accept');
      if (accept !== undefined && !acceptedBy(accept).stream) {
        sendFailure(request, response, {
          status: 406,
          error: new AppError('GRAPHQL_STREAM_REQUIRED', 'a stream is not accepted'),
        });
        return;
      }
      const received = await chain.receive(request, response);
      if (received !== undefined)
        await respond(request, response, { caller, received, only: 'subscriptions' });
    },
  };
};

/** No proxy may keep or gather events. */
const unbuffered = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

async function* single(result: ExecutionResult): AsyncGenerator<StreamResult, void> {
  yield await Promise.resolve({ result, then: 'broken' as const });
}

/** The plain results; `lead` is called before each. Ends when its consumer does. */
async function* withLeads(
  results: AsyncGenerator<StreamResult, void>,
  lead: (one: StreamResult) => void,
): AsyncGenerator<ExecutionResult, void> {
  for await (const one of results) {
    lead(one);
    yield one.result;
  }
}
