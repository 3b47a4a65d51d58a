import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { seededCardKey } from '../seeded-cards';

/**
 * A brand's own service, as a second subgraph: it stores openid and code of a card with an order, and the id with a wish. It has
 * `Node`, `node` and `PageInfo` too.
 */
export const ordersSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

  interface Node { id: ID! }
  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
  type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
  type Order implements Node @key(fields: "id") { id: ID! card: UserCard }
  type UserCard @key(fields: "brandId cardId openid userCardCode") {
    brandId: ID!
    cardId: ID!
    openid: ID!
    userCardCode: ID!
    orders: [Order!]!
  }
  type Query {
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    orders(from: Int!, count: Int!): OrderConnection!
  }
`;

/** Another service, which stores only ids. */
export const wishesSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Wish { card: UserCard }
  type UserCard @key(fields: "id", resolvable: false) { id: ID! }
  type Query { wishes(ids: [ID!]!): [Wish!]! }
`;

const order = (member: number) => ({ id: `order-${member}`, card: seededCardKey(member) });

const ordersResolvers = {
  Query: {
    orders: (_: unknown, { from, count }: { from: number; count: number }) => ({
      nodes: Array.from({ length: count }, (__, index) => order(from + index)),
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
    }),
  },
  UserCard: {
    orders: ({ openid }: { openid: string }) => [{ id: `order of ${openid}` }],
  },
};

const wishesResolvers = {
  Query: { wishes: (_: unknown, { ids }: { ids: readonly string[] }) => ids.map((id) => ({ card: { id } })) },
};

export interface RunningSubgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  readonly close: () => Promise<void>;
}

const start = async (name: string, sdl: string, resolvers: object): Promise<RunningSubgraph> => {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: { ...resolvers } });
  const server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  return { name, url, sdl, close: () => server.stop() };
};

export const startOrders = (): Promise<RunningSubgraph> => start('orders', ordersSdl, ordersResolvers);
export const startWishes = (): Promise<RunningSubgraph> => start('wishes', wishesSdl, wishesResolvers);
