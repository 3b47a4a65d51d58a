import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Kind,
  parse,
  print,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** An operation with variables that make it succeed against the sandbox. */
export interface Example {
  /** Name of the file that it is in. */
  readonly file: string;
  readonly name: string;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The fields it shows, e.g. `Query.userCard` or `Brand.cardTemplates`. */
  readonly shows: readonly string[];
}

/** Reads every operation under `schema/operations`. Throws if an operation has no variables, or variables no operation. */
export const readExamples = (directory: string): readonly Example[] => {
  const found = readdirSync(directory)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .flatMap((file) =>
      parse(readFileSync(join(directory, file), 'utf8')).definitions.map((one) => ({ file, one })),
    );
  const definitions = found.map(({ one }) => one);
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
  const variables = new Map(
    Object.entries(
      JSON.parse(readFileSync(join(directory, 'variables.json'), 'utf8')) as Record<
        string,
        Readonly<Record<string, unknown>>
      >,
    ),
  );
  const examples = found.flatMap(({ file, one }): Example[] => {
    if (one.kind !== Kind.OPERATION_DEFINITION || one.name === undefined) return [];
    const name = one.name.value;
    const own = variables.get(name);
    if (own === undefined) throw new Error(`schema/operations/variables.json lacks ${name}`);
    variables.delete(name);
    return [{ file, name, document: withFragments(one, fragments), variables: own, shows: shownBy(one) }];
  });
  const [unused] = variables.keys();
  if (unused !== undefined)
    throw new Error(`schema/operations/variables.json has ${unused}, which is not an operation`);
  return examples;
};

const withFragments = (
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): DocumentNode => {
  const used = new Set<FragmentDefinitionNode>();
  const collect = (selections: SelectionSetNode | undefined): void => {
    for (const selection of selections?.selections ?? []) {
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        collect(selection.selectionSet);
        continue;
      }
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined || used.has(fragment)) continue;
      used.add(fragment);
      collect(fragment.selectionSet);
    }
  };
  collect(operation.selectionSet);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...used] };
};

const rootNames = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** The root fields, and the selected fields of a brand. */
const shownBy = ({ operation, selectionSet }: OperationDefinitionNode): readonly string[] =>
  selectionSet.selections.flatMap((root) => {
    if (root.kind !== Kind.FIELD) return [];
    const own = `${rootNames[operation]}.${root.name.value}`;
    if (root.name.value !== 'brand') return [own];
    return [
      own,
      ...(root.selectionSet?.selections ?? []).flatMap((field) =>
        field.kind === Kind.FIELD ? [`Brand.${field.name.value}`] : [],
      ),
    ];
  });

/** The text as a reader would paste it. */
export const textOf = ({ document }: Example): string => print(document);
