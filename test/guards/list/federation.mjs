/** What gateways ask, and the subgraph that they compose. */
const representation = {
  file: 'src/graphql/federation/representation.ts',
  tests: ['test/graphql/federation/representation.test.ts'],
};
const resolver = {
  file: 'src/graphql/federation/federation.resolver.ts',
  tests: ['test/e2e/federation.test.ts'],
};
const subgraph = {
  file: 'src/graphql/schema/subgraph-sdl.ts',
  tests: ['test/graphql/schema/subgraph-sdl.test.ts'],
};

export const federationGuards = [
  {
    name: 'federation: _service is refused like introspection',
    file: 'src/server/graphql/limits/document-size.ts',
    find: "new Set(['__schema', '__type', '_service'])",
    replace: "new Set(['__schema', '__type'])",
    tests: ['test/server/graphql/hostile-queries.test.ts'],
    only: 'callers without schema:read',
  },
  {
    ...representation,
    name: 'federation: keys are text, so that none was rounded',
    find: "  if (typeof value !== 'string') throw",
    replace: "  if (typeof value === 'object') throw",
    only: 'JSON.parse has rounded',
  },
  {
    ...representation,
    name: 'federation: a type is one of the entities, no inherited name',
    file: 'src/graphql/relay/natural-keys.ts',
    find: "typeof name === 'string' && Object.hasOwn(naturalKeys, name)",
    replace: "typeof name === 'string' && name in naturalKeys",
    only: 'the name of a method',
  },
  {
    ...representation,
    name: 'references: a key has the form that its rule demands',
    file: 'src/graphql/inputs/arguments.ts',
    find: '  if (key !== undefined) checkKey(key);\n',
    replace: '',
    only: 'would change the path',
  },
  {
    ...resolver,
    name: 'federation: _entities is planned',
    find: 'sumOf(representations.map((one) => orNoCost(() => nodeCost(refOf(one, deps), deps)))),',
    replace: 'sumOf([]),',
    tests: ['test/graphql/cost/plan-operation.test.ts'],
    only: 'objects of a gateway',
  },
  {
    ...resolver,
    name: 'federation: each representation fails alone',
    find: 'return representations.map(async (one) => readNode(refOf(one, context), context));',
    replace:
      'return Promise.all(representations.map(async (one) => readNode(refOf(one, context), context)));',
    only: 'fails each wrong representation alone',
  },
  {
    ...resolver,
    name: 'federation: entries of _entities',
    find: "    checkCount('representations', representations);\n",
    replace: '',
    only: 'takes no more entries',
  },
  {
    ...resolver,
    name: 'federation: a subgraph traces no fields',
    file: 'src/server/graphql/apollo.ts',
    find: '      ApolloServerPluginInlineTraceDisabled(),\n',
    replace: '',
    only: 'trace its fields',
  },
  {
    ...subgraph,
    name: 'federation: node is not part of the graph',
    find: "new Set(['_entities', '_service', 'node', 'nodes'])",
    replace: "new Set(['_entities', '_service'])",
    only: 'composition succeeds with',
  },
  {
    ...subgraph,
    name: 'federation: PageInfo can be shared',
    find: "new Set(['PageInfo'])",
    replace: 'new Set([])',
    only: 'composition succeeds with',
  },
  {
    ...subgraph,
    name: 'federation: composition knows @oneOf',
    find: '\n\ndirective @oneOf on INPUT_OBJECT`',
    replace: '`',
    only: 'for the subgraph alone',
  },
  {
    ...subgraph,
    name: 'federation: a type with Node has natural keys',
    find: '  if (!isNodeKind(name)) throw new Error(`${name} needs a row in graphql/relay/natural-keys.ts`);\n',
    replace: '  if (!isNodeKind(name)) return [];\n',
    only: 'refuses a type',
  },
];
