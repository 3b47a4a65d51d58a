import {
  isObjectType,
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type GraphQLSchema,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { isNodeKind, naturalKeys } from '../relay/natural-keys';
import { printSdl } from './print-schema';

/** Relay specifies the type, so every subgraph with connections has it. */
const shareable: ReadonlySet<string> = new Set(['PageInfo']);

/** The specification adds them to every subgraph; composition refuses or ignores them in the SDL. */
const machinery: ReadonlySet<string> = new Set(['_Any', '_Entity', '_Service']);

/**
 * Root fields that are not part of the graph: composition adds its own `_entities` and `_service`. `node` of one subgraph knows
 * no id of another, so two of them cannot be composed; a gateway finds objects by their keys.
 */
const ownRootFields: ReadonlySet<string> = new Set(['_entities', '_service', 'node', 'nodes']);

/** Composition knows no directive that it does not find in the SDL or in Federation, not even GraphQL's own `@oneOf`. */
const head = `# Emitted by \`npm run schema\` from src/graphql. Do not edit.
extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])

directive @oneOf on INPUT_OBJECT`;

/**
 * The schema as a subgraph of Apollo Federation 2: the content of `schema/subgraph.graphql`, and what `_service` returns. Every type
 * that implements `Node` is an entity. Throws if such a type has no natural key.
 */
export const subgraphSdl = (schema: GraphQLSchema): string => {
  const known = printed.get(schema);
  if (known !== undefined) return known;
  const subgraph = visit(parse(printSdl(schema)), {
    ScalarTypeDefinition: ({ name }) => (machinery.has(name.value) ? null : undefined),
    UnionTypeDefinition: ({ name }) => (machinery.has(name.value) ? null : undefined),
    ObjectTypeDefinition(node) {
      const name = node.name.value;
      if (machinery.has(name)) return null;
      if (name === schema.getQueryType()?.name)
        return { ...node, fields: node.fields?.filter((field) => !ownRootFields.has(field.name.value)) };
      const directives = shareable.has(name) ? [directive('shareable')] : keysOf(node);
      return directives.length === 0 ? undefined : { ...node, directives };
    },
  });
  const sdl = `${head}\n\n${print(subgraph)}\n`;
  printed.set(schema, sdl);
  return sdl;
};

const printed = new WeakMap<GraphQLSchema, string>();

/** Lets `_service` return the SDL of the schema that is being executed. Changes the schema in place. */
export const serveSubgraphSdl = (schema: GraphQLSchema): GraphQLSchema => {
  const service = schema.getType('_Service');
  const sdl = isObjectType(service) ? service.getFields().sdl : undefined;
  if (sdl === undefined) throw new Error('the schema has no _Service');
  sdl.resolve = (_source, _args, _context, info) => subgraphSdl(info.schema);
  return schema;
};

const keysOf = ({ name: { value: name }, interfaces = [] }: ObjectTypeDefinitionNode) => {
  if (!interfaces.some((implemented) => implemented.name.value === 'Node')) return [];
  if (!isNodeKind(name)) throw new Error(`${name} needs a row in graphql/relay/natural-keys.ts`);
  return [directive('key', 'id'), directive('key', naturalKeys[name].join(' '))];
};

const directive = (name: string, fields?: string): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments:
    fields === undefined
      ? []
      : [
          {
            kind: Kind.ARGUMENT,
            name: { kind: Kind.NAME, value: 'fields' },
            value: { kind: Kind.STRING, value: fields },
          },
        ],
});
