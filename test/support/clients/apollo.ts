import * as core4 from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink as WsLink4 } from '@apollo/client/link/subscriptions';
import * as core3 from 'apollo-client-3/core';
import { createPersistedQueryLink } from 'apollo-client-3/link/persisted-queries';
import { GraphQLWsLink as WsLink3 } from 'apollo-client-3/link/subscriptions';
import { firstOf, sha256, withSocket, type Site, type TriedClient } from './client';

const four = {
  core: core4,
  persistedLink: (options: PersistedQueryLink.Options): core4.ApolloLink => new PersistedQueryLink(options),
  GraphQLWsLink: WsLink4,
};
// What is used here has the same form in both.
const three = {
  core: core3,
  persistedLink: createPersistedQueryLink,
  GraphQLWsLink: WsLink3,
} as unknown as typeof four;

/** Makes the client send its `apollographql-client-` headers. */
const clientAwareness = { name: 'shop', version: '1.0' };

const apollo = (name: string, { core, persistedLink, GraphQLWsLink }: typeof four): TriedClient => {
  const { ApolloClient, HttpLink, InMemoryCache, gql } = core;
  const over = async <T>(
    link: core4.ApolloLink,
    use: (client: core4.ApolloClient) => Promise<T>,
  ): Promise<T> => {
    const client = new ApolloClient({ cache: new InMemoryCache(), link, clientAwareness });
    try {
      return await use(client);
    } finally {
      client.stop();
    }
  };
  const http = ({ url, headers }: Site, useGETForQueries = false): core4.ApolloLink =>
    new HttpLink({ uri: url, headers: { ...headers }, useGETForQueries });
  const ask = (link: core4.ApolloLink, text: string): Promise<unknown> =>
    over(link, async (client) => (await client.query({ query: gql(text) })).data);
  return {
    name,
    stream: 'graphql-ws',
    uses: {
      query: (site) => ask(http(site), site.query),
      mutation: (site) =>
        over(http(site), async (client) => (await client.mutate({ mutation: gql(site.mutation) })).data),
      'query by GET': (site) => ask(http(site, true), site.query),
      'document by its id': (site) =>
        ask(persistedLink({ generateHash: () => site.queryId }).concat(http(site)), site.query),
      'unknown APQ hash': async (site) => {
        const byGet = persistedLink({ sha256, useGETForHashedQueries: true });
        await ask(byGet.concat(http(site)), site.query);
        return ask(persistedLink({ sha256 }).concat(http(site)), site.query);
      },
      subscription: (site) =>
        withSocket(site, (socket) =>
          over(new GraphQLWsLink(socket), async (client) => {
            const { data } = await firstOf<{ data?: unknown }>(
              client.subscribe({ query: gql(site.subscription) }),
            );
            return data;
          }),
        ),
    },
  };
};

export const apolloClients: readonly TriedClient[] = [
  apollo('Apollo Client 4', four),
  apollo('Apollo Client 3', three),
];
