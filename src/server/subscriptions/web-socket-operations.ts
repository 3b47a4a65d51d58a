import type { IncomingMessage } from 'node:http';
import {
  GraphQLError,
  OperationTypeNode,
  parse,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import type { Caller } from '../../auth/caller';
import type { Clock } from '../../shared/clock';
import { AppError, codeOf } from '../../shared/errors';
import { isRecord } from '../../shared/is-record';
import { parseRequestMessage } from '../graphql/documents/inexact-numbers';
import type { EdgeContext } from '../graphql/edge-context';
import type { ExecuteOnce } from '../graphql/execute-once';
import { formatError, noPermissions, type ErrorFormat } from '../graphql/format-error';
import type { OperationChain } from '../graphql/operation-chain';
import { asParameters, type OperationParameters } from '../graphql/receive-request';
import type { CallerRefusal } from '../http/authenticate';
import { clientHasLeft, createClientAbort } from '../http/client-abort';
import { headerOf } from '../http/headers';
import { languageOf } from '../http/language';
import { refusalOfCode, type RefusalKind } from '../http/refusals';
import { tooManyStreams, type OpenStreams } from './open-streams';
import { asErrors, createSubscribe, type StreamResult, type SubscribeOptions } from './subscribe';

export interface WebSocketOperationsOptions<C extends EdgeContext>
  extends SubscribeOptions<C>, Pick<ErrorFormat, 'newErrorId' | 'report' | 'nameRefusal'> {
  readonly chain: OperationChain<C>;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  readonly context: (request: IncomingMessage, signal: AbortSignal, caller: Caller) => Promise<C>;
  /** Takes one request of the caller, or returns why not. */
  readonly takeRequest: (caller: Caller) => CallerRefusal | undefined;
  readonly callerNow: (request: IncomingMessage) => Promise<Caller>;
  readonly executeOnce: ExecuteOnce<C>;
  /** Called for each operation that is refused before the chain, which records all others. */
  readonly onOperationRefused: (kind: RefusalKind, caller: Caller | undefined) => void;
}

/** What the operations of one socket share. */
export interface SocketSession {
  /** The handshake. */
  readonly request: IncomingMessage;
  /** Admitted requests that the protocol has not started yet, by the client's id; an error if one was refused. */
  readonly admitted: Map<string, OperationParameters | AppError>;
  /** Number of operations that run. */
  running: number;
  /** Closes the socket so that the client reconnects. */
  readonly goAway: () => void;
}

export interface WebSocketOperations {
  /**
   * Takes a message through the guard of trusted documents and returns it for the protocol. The protocol sees a stand-in for the
   * request, since it parses nothing itself.
   */
  readonly admit: (session: SocketSession, text: string) => string;
  /** Starts an operation: errors of the request, or arguments for `resultsOf`. */
  readonly start: (session: SocketSession, id: string) => Promise<ExecutionArgs | readonly GraphQLError[]>;
  readonly resultsOf: (args: ExecutionArgs) => AsyncGenerator<ExecutionResult, void, void>;
  /** The errors of `start` as they are sent. */
  readonly formatted: (errors: readonly GraphQLError[]) => readonly GraphQLFormattedError[];
}

/** The protocol reads the operation's type from a document before it runs anything. */
const standIn = parse('subscription { operation }');

/** Operations over a WebSocket: subscriptions, queries and mutations, through the same chain as over HTTP. */
export const createWebSocketOperations = <C extends EdgeContext>({
  chain,
  clock,
  streams,
  context,
  takeRequest,
  callerNow,
  executeOnce,
  onOperationRefused,
  ...options
}: WebSocketOperationsOptions<C>): WebSocketOperations => {
  const { newErrorId, report, nameRefusal } = options;
  // Before an operation runs, no error holds what WeChat Pay says.
  const reporting = { permissions: noPermissions, newErrorId, report, nameRefusal };
  const subscribe = createSubscribe<C>({ chain, clock, ...options });
  const inLanguageOf = ({ request }: SocketSession, error: unknown): GraphQLFormattedError =>
    formatError(error, { language: languageOf(headerOf(request, 'acceptLanguage')), ...reporting });
  const printed = new WeakMap<GraphQLError, GraphQLFormattedError>();
  const asGraphQLErrors = (errors: readonly GraphQLFormattedError[]): readonly GraphQLError[] =>
    errors.map((error) => {
      const carrier = new GraphQLError(error.message);
      printed.set(carrier, error);
      return carrier;
    });

  /** Results that the client can end while the next one is awaited. `ended` is called once, and must abort an operation without its result. */
  const running = (
    session: SocketSession,
    results: AsyncGenerator<StreamResult, void>,
    ended: () => void,
  ): AsyncGenerator<ExecutionResult, void, void> => {
    session.running += 1;
    let isOver = false;
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      session.running -= 1;
      ended();
    };
    const plain = (async function* plainResults(): AsyncGenerator<ExecutionResult, void, void> {
      try {
        for await (const { result } of results) yield result;
      } catch (error) {
        yield { errors: asErrors([inLanguageOf(session, error)]) };
      } finally {
        finish();
      }
    })();
    const stop = plain.return.bind(plain);
    plain.return = (value) => {
      // The generator is waiting for the next result, or was never started: neither ends by itself.
      finish();
      return stop(value);
    };
    return plain;
  };

  const startStream = async (
    session: SocketSession,
    parameters: OperationParameters,
    caller: Caller,
  ): Promise<AsyncGenerator<ExecutionResult, void, void> | readonly GraphQLFormattedError[]> => {
    const { request } = session;
    const open = streams.open(caller.id, caller.permissions.member?.maxStreams);
    if (typeof open === 'string') throw tooManyStreams();
    const ended = (): void => {
      // The protocol would report a completed subscription, to which no client comes back.
      if (open.drained) session.goAway();
      open.close();
    };
    try {
      const subscribed = await subscribe({
        parameters,
        first: await context(request, open.end.signal, caller),
        stream: open,
        fresh: async (signal) => context(request, signal, await callerNow(request)),
      });
      if ('results' in subscribed) return running(session, subscribed.results, ended);
      open.close();
      return subscribed.refused;
    } catch (error) {
      open.close();
      throw error;
    }
  };

  const startOnce = (
    session: SocketSession,
    parameters: OperationParameters,
    caller: Caller,
  ): AsyncGenerator<ExecutionResult, void, void> => {
    const end = createClientAbort();
    const endLimit = chain.limitTime(end);
    let hasResult = false;
    const ended = (): void => {
      endLimit();
      if (!hasResult) end.abort(clientHasLeft());
    };
    const results = (async function* result(): AsyncGenerator<StreamResult, void> {
      const own = await context(session.request, end.signal, caller);
      const result = await executeOnce(parameters, own);
      hasResult = true;
      yield { result, then: 'broken' };
    })();
    return running(session, results, ended);
  };

  return {
    admit(session, text) {
      let message: unknown;
      try {
        message = parseRequestMessage(text);
      } catch {
        return text;
      }
      if (!isRecord(message) || message.type !== 'subscribe') return text;
      const { id, payload } = message;
      if (typeof id !== 'string' || !isRecord(payload)) return text;
      try {
        const parameters = asParameters(chain.admit(payload));
        if (parameters === undefined) return text;
        session.admitted.set(id, parameters);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        session.admitted.set(id, error);
      }
      return JSON.stringify({ id, type: 'subscribe', payload: { query: '' } });
    },
    async start(session, id) {
      const { request, admitted } = session;
      const parameters = admitted.get(id);
      admitted.delete(id);
      let caller: Caller | undefined;
      try {
        caller = await callerNow(request);
        const refusal = takeRequest(caller);
        if (refusal !== undefined) throw refusal.error;
        if (parameters === undefined) throw new AppError('BAD_REQUEST', 'no GraphQL request');
        if (parameters instanceof AppError) throw parameters;
        const type = chain.typeOf(parameters);
        const results =
          type === undefined || type === OperationTypeNode.SUBSCRIPTION
            ? await startStream(session, parameters, caller)
            : startOnce(session, parameters, caller);
        if (Array.isArray(results)) return asGraphQLErrors(results as readonly GraphQLFormattedError[]);
        return { schema: chain.schema, document: standIn, contextValue: results };
      } catch (error) {
        const kind = refusalOfCode(codeOf(error));
        if (kind !== undefined) onOperationRefused(kind, caller);
        return asGraphQLErrors([inLanguageOf(session, error)]);
      }
    },
    resultsOf: ({ contextValue }) => contextValue as AsyncGenerator<ExecutionResult, void, void>,
    formatted: (errors) =>
      errors.map((error) => printed.get(error) ?? formatError(error, { language: 'en', ...reporting })),
  };
};
