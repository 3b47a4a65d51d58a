import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The open connections of a server and their unfinished responses. */
export interface ServerConnections {
  /**
   * From now on, closes each connection once its last response is sent. Connections that wait for a request are closed at
   * once.
   */
  drain(): void;
  /** The unfinished responses of one connection, in the order of their requests. */
  responsesOf(socket: Duplex): Iterable<ServerResponse>;
}

/** How long a drained server waits for the first request of an open connection, ms. */
const unusedMs = 500;
/** While draining, a request of whose body nothing arrives for this time is given up, ms. */
const stalledMs = 1_500;

export const trackConnections = (server: Server): ServerConnections => {
  /** Unfinished responses by connection, in the order of their requests. */
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
      // The response is written; destroySoon flushes the socket's buffer first.
      if (draining && left?.size === 0) socket.destroySoon();
    });
  });

  const closeUnused = (): void => {
    for (const [socket, responses] of open) if (responses.size === 0) socket.destroySoon();
  };
  /** Nothing is done for a request before its body has arrived, so a body that does not arrive is not waited for. */
  const closeStalled = (read: ReadonlyMap<Socket, number>): void => {
    const waiting = [...open].filter(([, responses]) => [...responses].some(({ req }) => !req.complete));
    for (const [socket] of waiting) if (read.get(socket) === socket.bytesRead) socket.destroy();
    const next = new Map(waiting.map(([socket]) => [socket, socket.bytesRead]));
    setTimeout(closeStalled, stalledMs, next).unref();
  };
  return {
    // Every connection of an HTTP server is a socket.
    responsesOf: (socket) => open.get(socket as Socket) ?? [],
    drain() {
      draining = true;
      // Only the last response may announce the close: the client expects no response after it.
      for (const responses of open.values()) announce([...responses].at(-1));
      server.closeIdleConnections();
      // Node counts a connection without a first request as busy until the headers timeout.
      setTimeout(closeUnused, unusedMs).unref();
      closeStalled(new Map());
    },
  };
};

/** Tells the client that the connection closes after this response. */
const announce = (response: ServerResponse | undefined): void => {
  if (response?.headersSent === false) response.setHeader('connection', 'close');
};
