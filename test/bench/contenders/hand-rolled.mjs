// Contenders A and A+ (argument `limited`): what a team writes by hand from the documentation of its parts.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import DataLoader from 'dataloader';
import Keyv from 'keyv';
import pThrottle from 'p-throttle';
import { MemberCardAPI } from './member-card-api.mjs';
import { resolvers } from './resolvers.mjs';
import { readSetup } from './setup.mjs';
import { createSignedFetch } from './signed-fetch.mjs';

const setup = readSetup();
const limited = process.argv[3] === 'limited';
const cache = new KeyvAdapter(new Keyv());

/** One limiter for each brand and interface, because that is how the limit is written; it counts a sliding window. */
const limits = new Map();
const limitOf = (key) => {
  if (!limits.has(key))
    limits.set(
      key,
      pThrottle({ limit: setup.callsPerSecond, interval: 1_000, strict: true })((send) => send()),
    );
  return limits.get(key);
};
const interfaceOf = (url, method) => `${method} ${new URL(url).pathname.split('/')[3]}`;

const parts = new Map(
  [...setup.brands.values()].map((brand) => {
    const signedFetch = createSignedFetch({ ...setup, brand });
    const fetch = limited
      ? (url, init) =>
          limitOf(`${brand.brandId} ${interfaceOf(url, init?.method ?? 'GET')}`)(() => signedFetch(url, init))
      : signedFetch;
    return [brand.brandId, { ...setup, brand, cache, fetch, forgetsAfterWrites: limited }];
  }),
);

/** Data sources and loaders live for one operation, as both their documentations ask. */
const context = async () => {
  const sources = new Map();
  const sourceOf = (brandId) => {
    if (!parts.has(brandId)) throw new Error('there is no such brand');
    if (!sources.has(brandId)) sources.set(brandId, new MemberCardAPI(parts.get(brandId)));
    return sources.get(brandId);
  };
  const loader = (load) =>
    new DataLoader((keys) => Promise.all(keys.map((key) => load(key).catch((error) => error))), {
      cacheKeyFn: (key) => JSON.stringify([key.brandId, key.cardId, key.openid, key.userCardCode]),
    });
  return {
    brands: setup.brands,
    userCards: loader(async (key) => sourceOf(key.brandId).userCard(key)),
    cardTemplates: loader(async (key) => sourceOf(key.brandId).cardTemplate(key)),
    update: (input) => sourceOf(input.brandId).updateUserCard(input),
  };
};

const server = new ApolloServer({ typeDefs: setup.typeDefs, resolvers, cache, introspection: false });
const { url } = await startStandaloneServer(server, { context, listen: { port: 0, host: '127.0.0.1' } });
process.stdout.write(`${url}\n`);
