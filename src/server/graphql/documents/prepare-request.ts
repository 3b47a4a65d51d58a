import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { faultOf, fault } from './fault';
import { variableFault, type VariableLimits } from '../limits/variable-limits';
import { coerceVariables } from './variables';

/** A request whose document and variables have been checked. */
export interface PreparedRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced to their types, with defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Throws or rejects to refuse a prepared request before it is executed. */
export type RequestCheck<C> = (request: PreparedRequest, context: C) => Promise<void> | void;

export interface PrepareOptions {
  readonly schema: GraphQLSchema;
  readonly limits: VariableLimits & { readonly errors: number };
}

export interface RequestParameters {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Prepares a request for execution on every transport, after `Documents.load`: finds the operation, limits the variables and
 * coerces them. Throws an AggregateError of GraphQLErrors, one per fault.
 */
export const prepareRequest = (
  document: DocumentNode,
  { operationName, variables }: RequestParameters,
  { schema, limits }: PrepareOptions,
): PreparedRequest => {
  const operation = getOperationAST(document, operationName);
  if (operation == null) throw new AggregateError([unresolved(operationName)]);
  const given = variables ?? {};
  const broken = variables == null ? undefined : variableFault(variables, limits);
  if (broken !== undefined) throw new AggregateError([faultOf(broken)]);
  return {
    schema,
    document,
    operation,
    fragments: fragmentsOf(document),
    variables: coerceVariables(operation, given, {
      schema,
      maxErrors: limits.errors,
      maxDepth: limits.variableDepth + 1,
    }),
  };
};

const unresolved = (operationName: string | null | undefined) =>
  fault(
    'OPERATION_RESOLUTION_FAILURE',
    operationName == null
      ? [
          'The document must have one operation, or operationName must say which one to run.',
          '文档只能包含一个操作；包含多个时，请用 operationName 指明。',
        ]
      : ['operationName names no operation of the document.', '文档中没有 operationName 指明的操作。'],
  );

const known = new WeakMap<DocumentNode, ReadonlyMap<string, FragmentDefinitionNode>>();

const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> => {
  let fragments = known.get(document);
  if (fragments === undefined) {
    fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    );
    known.set(document, fragments);
  }
  return fragments;
};
