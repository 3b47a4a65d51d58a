// Hive Gateway in a process of its own. Argument: the file with the supergraph. Prints its URL.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';

const gateway = createGatewayRuntime({
  supergraph: readFileSync(process.argv[2], 'utf8'),
  // Forwards the client's credential, and how long it waits.
  propagateHeaders: {
    fromClientToSubgraphs: ({ request: { headers } }) => ({
      authorization: headers.get('authorization') ?? undefined,
      prefer: headers.get('prefer') ?? undefined,
    }),
  },
  graphiql: false,
  landingPage: false,
  logging: false,
});
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`),
);
