import { Kind, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { EdgeContext } from './edge-context';
import type { OperationEvent } from './operation-event';
import { isPlainName } from './plain-name';

export interface FinishedOperation {
  readonly schema: GraphQLSchema;
  /** `undefined` if the request was refused before its operation was known. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly context: Pick<EdgeContext, 'callerId' | 'stats' | 'trace'>;
  readonly result: {
    readonly data?: unknown;
    /** With public codes. */
    readonly errors?: readonly { readonly extensions?: Readonly<Record<string, unknown>> | undefined }[];
  };
  readonly durationMs: number;
  readonly eventId?: string | undefined;
}

/** The event of an operation whose result is ready. */
export const operationEventOf = ({
  schema,
  operation,
  context,
  result: { data, errors = [] },
  durationMs,
  eventId,
}: FinishedOperation): OperationEvent => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const name = operation?.name?.value;
  return {
    caller: context.callerId,
    ...(name !== undefined && isPlainName(name) ? { name } : {}),
    type: operation?.operation ?? 'none',
    ...(eventId === undefined ? {} : { eventId }),
    rootFields: rootFieldsOf(operation).filter((field) =>
      roots.some((type) => type?.getFields()[field] !== undefined),
    ),
    outcome: errors.length === 0 ? 'ok' : data === null || data === undefined ? 'failed' : 'partial',
    codes: errors.map(({ extensions }) =>
      typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR',
    ),
    durationMs,
    ...context.stats.sums(),
    ...context.trace,
  };
};

const rootFieldsOf = (operation: OperationDefinitionNode | undefined): readonly string[] => [
  ...new Set(
    operation?.selectionSet.selections.flatMap((selection) =>
      selection.kind === Kind.FIELD ? [selection.name.value] : [],
    ),
  ),
];
