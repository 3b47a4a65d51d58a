import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { RequestParams } from 'graphql-sse';
import type { ApolloLimits } from './apollo';
import type { EdgeContext } from './edge-context';
import { depart, room, type Outlet } from './event-stream-writer';
import { formatError, type ErrorFormat } from './format-error';
import { documentLimits } from './limits/document-limits';
import { variableFault } from './limits/variable-limits';

export interface SubscribeParts<C extends EdgeContext> extends Pick<ErrorFormat, 'newErrorId' | 'report'> {
  readonly schema: GraphQLSchema;
  readonly development: boolean;
  /** As for queries. */
  readonly limits: ApolloLimits;
  /** Where in its log an event stands. */
  readonly positionOf: (payload: unknown) => string;
  /** Only for the type: what `fresh` makes. */
  readonly context?: C;
}

export interface Subscriber<C> {
  readonly first: C;
  readonly fresh: () => Promise<C>;
  readonly outlet: Outlet;
}

/** One subscription from its text to its results. Faults come as results with errors, as the protocol wants. */
export const createSubscribe = <C extends EdgeContext>({
  schema,
  development,
  limits,
  positionOf,
  ...reporting
}: SubscribeParts<C>) => {
  const bounded = [...specifiedRules, documentLimits(limits)];
  const rules = development ? bounded : [...bounded, NoSchemaIntrospectionCustomRule];

  const documentOf = (query: string, operationName: string | null | undefined): DocumentNode => {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: limits.tokens });
    } catch (error) {
      throw coded(error, ApolloServerErrorCode.GRAPHQL_PARSE_FAILED);
    }
    if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION)
      throw coded(
        new Error('This path takes one subscription; queries and mutations go to /graphql.'),
        ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
      );
    const broken = validate(schema, document, rules, { maxErrors: limits.errors });
    if (broken.length > 0)
      throw new AggregateError(
        broken.map((error) => coded(error, ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED)),
      );
    return document;
  };

  return async function subscribe(
    { query, operationName, variables }: RequestParams,
    { first, fresh, outlet }: Subscriber<C>,
  ): Promise<AsyncGenerator<ExecutionResult, void>> {
    const { language } = first;
    const readable = ({ errors, ...rest }: ExecutionResult): ExecutionResult =>
      errors === undefined
        ? rest
        : {
            ...rest,
            errors: errors.map((error) => formatError(error, { language, ...reporting }) as GraphQLError),
          };
    const refused = (error: unknown): ExecutionResult =>
      readable({
        data: null,
        errors: (error instanceof AggregateError ? error.errors : [error]) as GraphQLError[],
      });

    try {
      const fault = variableFault(variables ?? {}, limits);
      if (fault !== undefined) throw fault;
      const args = {
        schema,
        document: documentOf(query, operationName),
        variableValues: variables,
        operationName,
        options: { maxCoercionErrors: limits.errors },
      };
      const source = await createSourceEventStream({ ...args, contextValue: first });
      if (!(Symbol.asyncIterator in source)) return once(readable(source));
      return (async function* results() {
        try {
          for await (const payload of source) {
            await room(outlet);
            if (outlet.left.signal.aborted) return;
            const result = await execute({ ...args, rootValue: payload, contextValue: await fresh() });
            // Nothing of the event could be told: it is not passed over, and the caller may come back for it.
            if (result.data === null) {
              yield readable(result);
              return;
            }
            depart(outlet, positionOf(payload));
            yield readable(result);
          }
        } catch (error) {
          yield refused(error);
        }
      })();
    } catch (error) {
      return once(refused(error));
    }
  };
};

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult, void> {
  yield await Promise.resolve(result);
}

const coded = (error: unknown, code: ApolloServerErrorCode): GraphQLError => {
  const found =
    error instanceof GraphQLError ? error : new GraphQLError(error instanceof Error ? error.message : '');
  found.extensions.code = code;
  return found;
};
