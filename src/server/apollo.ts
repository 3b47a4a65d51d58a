import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { answerPlugin, type AnswerParts } from './answer-plugin';
import type { EdgeContext } from './edge-context';

export interface ApolloParts<C extends EdgeContext> extends AnswerParts {
  readonly schema: GraphQLSchema;
  readonly plugins?: readonly ApolloServerPlugin<C>[];
  /** Introspection, suggestions in messages: for development. */
  readonly development: boolean;
}

/** A document's bounds, before anything is executed. */
const mostTokens = 2_000;
const mostErrors = 10;

export const createApollo = <C extends EdgeContext>({
  schema,
  plugins = [],
  development,
  ...answer
}: ApolloParts<C>): ApolloServer<C> =>
  new ApolloServer<C>({
    schema,
    introspection: development,
    hideSchemaDetailsFromClientErrors: !development,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: mostTokens },
    validationOptions: { maxErrors: mostErrors },
    executionOptions: { maxCoercionErrors: mostErrors },
    plugins: [
      answerPlugin<C>(answer),
      ApolloServerPluginLandingPageDisabled(),
      // Answers are no-store: its policy would be computed around every field and then overwritten.
      ApolloServerPluginCacheControlDisabled(),
      ...plugins,
    ],
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });

/** Apollo's own log lines quote requests; ours come from the observers. */
const ignore = (): void => undefined;
