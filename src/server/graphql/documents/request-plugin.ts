import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind, type DocumentNode } from 'graphql';
import type { EdgeContext } from '../edge-context';
import type { Documents } from './documents';
import { refusalOf } from './fault';
import { rememberSearch } from './inexact-numbers';
import { prepareRequest, type PrepareOptions, type RequestCheck } from './prepare-request';

export interface RequestPluginOptions<C> extends PrepareOptions {
  readonly documents: Documents;
  /** One after the other, each only if the ones before it let the request pass. */
  readonly checks: readonly RequestCheck<C>[];
}

/** In place of a document that was refused, so that nothing works on it until Apollo takes the refusal. */
const noDocument: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

/**
 * Takes parsing, validation and every check before execution over from Apollo. Apollo neither parses nor validates if a
 * document is there once the source is known; it takes refusals when the operation is resolved.
 */
export const requestPlugin = <C extends EdgeContext>({
  documents,
  checks,
  ...options
}: RequestPluginOptions<C>): ApolloServerPlugin<C> => ({
  requestDidStart() {
    let refusal: unknown;
    return Promise.resolve({
      didResolveSource(context) {
        const own: { document?: DocumentNode } = context;
        try {
          own.document = documents.load(context.source);
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
          const prepared = prepareRequest(document, { operationName, variables }, options);
          for (const check of checks) await check(prepared, contextValue);
        } catch (error) {
          throw refused(error);
        }
      },
    });
  },
});

/** A check that asks graphql-js for arguments gets an error of its, which has no status of its own. */
const refused = (error: unknown): unknown => {
  if (error instanceof AggregateError) return refusalOf(error.errors);
  return error instanceof GraphQLError && error.extensions.http === undefined ? refusalOf([error]) : error;
};
