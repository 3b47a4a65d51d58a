import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';
import { EventSource } from 'eventsource';
import { parse, type ExecutionResult } from 'graphql';
import { GraphQLClient } from 'graphql-request';
import { createClient as createSseClient } from 'graphql-sse';
import { firstIn, withSocket, type Site, type TriedClient } from './client';

const request = (site: Site, method: 'GET' | 'POST', text: string): Promise<unknown> =>
  new GraphQLClient(site.url, { method, headers: site.headers, jsonSerializer: JSON }).request(text);

const graphqlRequest: TriedClient = {
  name: 'graphql-request',
  uses: {
    query: (site) => request(site, 'POST', site.query),
    mutation: (site) => request(site, 'POST', site.mutation),
    'query by GET': (site) => request(site, 'GET', site.query),
  },
};

const overSse = async ({ url, headers }: Site, query: string): Promise<unknown> => {
  const client = createSseClient({ url, headers: { ...headers }, retryAttempts: 0 });
  try {
    return (await firstIn(client.iterate({ query }))).data;
  } finally {
    client.dispose();
  }
};
const graphqlSse: TriedClient = {
  name: 'graphql-sse',
  stream: 'SSE',
  uses: {
    query: (site) => overSse(site, site.query),
    mutation: (site) => overSse(site, site.mutation),
    subscription: (site) => overSse(site, site.subscription),
  },
};

const overWs = (site: Site, query: string): Promise<unknown> =>
  withSocket(site, async (client) => (await firstIn(client.iterate({ query }))).data);
const graphqlWs: TriedClient = {
  name: 'graphql-ws',
  stream: 'WebSocket',
  uses: {
    query: (site) => overWs(site, site.query),
    mutation: (site) => overWs(site, site.mutation),
    subscription: (site) => overWs(site, site.subscription),
  },
};

const overEventSource = async (
  { url, headers }: Site,
  parameters: Record<string, string>,
): Promise<unknown> => {
  const issued = await fetch(`${url}/ticket`, { method: 'POST', headers });
  const { ticket } = (await issued.json()) as { ticket: string };
  const source = new EventSource(`${url}?${new URLSearchParams({ ...parameters, ticket }).toString()}`);
  try {
    const { data } = await new Promise<{ data: string }>((resolve, reject) => {
      source.addEventListener('next', resolve);
      source.addEventListener('error', reject);
    });
    return (JSON.parse(data) as { data: unknown }).data;
  } finally {
    source.close();
  }
};
const eventSource: TriedClient = {
  name: '`EventSource` + ticket',
  stream: 'SSE',
  uses: {
    'document by its id': (site) => overEventSource(site, { documentId: site.subscriptionId }),
    subscription: (site) => overEventSource(site, { query: site.subscription }),
  },
};

const overGraphiql = (site: Site, query: string, operationName?: string): Promise<unknown> =>
  withSocket(site, async (wsClient) => {
    const fetcher = createGraphiQLFetcher({ url: site.url, headers: { ...site.headers }, wsClient, fetch });
    const result = await fetcher(
      { query, ...(operationName === undefined ? {} : { operationName }) },
      { documentAST: parse(query) },
    );
    const first =
      typeof result === 'object' && Symbol.asyncIterator in result
        ? await firstIn(result as AsyncIterable<unknown>)
        : result;
    return (first as ExecutionResult).data;
  });
const graphiql: TriedClient = {
  name: 'GraphiQL fetcher',
  stream: 'graphql-ws',
  uses: {
    query: (site) => overGraphiql(site, site.query),
    mutation: (site) => overGraphiql(site, site.mutation),
    // GraphiQL always names the operation that it runs.
    subscription: (site) => overGraphiql(site, site.subscription, 'Events'),
  },
};

const overHive = async (
  { url, headers }: Site,
  text: string,
  { useGETForQueries = false } = {},
): Promise<unknown> => {
  const execute = buildHTTPExecutor({ endpoint: url, headers: { ...headers }, useGETForQueries });
  const result = await execute({ document: parse(text) });
  const first = Symbol.asyncIterator in result ? await firstIn(result) : result;
  return (first as ExecutionResult).data;
};
const hive: TriedClient = {
  name: 'Hive Gateway HTTP executor',
  stream: 'SSE',
  uses: {
    query: (site) => overHive(site, site.query),
    mutation: (site) => overHive(site, site.mutation),
    'query by GET': (site) => overHive(site, site.query, { useGETForQueries: true }),
    subscription: (site) => overHive(site, site.subscription),
  },
};

export const protocolClients: readonly TriedClient[] = [
  graphqlRequest,
  graphqlSse,
  graphqlWs,
  eventSource,
  graphiql,
  hive,
];
