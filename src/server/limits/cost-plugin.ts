import type { ApolloServerPlugin } from '@apollo/server';
import {
  Kind,
  OperationTypeNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Bucket } from '../../traffic/call';
import type { EdgeContext } from '../edge-context';
import { costFault, type PlannedSpending } from './cost';
import { refused } from './refused';

export interface CostParts<C> {
  readonly plan: (operation: PlannedOperation, context: C) => readonly PlannedSpending[];
  readonly status: (bucket: Bucket) => { readonly waitMs: number };
  readonly upstreamCalls: number;
  /** How long the calls of an operation may wait, ms. */
  readonly patienceMs: { readonly query: number; readonly mutation: number };
}

export interface PlannedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Sums up what an operation could cost upstream before it runs: for `extensions`, and to refuse what is too much. */
export const costPlugin = <C extends EdgeContext>({
  plan,
  status,
  upstreamCalls,
  patienceMs,
}: CostParts<C>): ApolloServerPlugin<C> => ({
  requestDidStart: () =>
    Promise.resolve({
      async didResolveOperation({ schema, document, operation, request, contextValue }) {
        if (operation === undefined) return;
        const fragments = new Map(
          document.definitions.flatMap((definition) =>
            definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
          ),
        );
        const spending = plan(
          { schema, operation, fragments, variables: request.variables ?? {} },
          contextValue,
        );
        for (const { brandId, bucket, most } of spending) contextValue.tally.planned(brandId, bucket, most);
        const fault = await costFault(spending, {
          upstreamCalls,
          patienceMs:
            operation.operation === OperationTypeNode.MUTATION ? patienceMs.mutation : patienceMs.query,
          waitMs: (bucket) => status(bucket).waitMs,
        });
        if (fault !== undefined) throw refused(fault);
      },
    }),
});
