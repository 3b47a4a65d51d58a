import { cacheExchange, Client, fetchExchange, gql, type ClientOptions } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import type { Site, TriedClient } from './client';

const clientOf = ({ url, headers }: Site, more: Partial<ClientOptions> = {}): Client =>
  new Client({
    url,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers: { ...headers } },
    ...more,
  });

const ask = async (client: Client, text: string): Promise<unknown> => {
  const { data, error } = await client.query<unknown>(gql(text), {}).toPromise();
  if (error !== undefined) throw error;
  return data;
};

export const urql: TriedClient = {
  name: 'urql',
  stream: 'SSE',
  uses: {
    query: (site) => ask(clientOf(site, { preferGetMethod: false }), site.query),
    async mutation(site) {
      const { data, error } = await clientOf(site).mutation<unknown>(gql(site.mutation), {}).toPromise();
      if (error !== undefined) throw error;
      return data;
    },
    // The default.
    'query by GET': (site) => ask(clientOf(site), site.query),
    'document by its id': (site) =>
      ask(
        clientOf(site, {
          exchanges: [
            cacheExchange,
            persistedExchange({ generateHash: () => Promise.resolve(site.queryId) }),
            fetchExchange,
          ],
        }),
        site.query,
      ),
    'unknown APQ hash': (site) =>
      ask(clientOf(site, { exchanges: [cacheExchange, persistedExchange(), fetchExchange] }), site.query),
    subscription: (site) =>
      new Promise((resolve, reject) => {
        const { unsubscribe } = clientOf(site, { fetchSubscriptions: true })
          .subscription<unknown>(gql(site.subscription), {})
          .subscribe(({ data, error }) => {
            if (error === undefined) resolve(data);
            else reject(error);
            // Not while the client still handles this result.
            setImmediate(unsubscribe);
          });
      }),
  },
};
