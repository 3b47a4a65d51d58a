import { createHash } from 'node:crypto';
import { createClient, type Client as WsClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What a client is tried with, in the order of the table. */
export const uses = [
  'query',
  'mutation',
  'query by GET',
  'document by its id',
  'unknown APQ hash',
  'subscription',
] as const;
export type Use = (typeof uses)[number];

/** The server and what it is asked. */
export interface Site {
  readonly url: string;
  /** The credential; empty if the server needs none. */
  readonly headers: Readonly<Record<string, string>>;
  /** Texts of a query, of a mutation that can be sent once, and of a subscription that has an event at once. */
  readonly query: string;
  readonly mutation: string;
  readonly subscription: string;
  /** Ids in the server's manifest; the documents under them ask for more than the texts above. */
  readonly queryId: string;
  readonly subscriptionId: string;
}

/** A client as its documentation shows it, without a setting that only this server needs. Each use resolves to the data. */
export interface TriedClient {
  readonly name: string;
  /** How the client subscribes. */
  readonly stream?: string;
  readonly uses: Readonly<Partial<Record<Use, (site: Site) => Promise<unknown>>>>;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An observable of any library. */
interface Subscribable<T> {
  readonly subscribe: (observer: {
    readonly next: (value: T) => void;
    readonly error: (error: unknown) => void;
  }) => { readonly unsubscribe: () => void };
}

export const firstOf = <T>(observable: Subscribable<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const subscription = observable.subscribe({
      next(value) {
        resolve(value);
        // Not while the client still handles this result.
        setImmediate(() => {
          subscription.unsubscribe();
        });
      },
      error: reject,
    });
  });

export const firstIn = async <T>(results: AsyncIterable<T>): Promise<T> => {
  for await (const result of results) return result;
  throw new Error('the stream ended without a result');
};

/** Lends a client of graphql-ws. Its credential is in the parameters, since a browser's WebSocket has no headers. */
export const withSocket = async <T>(
  { url, headers }: Site,
  use: (client: WsClient) => Promise<T>,
): Promise<T> => {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { ...headers },
    retryAttempts: 0,
  });
  try {
    return await use(client);
  } finally {
    await client.dispose();
  }
};
