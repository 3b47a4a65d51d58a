import { buildSchema, isObjectType, Kind, parse, type GraphQLSchema } from 'graphql';
import { servedSchema } from '../../../src/graphql/schema/schema';
import { subgraphSdl } from '../../../src/graphql/schema/subgraph-sdl';
import { naturalKeys } from '../../../src/graphql/relay/natural-keys';
import { supergraphOf } from '../../support/gateways/gateway';
import { ordersSdl, wishesSdl } from '../../support/gateways/orders';

const schema = servedSchema();
const sdl = subgraphSdl(schema);
const cards = { name: 'cards', url: 'http://127.0.0.1/cards', sdl };
const orders = { name: 'orders', url: 'http://127.0.0.1/orders', sdl: ordersSdl };
const wishes = { name: 'wishes', url: 'http://127.0.0.1/wishes', sdl: wishesSdl };

describe('the subgraph', () => {
  it('has a key for id and one for the natural keys, on every type that implements Node', () => {
    const keys = parse(sdl).definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION
        ? (definition.directives ?? []).flatMap(({ name, arguments: [fields] = [] }) =>
            name.value === 'key' && fields?.value.kind === Kind.STRING
              ? [[definition.name.value, fields.value.value]]
              : [],
          )
        : [],
    );
    const node = schema.getType('Node') as Parameters<GraphQLSchema['getPossibleTypes']>[0];
    const types = schema.getPossibleTypes(node).map(({ name }) => name);
    expect(Object.keys(naturalKeys).sort()).toEqual([...types].sort());
    const entity = schema.getType('_Entity') as Parameters<GraphQLSchema['getPossibleTypes']>[0];
    expect(schema.getPossibleTypes(entity).map(({ name }) => name)).toEqual(Object.keys(naturalKeys));
    expect(keys).toEqual(
      Object.entries(naturalKeys).flatMap(([name, fields]) => [
        [name, 'id'],
        [name, fields.join(' ')],
      ]),
    );
  });

  it('refuses a type with Node that has no natural keys', () => {
    const unkeyed = buildSchema(
      'interface Node { id: ID! } type Gift implements Node { id: ID! } type Query { gift: Gift }',
    );
    expect(() => subgraphSdl(unkeyed)).toThrow('Gift needs a row in graphql/relay/natural-keys.ts');
  });

  it('is the rest of the schema, without the root fields that are not part of a graph', () => {
    const names = (fields: object = {}) => Object.keys(fields);
    const own = buildSchema(sdl, { assumeValidSDL: true });
    const left = names(schema.getQueryType()?.getFields()).filter(
      (name) => !names(own.getQueryType()?.getFields()).includes(name),
    );
    expect(left.sort()).toEqual(['_entities', '_service', 'node', 'nodes']);
    for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
      if (type.name.startsWith('_') || type === schema.getQueryType()) continue;
      const shown = own.getType(type.name);
      expect([type.name, isObjectType(shown) && names(shown.getFields()).sort()]).toEqual([
        type.name,
        names(type.getFields()).sort(),
      ]);
    }
  });

  it('is the only part of the schema with names that Federation reserves', () => {
    const reserved = Object.values(schema.getTypeMap()).flatMap((type) => [
      ...(/^_[^_]/.test(type.name) ? [type.name] : []),
      ...(isObjectType(type) ? Object.keys(type.getFields()).filter((name) => name.startsWith('_')) : []),
    ]);
    expect(reserved.sort()).toEqual(['_Any', '_Entity', '_Service', '_entities', '_service']);
  });
});

describe('composition', () => {
  it('succeeds for the subgraph alone, and keeps its entities', () => {
    expect(supergraphOf([cards])).toMatch(/type UserCard[^{]*@join__type\(graph: CARDS, key: "id"\)/);
  });

  it('succeeds with subgraphs that have Node, node and PageInfo, and refer to cards by keys or by id', () => {
    const supergraph = supergraphOf([cards, orders, wishes]);
    const userCard = /type UserCard\b[^{]*/.exec(supergraph)?.[0];
    expect(userCard).toContain('graph: ORDERS, key: "brandId cardId openid userCardCode"');
    expect(userCard).toContain('graph: WISHES, key: "id", resolvable: false');
    expect(supergraph).toMatch(/node\(id: ID!\): Node @join__field\(graph: ORDERS\)/);
  });

  it.each<[string, string]>([
    [
      'node that several subgraphs may share',
      'interface Node { id: ID! } type Gift implements Node @key(fields: "id") { id: ID! } type Query { node(id: ID!): Node @shareable }',
    ],
    [
      'a type that refers to every entity by its natural keys',
      `type Gift { brand: Brand template: CardTemplate activity: MembershipActivity card: UserCard }
       type Brand @key(fields: "brandId") { brandId: ID! gifts: Int }
       type CardTemplate @key(fields: "brandId cardId") { brandId: ID! cardId: ID! gifts: Int }
       type MembershipActivity @key(fields: "brandId activityId") { brandId: ID! activityId: ID! gifts: Int }
       type UserCard @key(fields: "brandId cardId openid userCardCode") { brandId: ID! cardId: ID! openid: ID! userCardCode: ID! gifts: Int }
       type Query { gifts: [Gift] }`,
    ],
  ])('succeeds with %s', (_, text) => {
    const link =
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
    expect(supergraphOf([cards, { ...orders, sdl: `${link} ${text}` }])).toContain('type Gift');
  });
});
