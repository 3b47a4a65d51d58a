// Apollo Gateway in a process of its own. Argument: the file with the supergraph. Prints its URL.
import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

/** Forwards the client's credential, and how long it waits. The README has it. */
class Forwarding extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    for (const name of ['authorization', 'prefer'])
      if (context[name] !== undefined) request.http.headers.set(name, context[name]);
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.argv[2], 'utf8'),
  buildService: ({ url }) => new Forwarding({ url }),
  logger: { debug() {}, info() {}, warn() {}, error: console.error },
});
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { host: '127.0.0.1', port: 0 },
  context: ({ req: { headers } }) => Promise.resolve(headers),
});
process.stdout.write(`${url}\n`);
