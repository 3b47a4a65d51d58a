// Contender M: Mercurius with its JIT and its cache of resolvers, for the rows from memory.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import cache from 'mercurius-cache';
import { MemberCardAPI } from './member-card-api.mjs';
import { resolvers } from './resolvers.mjs';
import { readSetup } from './setup.mjs';
import { createSignedFetch } from './signed-fetch.mjs';

const setup = readSetup();
const sources = new Map(
  [...setup.brands.values()].map((brand) => [
    brand.brandId,
    new MemberCardAPI({ ...setup, brand, fetch: createSignedFetch({ ...setup, brand }) }),
  ]),
);
const sourceOf = (brandId) => {
  const source = sources.get(brandId);
  if (source === undefined) throw new Error('there is no such brand');
  return source;
};

const app = Fastify();
app.register(mercurius, {
  schema: setup.typeDefs,
  resolvers,
  // Compiled when a document arrives for the second time.
  jit: 1,
  context: () => ({
    brands: setup.brands,
    userCards: { load: (key) => sourceOf(key.brandId).userCard(key) },
    cardTemplates: { load: (key) => sourceOf(key.brandId).cardTemplate(key) },
    update: (input) => sourceOf(input.brandId).updateUserCard(input),
  }),
});
app.register(cache, {
  ttl: setup.freshSeconds,
  policy: { Query: { userCard: true, userCards: true }, UserCard: { cardTemplate: true } },
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`http://127.0.0.1:${app.server.address().port}/graphql\n`);
