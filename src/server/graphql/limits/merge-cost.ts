import {
  Kind,
  type ArgumentNode,
  type ConstValueNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** Cost of comparing two fields, about a microsecond per unit: without selections, with selections, per argument value. */
const leafUnits = 0.2;
const objectUnits = 4;
const valueUnits = 1;

/**
 * Cost of graphql-js' rule OverlappingFieldsCanBeMerged, about a microsecond per unit: the rule compares every two fields with
 * the same response name, also through fragments. Counting stops at `max`, so it is fast even if fragments expand to many
 * fields. Unused fragments count, because the rule compares them too. Circular spreads are followed once.
 */
export const mergeCost = (document: DocumentNode, max: number): number => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const argumentUnits = new Map<FieldNode, number>();
  const argumentUnitsOf = (field: FieldNode): number => {
    let units = argumentUnits.get(field);
    if (units === undefined) {
      units = sizeOfArguments(field.arguments ?? []) * valueUnits;
      argumentUnits.set(field, units);
    }
    return units;
  };

  let cost = 0;
  const costOf = (sets: readonly Expanded[]): void => {
    const groups = new Map<string, { readonly field: FieldNode; readonly within: ReadonlySet<string> }[]>();
    const collect = ({ selections }: SelectionSetNode, within: ReadonlySet<string>, spread: Set<string>) => {
      for (const selection of selections) {
        cost += leafUnits;
        if (cost > max) return;
        if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, within, spread);
        else if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const name = selection.name.value;
          const fragment = fragments.get(name);
          if (fragment === undefined || spread.has(name) || within.has(name)) continue;
          spread.add(name);
          collect(fragment.selectionSet, new Set(within).add(name), spread);
        } else {
          const name = (selection.alias ?? selection.name).value;
          const group = groups.get(name);
          if (group === undefined) groups.set(name, [{ field: selection, within }]);
          else group.push({ field: selection, within });
        }
      }
    };
    // The rule visits a fragment once per selection set, however often it is spread there.
    for (const { set, within } of sets) collect(set, within, new Set());
    for (const group of groups.values()) {
      const below = group.flatMap(({ field: { selectionSet: set }, within }) =>
        set === undefined ? [] : [{ set, within }],
      );
      const others = group.length - 1;
      cost += ((group.length * others) / 2) * (below.length > 0 ? objectUnits : leafUnits);
      if (others > 0) for (const { field } of group) cost += others * argumentUnitsOf(field);
      if (cost > max) return;
      if (below.length > 0) costOf(below);
    }
  };

  for (const definition of document.definitions)
    if ('selectionSet' in definition && cost <= max)
      costOf([{ set: definition.selectionSet, within: withinOf(definition) }]);
  return cost;
};

/** A selection set and the fragments through which it was reached, which are not spread again. */
interface Expanded {
  readonly set: SelectionSetNode;
  readonly within: ReadonlySet<string>;
}

const withinOf = (definition: OperationDefinitionNode | FragmentDefinitionNode): ReadonlySet<string> =>
  new Set(definition.kind === Kind.FRAGMENT_DEFINITION ? [definition.name.value] : []);

const sizeOfArguments = (given: readonly ArgumentNode[]): number =>
  given.reduce((sum, { value }) => sum + 1 + sizeOfValue(value), 0);

const sizeOfValue = (value: ValueNode | ConstValueNode): number => {
  if (value.kind === Kind.LIST) return value.values.reduce((sum, one) => sum + sizeOfValue(one), 1);
  if (value.kind === Kind.OBJECT)
    return value.fields.reduce((sum, one) => sum + 1 + sizeOfValue(one.value), 1);
  return 1;
};
