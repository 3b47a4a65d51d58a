import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** Size of an operation as executed: a fragment counts at every spread. */
export interface OperationSize {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly rootFields: number;
  /** Whether a root field reads the schema: `__schema`, `__type`, or `_service`, which gateways use. */
  readonly introspects: boolean;
}

/** No field of another name returns the schema. */
const readsSchema: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

const nothing: OperationSize = { depth: 0, fields: 0, aliases: 0, rootFields: 0, introspects: false };

type Sizes = ReadonlyMap<OperationDefinitionNode, OperationSize>;

const measured = new WeakMap<DocumentNode, Sizes>();

/** Sizes of a document's operations. Computed once per document. */
export const measure = (document: DocumentNode): Sizes => {
  let sizes = measured.get(document);
  if (sizes === undefined) {
    sizes = sizesOfOperations(document);
    measured.set(document, sizes);
  }
  return sizes;
};

/**
 * Measures a document in one pass. Each fragment is measured once, so a document of n tokens takes O(n) although it may expand
 * to 2^n fields. A fragment spread within itself counts as nothing; graphql-js' rules forbid it.
 */
const sizesOfOperations = (document: DocumentNode): Sizes => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);

  const known = new Map<string, OperationSize>();
  const sizeOfFragment = (name: string): OperationSize => {
    const done = known.get(name);
    if (done !== undefined) return done;
    known.set(name, nothing);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? nothing : sizeOf(fragment.selectionSet);
    known.set(name, size);
    return size;
  };

  const sizeOf = ({ selections }: SelectionSetNode): OperationSize => {
    let total = nothing;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) total = add(total, sizeOfFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) total = add(total, sizeOf(selection.selectionSet));
      else {
        const introspects = readsSchema.has(selection.name.value);
        const below = selection.selectionSet === undefined ? nothing : sizeOf(selection.selectionSet);
        total = add(total, {
          depth: introspects ? 1 : 1 + below.depth,
          fields: 1 + below.fields,
          aliases: (selection.alias === undefined ? 0 : 1) + below.aliases,
          rootFields: 1,
          introspects,
        });
      }
    }
    return total;
  };

  return new Map(operations.map((operation) => [operation, sizeOf(operation.selectionSet)]));
};

const add = (a: OperationSize, b: OperationSize): OperationSize => ({
  depth: Math.max(a.depth, b.depth),
  fields: a.fields + b.fields,
  aliases: a.aliases + b.aliases,
  rootFields: a.rootFields + b.rootFields,
  introspects: a.introspects || b.introspects,
});
