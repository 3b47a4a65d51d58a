import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface ForwardProxy {
  readonly url: string;
  /** The address that each CONNECT named, with its headers. */
  readonly tunnels: { readonly to: string; readonly headers: IncomingHttpHeaders }[];
  /** The status with which it answers from now on; 200 opens a tunnel. */
  refuse(status: number): void;
  close(): Promise<void>;
}

/** A forward proxy that knows CONNECT and nothing else. It shares no code with the client under test. */
export const startForwardProxy = async (): Promise<ForwardProxy> => {
  const tunnels: { to: string; headers: IncomingHttpHeaders }[] = [];
  const sockets = new Set<Socket>();
  let status = 200;
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', ({ url = '', headers }, client: Socket) => {
    tunnels.push({ to: url, headers });
    client.on('error', () => undefined);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const target = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    refuse(next) {
      status = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
