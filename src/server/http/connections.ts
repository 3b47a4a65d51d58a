import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of a server, and what each of them still has to be answered. */
export interface ServerConnections {
  /**
   * From now on each connection is closed as soon as its last response is sent; those that are waiting for a request are
   * closed now.
   */
  drain(): void;
}

/** A connection that was opened for a request that has not arrived yet is closed after this time, ms. */
const unusedMs = 500;
/** While draining, a request of whose body nothing arrives for this time is given up, ms. */
const stalledMs = 1_500;

export const trackConnections = (server: Server): ServerConnections => {
  /** The responses of each connection that are not sent yet, in the order of their requests. */
  const open = new Map<Socket, Set<ServerResponse>>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    open.set(socket, new Set());
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    if (draining) announce(response);
    open.get(socket)?.add(response);
    response.once('close', () => {
      const left = open.get(socket);
      left?.delete(response);
      // The response is written; what is still in the socket's buffer goes out before it closes.
      if (draining && left?.size === 0) socket.destroySoon();
    });
  });

  const closeUnused = (): void => {
    for (const [socket, responses] of open) if (responses.size === 0) socket.destroySoon();
  };
  /** Nothing is done for a request before its body is there; one that does not come is not waited for. */
  const closeStalled = (read: ReadonlyMap<Socket, number>): void => {
    const waiting = [...open].filter(([, responses]) => [...responses].some(({ req }) => !req.complete));
    for (const [socket] of waiting) if (read.get(socket) === socket.bytesRead) socket.destroy();
    const next = new Map(waiting.map(([socket]) => [socket, socket.bytesRead]));
    setTimeout(closeStalled, stalledMs, next).unref();
  };
  return {
    drain() {
      draining = true;
      // Only the last one: whatever follows an announced close on the same connection is not answered.
      for (const responses of open.values()) announce([...responses].at(-1));
      server.closeIdleConnections();
      // Node counts a connection without a first request as busy, for as long as headers may take.
      setTimeout(closeUnused, unusedMs).unref();
      closeStalled(new Map());
    },
  };
};

/** Tells the client that no further request will be answered on this connection. */
const announce = (response: ServerResponse | undefined): void => {
  if (response?.headersSent === false) response.setHeader('connection', 'close');
};
