// What the integration alone can do: Apollo Server with resolvers that answer from memory, behind the product's own HTTP
// layer, without authentication, metrics, loaders, cache or upstream.
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { readSetup } from './setup.mjs';

const { typeDefs, brands, fromProduct } = readSetup();
const { createGraphQLHandler } = fromProduct('server/graphql/graphql-handler.js');
const { createReceive } = fromProduct('server/graphql/receive-request.js');
const { createHttpServer } = fromProduct('server/http/http.js');
const { systemClock } = fromProduct('shared/clock.js');

const card = {
  cardType: 'NORMAL',
  cardColor: '#6F4E37',
  cardPictureUrl:
    'https://wxpaylogo.qpic.cn/wxpaylogo/PiajxSqBRaEIPAeia7Imvtsn7sYGNcEj33YzVvJF88ECQ19LXId8ZL2Q/0',
  level: '普通会员',
  attach: 'store=1',
  validDateInformation: { type: 'PERMANENT' },
  pickupTime: '2026-05-20T13:29:35+08:00',
  userCardState: 'EFFECTIVE',
  createTime: '2026-05-20T13:29:35+08:00',
  modifyTime: '2026-05-20T13:29:35+08:00',
};
const userCard = (key) => ({ ...card, ...key });

const apollo = new ApolloServer({
  typeDefs,
  resolvers: {
    Query: { userCard: (_, key) => userCard(key), userCards: (_, { keys }) => keys.map(userCard) },
    UserCard: { brand: ({ brandId }) => brands.get(brandId) },
  },
  introspection: false,
  persistedQueries: false,
  plugins: [ApolloServerPluginLandingPageDisabled()],
});
await apollo.start();
const graphql = createGraphQLHandler({
  apollo,
  context: async () => ({}),
  clock: systemClock,
  chain: {
    receive: createReceive({ admit: (request) => request, bodyBytes: 100_000 }),
    typeOf: () => undefined,
    limitTime: (execution) => systemClock.after(10_000, () => execution.abort()),
  },
  stream: () => Promise.reject(new Error('no streams here')),
});
const http = createHttpServer({
  routes: { '/graphql': { methods: ['GET', 'POST'], handle: graphql } },
  onError: (error) => process.stderr.write(`${error}\n`),
});
const port = await http.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`http://127.0.0.1:${port}/graphql\n`);
