import {
  commitMutation,
  Environment,
  fetchQuery,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
  type ConcreteRequest,
  type GraphQLResponse,
  type OperationType,
} from 'relay-runtime';
import { withSocket, type Site, type TriedClient } from './client';

/** `field` and one scalar of it, as relay-compiler writes the operation. */
const compiled = (
  operationKind: 'query' | 'mutation' | 'subscription',
  {
    text,
    id,
    field,
    scalar,
  }: { readonly text: string | null; readonly id?: string; readonly field: string; readonly scalar: string },
): ConcreteRequest => {
  const selections = [
    {
      alias: null,
      args: null,
      concreteType: 'Any',
      kind: 'LinkedField' as const,
      name: field,
      plural: false,
      selections: [{ alias: null, args: null, kind: 'ScalarField' as const, name: scalar, storageKey: null }],
      storageKey: null,
    },
  ];
  const own = { argumentDefinitions: [], name: 'operation', selections };
  const type = operationKind.replace(/^./, (first) => first.toUpperCase());
  return {
    fragment: { ...own, kind: 'Fragment', metadata: null, type, abstractKey: null },
    kind: 'Request',
    operation: { ...own, kind: 'Operation' },
    params: { cacheID: id ?? 'text', id: id ?? null, metadata: {}, name: 'operation', operationKind, text },
  } as unknown as ConcreteRequest;
};

const environmentOf = (site: Site, socket?: Parameters<Parameters<typeof withSocket>[1]>[0]): Environment =>
  new Environment({
    store: new Store(new RecordSource()),
    // As in Relay's guide: the id of a persisted query as doc_id.
    network: Network.create(
      async ({ id, text }, variables) => {
        const response = await fetch(site.url, {
          method: 'POST',
          headers: { ...site.headers, 'content-type': 'application/json' },
          body: JSON.stringify(id === null ? { query: text, variables } : { doc_id: id, variables }),
        });
        return (await response.json()) as GraphQLResponse;
      },
      ({ text }, variables) =>
        Observable.create((sink) =>
          socket?.subscribe(
            { query: text ?? '', variables },
            {
              next: (result) => {
                sink.next(result as GraphQLResponse);
              },
              error: (error) => {
                sink.error(error as Error);
              },
              complete: () => {
                sink.complete();
              },
            },
          ),
        ),
    ),
  });

const ask = (site: Site, request: ConcreteRequest): Promise<unknown> =>
  fetchQuery<OperationType>(environmentOf(site), request, {}).toPromise();

export const relay: TriedClient = {
  name: 'Relay',
  stream: 'graphql-ws',
  uses: {
    query: (site) => ask(site, compiled('query', { text: site.query, field: 'brand', scalar: 'brandId' })),
    mutation: (site) =>
      new Promise((resolve, reject) => {
        commitMutation(environmentOf(site), {
          mutation: compiled('mutation', {
            text: site.mutation,
            field: 'updateUserCard',
            scalar: '__typename',
          }),
          variables: {},
          onCompleted: resolve,
          onError: reject,
        });
      }),
    'document by its id': (site) =>
      ask(site, compiled('query', { text: null, id: site.queryId, field: 'brand', scalar: 'name' })),
    subscription: (site) =>
      withSocket(
        site,
        (socket) =>
          new Promise((resolve, reject) => {
            requestSubscription(environmentOf(site, socket), {
              subscription: compiled('subscription', {
                text: site.subscription,
                field: 'userCardEvents',
                scalar: 'eventType',
              }),
              variables: {},
              onNext: resolve,
              onError: reject,
            });
          }),
      ),
  },
};
