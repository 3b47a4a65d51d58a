import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The cheapest upstream there can be: `{}` to everything. For measuring a client rather than the stand-in. */
const server = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end('{}');
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
