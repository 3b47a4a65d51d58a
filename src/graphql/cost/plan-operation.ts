import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '../../shared/errors';
import { noCost, type PlannedObject, type PlannedCall, type FieldCost } from './planned-call';
import { upstreamOf, type PlanDeps } from './upstream';

export interface OperationToPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced to their types, with defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Returns every upstream call that a valid operation could make with these variables, if the cache were empty and every list
 * full. Retries are not included; they have a budget of their own. Makes no call and reads no cache.
 */
export const planOperation = (
  { schema, operation, fragments, variables }: OperationToPlan,
  deps: PlanDeps,
): readonly PlannedCall[] => {
  const root = schema.getRootType(operation.operation);
  if (root == null) return [];
  const calls = new Map<string, PlannedCall>();

  const selected = (node: SelectionNode): boolean =>
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;

  const walk = (type: GraphQLObjectType, object: PlannedObject, { selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        if (selected(node)) walkField(type, object, node);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
      if (
        fragment !== undefined &&
        selected(node) &&
        applies(fragment.typeCondition?.name.value, type, schema)
      )
        walk(type, object, fragment.selectionSet);
    }
  };

  const walkField = (type: GraphQLObjectType, parent: PlannedObject, node: FieldNode): void => {
    const field = type.getFields()[node.name.value];
    if (field === undefined) return;
    const plan = upstreamOf(field.extensions)?.plan;
    if (plan === undefined && node.selectionSet === undefined) return;
    const cost =
      plan === undefined
        ? { calls: [], children: [parent] }
        : orRefused(() =>
            plan(
              {
                parent,
                args: getArgumentValues(field, node, variables),
                responseKey: node.alias?.value ?? field.name,
              },
              deps,
            ),
          );
    for (const call of cost.calls)
      if (calls.get(call.identity)?.certain !== true) calls.set(call.identity, call);
    if (node.selectionSet === undefined) return;
    for (const object of cost.children) {
      const objectType = concrete(getNamedType(field.type), object, schema);
      if (objectType !== undefined) walk(objectType, object, node.selectionSet);
    }
  };

  walk(root, { kind: 'Root', brandId: '', certain: true }, operation.selectionSet);
  return [...calls.values()];
};

/** An argument that breaks its rule. The resolver refuses it as well, before it calls the upstream. */
const orRefused = (plan: () => FieldCost): FieldCost => {
  try {
    return plan();
  } catch (error) {
    if (error instanceof AppError || error instanceof GraphQLError) return noCost;
    throw error;
  }
};

const concrete = (
  type: GraphQLNamedType,
  { kind }: PlannedObject,
  schema: GraphQLSchema,
): GraphQLObjectType | undefined => {
  if (!isAbstractType(type)) return isObjectType(type) ? type : undefined;
  const found = schema.getType(kind);
  // A value without a cost of its own, e.g. a validity, has the object around it as its planned object.
  return isObjectType(found) && schema.isSubType(type, found) ? found : undefined;
};

const applies = (condition: string | undefined, type: GraphQLObjectType, schema: GraphQLSchema): boolean => {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return isAbstractType(named) && schema.isSubType(named, type);
};
