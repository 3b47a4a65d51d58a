// Contender B: Hive Gateway over an OpenAPI description of the interfaces (argument `retrying`: with upstream retries).
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import InMemoryLRUCache from '@graphql-mesh/cache-inmemory-lru';
import { createNamingConventionTransform, getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import useDeduplicateRequest from '@graphql-mesh/plugin-deduplicate-request';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { readSetup } from './setup.mjs';
import { createSignedFetch } from './signed-fetch.mjs';

const setup = readSetup();
const retrying = process.argv[3] === 'retrying';

const silent = { log() {}, warn() {}, info() {}, debug() {}, error: console.error, child: () => silent };

/** What `mesh-compose` would have written at build time. */
const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: [
      {
        sourceHandler: loadOpenAPISubgraph('WeChatPay', {
          source: fileURLToPath(new URL('openapi.json', import.meta.url)),
          endpoint: setup.upstream,
        }),
        transforms: [
          createNamingConventionTransform({ fieldNames: 'camelCase', fieldArgumentNames: 'camelCase' }),
        ],
      },
    ],
    additionalTypeDefs: `
      extend type Query {
        userCard(by: UserCardRef!): UserCard
        userCards(by: [UserCardRef!]!): [UserCard]
      }
      extend type Mutation {
        updateUserCard(input: UpdateUserCardInput!): UpdateUserCardPayload
      }
      extend type UserCard {
        brand: Brand!
        cardTemplate: CardTemplate
          @resolveTo(
            sourceName: "WeChatPay"
            sourceTypeName: "Query"
            sourceFieldName: "cardTemplate"
            requiredSelectionSet: "{ brandId cardId }"
            sourceArgs: { brandId: "{root.brandId}", cardId: "{root.cardId}" }
          )
      }
      type Brand {
        brandId: ID!
        name: String!
      }
      input UserCardRef {
        key: UserCardKey
      }
      input UserCardKey {
        brandId: ID!
        cardId: ID!
        openid: ID!
        userCardCode: ID!
      }
      input UpdateUserCardInput {
        userCard: UserCardRef!
        level: String
        attach: String
      }
      type UpdateUserCardPayload {
        userCard: UserCard
      }
    `,
  },
  silent,
);

const additionalResolvers = {
  Query: {
    userCard: (root, { by }, context, info) =>
      context.WeChatPay.Query.readUserCard({ root, args: by.key, context, info }),
    userCards: (root, { by }, context, info) =>
      by.map(({ key: args }) => context.WeChatPay.Query.readUserCard({ root, args, context, info })),
  },
  Mutation: {
    updateUserCard: async (root, { input: { userCard, ...change } }, context, info) => ({
      userCard: await context.WeChatPay.Mutation.patchUserCard({
        root,
        args: patchOf(userCard.key, change),
        selectionSet: '{ userCardCode cardId openid brandId level attach }',
        context,
        info,
      }),
    }),
  },
  UserCard: {
    brand: { selectionSet: '{ brandId }', resolve: ({ brandId }) => setup.brands.get(brandId) },
  },
};

const patchOf = ({ brandId, userCardCode, ...key }, change) => ({
  brandId,
  userCardCode,
  input: { ...key, ...change },
});

const fetches = new Map(
  [...setup.brands.values()].map((brand) => [brand.brandId, createSignedFetch({ ...setup, brand })]),
);

/** After deduplication, so that it does not see a nonce. The header names whose key signs; it is not sent. */
const useSignature = () => ({
  onFetch({ setFetchFn }) {
    setFetchFn((url, init) => {
      const headers = new Headers(init.headers);
      return fetches.get(headers.get('brand_id'))(url, {
        method: init.method,
        body: init.body,
        signal: init.signal,
      });
    });
  },
});

const gateway = createGatewayRuntime({
  supergraph,
  additionalResolvers,
  cache: new InMemoryLRUCache(),
  responseCaching: {
    session: () => null,
    ttl: setup.freshSeconds * 1_000,
    idFields: ['userCardCode', 'cardId', 'brandId'],
  },
  inboundInflightRequestDeduplication: true,
  upstreamTimeout: 5_000,
  ...(retrying ? { upstreamRetry: { maxRetries: 3, retryDelay: 500, retryDelayFactor: 1.25 } } : {}),
  plugins: () => [useDeduplicateRequest(), useSignature()],
  graphiql: false,
  landingPage: false,
  logging: false,
});
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`),
);
