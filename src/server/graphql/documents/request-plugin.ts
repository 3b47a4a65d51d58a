import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind, type DocumentNode } from 'graphql';
import type { EdgeContext } from '../edge-context';
import type { Documents } from './documents';
import { refusalOf } from './fault';
import { rememberSearch } from './inexact-numbers';
import { prepareRequest, type PrepareOptions, type RequestCheck } from './prepare-request';

export interface RequestPluginOptions<C> extends PrepareOptions {
  readonly documents: Documents;
  /** Run in order; each one runs only if those before it passed. */
  readonly checks: readonly RequestCheck<C>[];
}

/** Replaces a refused document until Apollo accepts the refusal, so that nothing processes it. */
const noDocument: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

/**
 * Replaces Apollo's parsing, validation and checks. Apollo skips both steps if a document is set once the source is known; it
 * accepts refusals when the operation is resolved.
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

/** A check that calls graphql-js may throw an error of graphql-js, which has no HTTP status. */
const refused = (error: unknown): unknown => {
  if (error instanceof AggregateError) return refusalOf(error.errors);
  return error instanceof GraphQLError && error.extensions.http === undefined ? refusalOf([error]) : error;
};
