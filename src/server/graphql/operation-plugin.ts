import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { Kind, type OperationDefinitionNode } from 'graphql';
import type { EdgeContext } from './edge-context';
import type { OperationEvent } from './operation-event';
import { isPlainName } from './plain-name';

export interface OperationPluginOptions {
  /** Clock time in ms. */
  readonly now: () => number;
  readonly observe: (event: OperationEvent) => void;
}

/** Calls `observe` once per operation, when its response is ready. Must come after the plugin that translates errors. */
export const operationPlugin = <C extends EdgeContext>({
  now,
  observe,
}: OperationPluginOptions): ApolloServerPlugin<C> => ({
  requestDidStart() {
    const started = now();
    return Promise.resolve({
      willSendResponse(context: GraphQLRequestContextWillSendResponse<C>) {
        const event = eventOf(context, now() - started);
        context.contextValue.operationEvent.event = event;
        observe(event);
        return Promise.resolve();
      },
    });
  },
});

const eventOf = <C extends EdgeContext>(
  { response, operation, operationName, schema, contextValue }: GraphQLRequestContextWillSendResponse<C>,
  durationMs: number,
): OperationEvent => {
  const { errors = [], data } =
    response.body.kind === 'single' ? response.body.singleResult : { data: undefined };
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return {
    caller: contextValue.callerId,
    ...(typeof operationName === 'string' && isPlainName(operationName) ? { name: operationName } : {}),
    type: operation?.operation ?? 'none',
    rootFields: rootFieldsOf(operation).filter((name) =>
      roots.some((type) => type?.getFields()[name] !== undefined),
    ),
    outcome: errors.length === 0 ? 'ok' : data === null || data === undefined ? 'failed' : 'partial',
    codes: errors.map(({ extensions }) =>
      typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR',
    ),
    durationMs,
    ...contextValue.stats.sums(),
    ...contextValue.trace,
  };
};

const rootFieldsOf = (operation: OperationDefinitionNode | undefined): readonly string[] => [
  ...new Set(
    operation?.selectionSet.selections.flatMap((selection) =>
      selection.kind === Kind.FIELD ? [selection.name.value] : [],
    ),
  ),
];
