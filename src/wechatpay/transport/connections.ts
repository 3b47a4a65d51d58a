import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Clock } from '../../shared/clock';

/** Connections of one pool, some of them opened in advance. */
export interface UpstreamConnections {
  readonly connect: buildConnector.connector;
  /** Called shortly before a call is written: opens a connection unless one is idle. */
  prepare(): void;
  close(): void;
}

export interface ConnectionsOptions {
  readonly origin: string;
  /** Opens a connection to an origin. */
  readonly open: buildConnector.connector;
  readonly clock: Clock;
  /** Number of idle connections in the pool. */
  readonly idle: () => number;
}

/** An unused spare is closed after this, ms; the other side may have closed it already. */
const spareMs = 4_000;
/** How long a prepared call counts as expected, ms. */
const preparedMs = 500;
const maxSpares = 16;

/**
 * Opens connections before their slot, so that a call that waited for its slot does not then wait for its connection. A
 * handshake takes longer than a slot's guard, and the upstream counts a call when it arrives.
 */
export const createUpstreamConnections = ({
  origin,
  open,
  clock,
  idle,
}: ConnectionsOptions): UpstreamConnections => {
  const { hostname: written, host, protocol, port } = new URL(origin);
  // A URL writes an IPv6 address in brackets; a connection has none.
  const hostname = written.replace(/^\[|\]$/g, '');
  const spares = new Map<Socket, () => void>();
  let opening = 0;
  let expected = 0;
  let closed = false;

  const keep = (socket: Socket): void => {
    const drop = (): void => {
      cancel();
      spares.delete(socket);
      socket.destroy();
    };
    const cancel = clock.after(spareMs, drop);
    // Unrequested bytes would be taken for the response to the first request.
    socket.on('error', drop).on('close', drop).on('readable', drop);
    spares.set(socket, () => {
      cancel();
      spares.delete(socket);
      socket.off('error', drop).off('close', drop).off('readable', drop);
    });
  };

  return {
    connect(options, callback) {
      for (const [socket, release] of spares) {
        release();
        if (!socket.destroyed && socket.writable) {
          // undici expects a connector to call back later and would miss an immediate call.
          queueMicrotask(() => {
            callback(null, socket);
          });
          return;
        }
      }
      open(options, callback);
    },
    prepare() {
      expected += 1;
      clock.after(preparedMs, () => {
        expected -= 1;
      });
      if (closed || expected <= idle() + spares.size + opening || spares.size + opening >= maxSpares) return;
      opening += 1;
      open({ hostname, host, protocol, port }, (error, socket) => {
        opening -= 1;
        // The call itself tries again and reports the error.
        if (error !== null) return;
        if (closed) socket.destroy();
        else keep(socket);
      });
    },
    close() {
      closed = true;
      for (const [socket, release] of spares) {
        release();
        socket.destroy();
      }
    },
  };
};
