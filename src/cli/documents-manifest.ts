import { createHash } from 'node:crypto';
import { Kind, parse, print, visit, type FragmentDefinitionNode } from 'graphql';

/** Apollo's persisted query manifest, the format that clients' build tools read and write. */
export interface DocumentsManifest {
  readonly format: 'apollo-persisted-query-manifest';
  readonly version: 1;
  readonly operations: readonly {
    /** SHA-256 of the body, hex. */
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly body: string;
  }[];
}

/** Lists each named operation of the sources with the fragments it needs, sorted by name. */
export const manifestOf = (sources: readonly string[]): DocumentsManifest => {
  const definitions = sources.flatMap((source) => parse(source).definitions);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const needed = (node: Parameters<typeof visit>[0], found: Set<string> = new Set()): ReadonlySet<string> => {
    visit(node, {
      FragmentSpread({ name: { value: name } }) {
        const fragment = fragments.get(name);
        if (fragment === undefined) throw new Error(`schema/operations has no fragment ${name}`);
        if (found.has(name)) return;
        found.add(name);
        needed(fragment, found);
      },
    });
    return found;
  };

  const operations = definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.name === undefined) return [];
    const names = needed(definition);
    const used = [...fragments.values()].filter(({ name }) => names.has(name.value));
    const sorted = used.sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
    const body = [definition, ...sorted].map(print).join('\n\n');
    const id = createHash('sha256').update(body).digest('hex');
    return [{ id, name: definition.name.value, type: definition.operation, body }];
  });
  operations.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { format: 'apollo-persisted-query-manifest', version: 1, operations };
};
