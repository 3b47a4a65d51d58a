import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { answerPlugin, type AnswerOptions } from './answer-plugin';
import type { EdgeContext } from './edge-context';
import { requestPlugin } from './documents/request-plugin';
import type { OperationChain } from './operation-chain';
import { operationPlugin } from './operation-plugin';

export interface ApolloOptions<C extends EdgeContext> extends AnswerOptions {
  readonly chain: OperationChain<C>;
  /** Clock time in ms. */
  readonly now: () => number;
}

export const createApollo = <C extends EdgeContext>({
  chain,
  now,
  ...answer
}: ApolloOptions<C>): ApolloServer<C> =>
  new ApolloServer<C>({
    schema: chain.schema,
    // One of the checks decides who may use introspection.
    introspection: true,
    // requestPlugin parses, validates and caches documents; Apollo's store underestimates their memory.
    documentStore: null,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    // Every door checks the page origin before the credential (http/page-origin.ts).
    csrfPrevention: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    executionOptions: { maxCoercionErrors: chain.limits.errors },
    plugins: [
      answerPlugin<C>(answer),
      ApolloServerPluginLandingPageDisabled(),
      requestPlugin<C>(chain),
      // Responses are no-store, so Apollo would compute its policy around every field for nothing.
      ApolloServerPluginCacheControlDisabled(),
      // Apollo traces every field of a subgraph for whoever sends the header apollo-federation-include-trace.
      ApolloServerPluginInlineTraceDisabled(),
      operationPlugin<C>({ now, observe: chain.observe }),
    ],
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });

/** Apollo's own log lines quote requests; ours come from the observers. */
const ignore = (): void => undefined;
