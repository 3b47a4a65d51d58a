import {
  createSourceEventStream,
  execute,
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import type { RequestParams } from 'graphql-sse';
import type { ApolloLimits } from '../graphql/apollo';
import type { EdgeContext } from '../graphql/edge-context';
import { markInFlight, waitForCapacity, type EventStream } from './event-stream-writer';
import type { Documents } from '../graphql/documents/documents';
import { fault, faultsOf } from '../graphql/documents/fault';
import {
  prepareRequest,
  type PreparedRequest,
  type RequestCheck,
} from '../graphql/documents/prepare-request';
import { formatError, type ErrorFormat } from '../graphql/format-error';

export interface SubscribeOptions<C extends EdgeContext> extends Pick<
  ErrorFormat,
  'newErrorId' | 'report' | 'nameRefusal'
> {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  /** The checks a valid request must pass before it is executed, in this order. */
  readonly checks: readonly RequestCheck<C>[];
  /** The same as for queries. */
  readonly limits: ApolloLimits;
  /** The event's position in its log. */
  readonly positionOf: (payload: unknown) => string;
}

export interface Subscriber<C> {
  readonly first: C;
  readonly fresh: () => Promise<C>;
  readonly stream: EventStream;
}

/** Runs one subscription. Errors of the request are returned as results with errors, as the protocol requires. */
export const createSubscribe = <C extends EdgeContext>({
  schema,
  documents,
  checks,
  limits,
  positionOf,
  ...reporting
}: SubscribeOptions<C>) => {
  const prepare = async (params: RequestParams, context: C): Promise<PreparedRequest> => {
    const document = documents.load(params.query);
    const prepared = prepareRequest(document, params, { schema, limits });
    if (prepared.operation.operation !== OperationTypeNode.SUBSCRIPTION)
      throw new AggregateError([fault('OPERATION_RESOLUTION_FAILURE', onlySubscriptions)]);
    for (const check of checks) await check(prepared, context);
    return prepared;
  };

  return async function subscribe(
    params: RequestParams,
    { first, fresh, stream }: Subscriber<C>,
  ): Promise<AsyncGenerator<ExecutionResult, void>> {
    const { language } = first;
    const readable = ({ errors, ...rest }: ExecutionResult, { permissions } = first): ExecutionResult =>
      errors === undefined
        ? rest
        : {
            ...rest,
            errors: errors
              .flatMap(faultsOf)
              .map((error) => formatError(error, { language, permissions, ...reporting }) as GraphQLError),
          };
    const refused = (error: unknown): ExecutionResult =>
      readable({ data: null, errors: [error] as GraphQLError[] });

    try {
      const { document } = await prepare(params, first);
      const { operationName, variables: variableValues } = params;
      const args = {
        schema,
        document,
        variableValues,
        operationName,
        options: { maxCoercionErrors: limits.errors },
      };
      const source = await createSourceEventStream({ ...args, contextValue: first });
      if (!(Symbol.asyncIterator in source)) return singleResult(readable(source));
      return (async function* results() {
        try {
          for await (const payload of source) {
            await waitForCapacity(stream);
            if (stream.clientAbort.signal.aborted) return;
            const contextValue = await fresh();
            const result = await execute({ ...args, rootValue: payload, contextValue });
            // The event could not be delivered. The stream ends before it, so that the client can resume at it.
            if (result.data === null) {
              yield readable(result, contextValue);
              return;
            }
            markInFlight(stream, positionOf(payload));
            yield readable(result, contextValue);
          }
        } catch (error) {
          yield refused(error);
        }
      })();
    } catch (error) {
      return singleResult(refused(error));
    }
  };
};

async function* singleResult(result: ExecutionResult): AsyncGenerator<ExecutionResult, void> {
  yield await Promise.resolve(result);
}

const onlySubscriptions = [
  'This path takes one subscription; queries and mutations go to /graphql.',
  '该路径仅支持订阅；查询和变更请发送到 /graphql。',
] as const;
