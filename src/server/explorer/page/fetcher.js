/* global GraphiQL, graphqlSse */
import { resolveOperation } from './documents.js';

/** What the server said when it refused the stream. */
const refusalOf = async (error) => {
  const said = await error.response?.json().catch(() => undefined);
  return said ?? { errors: [{ message: error.message }] };
};

/** The events of a subscription. `return` ends the stream at once, also while no event comes. */
const follow = (request, headers) => {
  const client = graphqlSse.createClient({
    url: new URL('../graphql/stream', import.meta.url).href,
    headers,
    retryAttempts: 0,
  });
  const events = client.iterate(request);
  let hasEnded = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (hasEnded) return { done: true, value: undefined };
      try {
        return await events.next();
      } catch (error) {
        hasEnded = true;
        return { done: false, value: await refusalOf(error) };
      }
    },
    async return() {
      hasEnded = true;
      client.dispose();
      return events.return();
    },
  };
};

/** Queries and mutations by HTTP, subscriptions by Server-Sent Events, all with the credential of the moment. */
export const createFetcher = (credential) => {
  const http = GraphiQL.createFetcher({
    url: new URL('../graphql', import.meta.url).href,
    // Tells the server's CSRF guard that this is no plain form post.
    headers: { 'apollo-require-preflight': '1' },
    fetch: (url, init) => fetch(url, { ...init, headers: { ...credential(), ...init.headers } }),
  });
  return (asked, options = {}) => {
    const { request, isSubscription } = resolveOperation(asked);
    return isSubscription ? follow(request, { ...credential(), ...options.headers }) : http(request, options);
  };
};
