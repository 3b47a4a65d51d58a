import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { answerPlugin, type AnswerOptions } from './answer-plugin';
import type { EdgeContext } from './edge-context';
import type { Documents } from './documents/documents';
import type { RequestCheck } from './documents/prepare-request';
import { requestPlugin } from './documents/request-plugin';
import type { VariableLimits } from './limits/variable-limits';

export interface ApolloOptions<C extends EdgeContext> extends AnswerOptions {
  readonly schema: GraphQLSchema;
  readonly plugins?: readonly ApolloServerPlugin<C>[];
  readonly documents: Documents;
  /** The checks a valid request must pass before it is executed, in this order. */
  readonly checks: readonly RequestCheck<C>[];
  readonly limits: ApolloLimits;
}

export interface ApolloLimits extends VariableLimits {
  /** Maximum number of errors reported about one operation's variables. */
  readonly errors: number;
}

export const createApollo = <C extends EdgeContext>({
  schema,
  plugins = [],
  documents,
  checks,
  limits,
  ...answer
}: ApolloOptions<C>): ApolloServer<C> =>
  new ApolloServer<C>({
    schema,
    // One of the checks decides who may introspect.
    introspection: true,
    // requestPlugin parses, validates and caches documents; Apollo's store underestimates their memory.
    documentStore: null,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    executionOptions: { maxCoercionErrors: limits.errors },
    plugins: [
      answerPlugin<C>(answer),
      ApolloServerPluginLandingPageDisabled(),
      requestPlugin<C>({ schema, documents, checks, limits }),
      // Responses are no-store, so Apollo would compute its policy around every field for nothing.
      ApolloServerPluginCacheControlDisabled(),
      ...plugins,
    ],
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });

/** Apollo's own log lines quote requests; ours come from the observers. */
const ignore = (): void => undefined;
