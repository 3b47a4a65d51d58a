import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { answerPlugin, type AnswerParts } from './answer-plugin';
import type { EdgeContext } from './edge-context';
import { documentLimits, type DocumentLimits } from './limits/document-limits';
import { variableLimitsPlugin } from './limits/limits-plugin';
import type { VariableLimits } from './limits/variable-limits';
import { introspectionPlugin, type MaySeeSchema } from './schema-access';

export interface ApolloParts<C extends EdgeContext> extends AnswerParts {
  readonly schema: GraphQLSchema;
  readonly plugins?: readonly ApolloServerPlugin<C>[];
  /** Suggestions in messages. */
  readonly development: boolean;
  readonly maySeeSchema: MaySeeSchema<C>;
  readonly limits: ApolloLimits;
}

export interface ApolloLimits extends DocumentLimits, VariableLimits {
  /** Lexical tokens of a document. */
  readonly tokens: number;
  /** Errors told of one document, or of one operation's variables. */
  readonly errors: number;
}

export const createApollo = <C extends EdgeContext>({
  schema,
  plugins = [],
  development,
  maySeeSchema,
  limits,
  ...answer
}: ApolloParts<C>): ApolloServer<C> =>
  new ApolloServer<C>({
    schema,
    // Who may introspect is asked per caller, by introspectionPlugin.
    introspection: true,
    hideSchemaDetailsFromClientErrors: !development,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationOptions: { maxErrors: limits.errors },
    validationRules: [documentLimits(limits)],
    executionOptions: { maxCoercionErrors: limits.errors },
    plugins: [
      answerPlugin<C>(answer),
      ApolloServerPluginLandingPageDisabled(),
      introspectionPlugin<C>(maySeeSchema),
      variableLimitsPlugin<C>(limits),
      // Answers are no-store: its policy would be computed around every field and then overwritten.
      ApolloServerPluginCacheControlDisabled(),
      ...plugins,
    ],
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });

/** Apollo's own log lines quote requests; ours come from the observers. */
const ignore = (): void => undefined;
