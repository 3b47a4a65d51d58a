import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { EdgeContext } from './edge-context';
import type { OperationChain } from './operation-chain';

export interface OperationPluginOptions {
  /** Clock time in ms. */
  readonly now: () => number;
  readonly observe: OperationChain<EdgeContext>['observe'];
}

/** Calls `observe` once per operation, when its response is ready. Must come after the plugin that translates errors. */
export const operationPlugin = <C extends EdgeContext>({
  now,
  observe,
}: OperationPluginOptions): ApolloServerPlugin<C> => ({
  requestDidStart() {
    const started = now();
    return Promise.resolve({
      willSendResponse({ response, operation, contextValue }: GraphQLRequestContextWillSendResponse<C>) {
        const result = response.body.kind === 'single' ? response.body.singleResult : {};
        contextValue.operationEvent.event = observe({
          operation,
          context: contextValue,
          result,
          durationMs: now() - started,
        });
        return Promise.resolve();
      },
    });
  },
});
