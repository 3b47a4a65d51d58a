import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheExchange, Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { EventSource } from 'eventsource';
import { request, GraphQLClient } from 'graphql-request';
import { createClient as createSseClient } from 'graphql-sse';
import type { DocumentsManifest } from '../../src/cli/documents-manifest';
import { callers } from '../support/callers';
import { testApp, type TestApp } from '../support/test-app';

const known = callers({ reader: ['brand:1004:read'] });
const manifest = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'schema', 'documents.json'), 'utf8'),
) as DocumentsManifest;
const brands = manifest.operations.find(({ name }) => name === 'Brands');

const question = '{ brand(brandId: "1004") { brandId } }';
const answer = { brand: { brandId: '1004' } };
const events = 'subscription { userCardEvents(brandId: "1004", lastEventId: "0") { eventId eventType } }';

/** The data of a subscription's first result. */
const firstOf = (client: Client): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { unsubscribe } = client.subscription<unknown>(gql(events), {}).subscribe(({ data, error }) => {
      if (error === undefined) resolve(data);
      else reject(error);
      // Not while the client is still processing this result.
      setImmediate(unsubscribe);
    });
  });

/** Unmodified clients, without a setting for this server. */
describe.each([
  ['with authentication', true],
  ['on loopback without authentication', false],
])('clients of a server %s', (_, withAuth) => {
  let app: TestApp;
  let headers: Readonly<Record<string, string>>;
  beforeAll(async () => {
    headers = withAuth ? known.headers.reader : {};
    app = await testApp({
      change: (config) => ({
        ...config,
        ...(withAuth ? { auth: known.settings } : {}),
        trustedDocuments: {
          mode: 'log',
          documents: new Map(manifest.operations.map(({ id, body }) => [id, body])),
        },
      }),
    });
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
  });
  afterAll(() => app.close());

  const urql = (more: Partial<ConstructorParameters<typeof Client>[0]> = {}): Client =>
    new Client({
      url: app.url,
      exchanges: [cacheExchange, fetchExchange],
      fetchOptions: { headers: { ...headers } },
      ...more,
    });

  it.each([undefined, true, false, 'force', 'within-url-limit'] as const)(
    'urql queries, preferGetMethod %s',
    async (preferGetMethod) => {
      const client = urql(preferGetMethod === undefined ? {} : { preferGetMethod });
      const { data, error } = await client.query<unknown>(gql(question), {}).toPromise();
      expect(error).toBeUndefined();
      expect(data).toMatchObject(answer);
    },
  );

  it('urql subscribes at the same URL', async () => {
    const client = urql({ fetchSubscriptions: true });
    const seen = await firstOf(client);
    expect(seen).toMatchObject({ userCardEvents: { eventType: 'SYNC_USER_POINT' } });
  });

  it('urql subscribes by graphql-sse', async () => {
    const sse = createSseClient({ url: app.url, headers: { ...headers }, retryAttempts: 0 });
    const client = urql({
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: sse.subscribe(
                { query, variables: variables as Record<string, unknown> },
                { ...sink, next: (result) => sink.next(result as Parameters<typeof sink.next>[0]) },
              ),
            }),
          }),
        }),
      ],
    });
    expect(await firstOf(client)).toMatchObject({ userCardEvents: { eventType: 'SYNC_USER_POINT' } });
  });

  it.each(['POST', 'GET'] as const)('graphql-request by %s', async (method) => {
    const client = new GraphQLClient(app.url, { method, headers, jsonSerializer: JSON });
    expect(await client.request(question)).toEqual(answer);
    if (method === 'POST') expect(await request(app.url, question, {}, { ...headers })).toEqual(answer);
  });

  it('a document by its id, by GET', async () => {
    const response = await fetch(`${app.url}?documentId=sha256:${brands?.id ?? ''}`, { headers });
    expect([response.status, await response.json()]).toMatchObject([200, { data: {} }]);
  });

  it.each(['', '/stream'])('graphql-sse at /graphql%s', async (path) => {
    const client = createSseClient({ url: app.url + path, headers: { ...headers }, retryAttempts: 0 });
    for await (const { data } of client.iterate({ query: events })) {
      expect(data).toMatchObject({ userCardEvents: { eventType: 'SYNC_USER_POINT' } });
      break;
    }
  });

  it('graphql-sse sends queries and mutations as well', async () => {
    const client = createSseClient({ url: app.url, headers: { ...headers }, retryAttempts: 0 });
    const results = [];
    for await (const { data } of client.iterate({ query: question })) results.push(data);
    expect(results).toEqual([answer]);
  });

  it.each(['', '/stream'])('EventSource with a ticket at /graphql%s', async (path) => {
    const issued = await fetch(`${app.url}/ticket`, { method: 'POST', headers });
    expect([issued.status, issued.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { ticket, expiresInSeconds } = (await issued.json()) as {
      ticket: string;
      expiresInSeconds: number;
    };
    expect(expiresInSeconds).toBeLessThanOrEqual(60);
    const url = `${app.url}${path}?${new URLSearchParams({ query: events, ticket }).toString()}`;
    const source = new EventSource(url);
    const event = await new Promise<{ data: string; lastEventId: string }>((resolve, reject) => {
      source.addEventListener('next', resolve);
      source.addEventListener('error', reject);
    });
    source.close();
    expect(JSON.parse(event.data)).toMatchObject({
      data: { userCardEvents: { eventId: event.lastEventId } },
    });
    // The ticket is used up: a client that reconnects is told to stop.
    const again = new EventSource(url);
    const code = await new Promise((resolve) => {
      again.addEventListener('error', (error) => {
        resolve(error.code);
      });
    });
    expect([code, again.readyState]).toEqual([401, EventSource.CLOSED]);
  });

  it('an operation that needs a stream is refused with the right path', async () => {
    for (const [accept, language, sentence] of [
      ['application/json', 'en', /"Accept: text\/event-stream" *.*graphql-transport-ws/],
      ['application/graphql-response+json', 'zh', /订阅需要使用流/],
    ] as const)
      for (const method of ['GET', 'POST']) {
        const response = await fetch(
          method === 'GET' ? `${app.url}?${new URLSearchParams({ query: events }).toString()}` : app.url,
          {
            method,
            headers: { ...headers, accept, 'accept-language': language, 'content-type': 'application/json' },
            ...(method === 'POST' ? { body: JSON.stringify({ query: events }) } : {}),
          },
        );
        const { errors } = (await response.json()) as {
          errors: { message: string; extensions: { code: string } }[];
        };
        expect([response.status, errors[0]?.extensions.code]).toEqual([406, 'GRAPHQL_STREAM_REQUIRED']);
        expect(errors[0]?.message).toMatch(sentence);
      }
    expect(app.reports).toEqual([]);
    expect(app.operations.at(-1)).toMatchObject({ type: 'subscription', codes: ['GRAPHQL_STREAM_REQUIRED'] });
  });

  it('a mutation by GET for a stream is refused', async () => {
    const query = 'mutation { __typename }';
    const response = await fetch(`${app.url}?${new URLSearchParams({ query }).toString()}`, {
      headers: { ...headers, accept: 'text/event-stream' },
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

afterAll(() => {
  known.remove();
});
