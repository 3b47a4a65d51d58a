import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind, OperationTypeNode, type DocumentNode } from 'graphql';
import { AppError } from '../../../shared/errors';
import type { EdgeContext } from '../edge-context';
import type { OperationChain } from '../operation-chain';
import { faultOf, refusalOf } from './fault';
import { rememberSearch } from './inexact-numbers';

/** Replaces a refused document until Apollo accepts the refusal, so that nothing processes it. */
const noDocument: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

/**
 * Replaces Apollo's parsing, validation and checks by the chain's. Apollo skips both steps if a document is set once the source is
 * known; it accepts refusals when the operation is resolved.
 */
export const requestPlugin = <C extends EdgeContext>(
  chain: Pick<OperationChain<C>, 'load' | 'prepare'>,
): ApolloServerPlugin<C> => ({
  requestDidStart() {
    let refusal: unknown;
    return Promise.resolve({
      didResolveSource(context) {
        const own: { document?: DocumentNode } = context;
        try {
          own.document = chain.load(context.source);
        } catch (error) {
          refusal = error;
          own.document = noDocument;
        }
        return Promise.resolve();
      },
      async didResolveOperation({ document, request, contextValue }) {
        if (refusal !== undefined) throw refused(refusal);
        const { operationName, variables, http } = request;
        if (variables !== undefined && http?.method === 'GET') rememberSearch(variables, http.search);
        try {
          const { operation } = await chain.prepare(document, { operationName, variables }, contextValue);
          // Apollo would run its root field once and take the missing result for a fault of the server.
          if (operation.operation === OperationTypeNode.SUBSCRIPTION)
            throw refusalOf([faultOf(needsStream())], 406);
        } catch (error) {
          throw refused(error);
        }
      },
    });
  },
});

/** Why a subscription is refused whose client does not accept a stream. */
const needsStream = (): AppError =>
  new AppError('GRAPHQL_STREAM_REQUIRED', 'a subscription without a stream');

/** A check that calls graphql-js may throw an error of graphql-js, which has no HTTP status. */
const refused = (error: unknown): unknown => {
  if (error instanceof AggregateError) return refusalOf(error.errors);
  return error instanceof GraphQLError && error.extensions.http === undefined ? refusalOf([error]) : error;
};
