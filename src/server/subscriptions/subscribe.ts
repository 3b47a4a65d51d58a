import {
  createSourceEventStream,
  execute,
  getOperationAST,
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from 'graphql';
import type { Clock } from '../../shared/clock';
import type { EdgeContext } from '../graphql/edge-context';
import { fault, faultsOf } from '../graphql/documents/fault';
import { formatError, type ErrorFormat } from '../graphql/format-error';
import type { OperationChain } from '../graphql/operation-chain';
import type { OperationParameters } from '../graphql/receive-request';
import { createClientAbort } from '../http/client-abort';
import type { OpenStream } from './open-streams';

export interface SubscribeOptions<C extends EdgeContext> extends Pick<
  ErrorFormat,
  'newErrorId' | 'report' | 'nameRefusal'
> {
  readonly chain: OperationChain<C>;
  readonly clock: Clock;
  readonly placeOf: (payload: unknown) => StreamPlace;
}

export interface Subscriber<C> {
  readonly parameters: OperationParameters;
  /** The context in which the subscription starts. */
  readonly first: C;
  /** Creates the context of one event. Rejects with UNAUTHENTICATED if the credential is no longer accepted. */
  readonly fresh: (signal: AbortSignal) => Promise<C>;
  readonly stream: OpenStream;
  /** Resolves when the transport can take another event. Default: at once. */
  readonly ready?: () => Promise<void>;
}

/** Where an event is in its subscription. */
export interface StreamPlace {
  /** Its position in its log, if the subscription can resume after it. */
  readonly position?: string;
  /** Whether nothing can follow it. */
  readonly isLast: boolean;
}

/** One result of a subscription. */
export interface StreamResult {
  readonly result: ExecutionResult;
  /** Where a client resumes after it. */
  readonly position?: string;
  /** `more`: others may follow. `complete`: it was the last event. `broken`: it ends the stream, or is not of a subscription. */
  readonly then: 'more' | 'complete' | 'broken';
}

/** A subscription that runs, or the errors of the request. */
export type Subscribed =
  | { readonly results: AsyncGenerator<StreamResult, void> }
  | { readonly refused: readonly GraphQLFormattedError[] };

/** Takes a subscription through the chain and executes each of its events, for every transport. */
export const createSubscribe = <C extends EdgeContext>({
  chain,
  clock,
  placeOf,
  ...reporting
}: SubscribeOptions<C>) =>
  async function subscribe({
    parameters,
    first,
    fresh,
    stream,
    ready = () => Promise.resolve(),
  }: Subscriber<C>): Promise<Subscribed> {
    const { language } = first;
    const started = clock.now();
    let operation: OperationDefinitionNode | undefined;
    const formatted = (errors: readonly unknown[], { permissions }: C): readonly GraphQLFormattedError[] =>
      errors.flatMap(faultsOf).map((error) => formatError(error, { language, permissions, ...reporting }));
    const readable = ({ errors, ...rest }: ExecutionResult, context: C): ExecutionResult =>
      errors === undefined ? rest : { ...rest, errors: asErrors(formatted(errors, context)) };
    const refuse = (errors: readonly unknown[], since = started): readonly GraphQLFormattedError[] => {
      const refused = formatted(errors, first);
      const durationMs = clock.now() - since;
      chain.observe({ operation, context: first, result: { errors: refused }, durationMs });
      return refused;
    };
    const executeEvent = async (args: Parameters<typeof execute>[0]): Promise<StreamResult> => {
      const begun = clock.now();
      const execution = childOf(stream.end.signal);
      const endLimit = chain.limitTime(execution.abort);
      try {
        const context = await fresh(execution.abort.signal);
        const result = readable(await execute({ ...args, contextValue: context }), context);
        const { position, isLast } = placeOf(args.rootValue);
        const own = position === undefined ? {} : { position };
        chain.observe({
          operation,
          context,
          result,
          durationMs: clock.now() - begun,
          ...(position === undefined ? {} : { eventId: position }),
        });
        // An event without data could not be delivered. The stream ends before it, so that the client can resume at it.
        if (result.data === null) return { result, then: 'broken' };
        return { result, ...own, then: isLast ? 'complete' : 'more' };
      } catch (error) {
        return { result: { errors: asErrors(refuse([error], begun)) }, then: 'broken' };
      } finally {
        endLimit();
        execution.release();
      }
    };

    try {
      const document = chain.load(parameters.query);
      operation = getOperationAST(document, parameters.operationName) ?? undefined;
      await chain.prepare(document, parameters, first);
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION)
        throw new AggregateError([fault('OPERATION_RESOLUTION_FAILURE', onlySubscriptions)]);
      const args = {
        schema: chain.schema,
        document,
        variableValues: parameters.variables,
        operationName: parameters.operationName,
        options: { maxCoercionErrors: chain.limits.errors },
      };
      const endLimit = chain.limitTime(stream.end);
      const source = await createSourceEventStream({ ...args, contextValue: first }).finally(endLimit);
      if (!(Symbol.asyncIterator in source)) return { refused: refuse(source.errors ?? []) };
      chain.observe({ operation, context: first, result: { data: {} }, durationMs: clock.now() - started });
      return {
        results: (async function* results() {
          try {
            for await (const payload of source) {
              await ready();
              if (stream.end.signal.aborted) break;
              const event = await executeEvent({ ...args, rootValue: payload });
              yield event;
              if (event.then !== 'more') return;
            }
          } catch (error) {
            yield { result: { errors: asErrors(refuse([error])) }, then: 'broken' };
            return;
          }
          if (stream.refusal !== undefined)
            yield { result: { errors: asErrors(refuse([stream.refusal])) }, then: 'broken' };
        })(),
      };
    } catch (error) {
      return { refused: refuse([error]) };
    }
  };

/** A controller that also aborts with its parent; `release` lets the parent forget it. */
export const childOf = (parent: AbortSignal) => {
  const abort = createClientAbort();
  const follow = (): void => {
    abort.abort(parent.reason);
  };
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    abort,
    release: () => {
      parent.removeEventListener('abort', follow);
    },
  };
};

/** Transports print errors as they are; this server formats its own before. */
export const asErrors = (errors: readonly GraphQLFormattedError[]): readonly GraphQLError[] =>
  errors as unknown as readonly GraphQLError[];

const onlySubscriptions = [
  'This path takes one subscription; queries and mutations go to /graphql.',
  '该路径仅支持订阅；查询和变更请发送到 /graphql。',
] as const;
