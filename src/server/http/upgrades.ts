import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Takes over the connection of a WebSocket handshake. `response` is for refusing it; it closes the connection. */
export type UpgradeHandler = (
  request: IncomingMessage,
  connection: { readonly socket: Duplex; readonly head: Buffer; readonly response: ServerResponse },
) => Promise<void> | void;

export interface UpgradesOptions {
  readonly server: Server;
  readonly handle: UpgradeHandler;
}

/** Hands WebSocket handshakes to the handler. Other upgrades are ignored, as RFC 9110 allows: the request is served as it is. */
export const serveUpgrades = ({ server, handle }: UpgradesOptions): void => {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      serveAgain(server, { request, socket, head });
      return;
    }
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => {
      response.detachSocket(socket as Socket);
      (socket as Socket).destroySoon();
      // As Node's server does for its own responses.
      response.emit('close');
    });
    void handle(request, { socket, head, response });
  });
};

/** Node has no way to decline an upgrade, so the request is given to the server again without the header. */
const serveAgain = (
  server: Server,
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
): void => {
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`];
  const { rawHeaders } = request;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    if (!/^(upgrade|http2-settings)$/i.test(rawHeaders[index] ?? ''))
      lines.push(`${rawHeaders[index] ?? ''}: ${rawHeaders[index + 1] ?? ''}`);
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
};
