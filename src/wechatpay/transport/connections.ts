import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { Clock } from '../../shared/clock';

/** Connections of one pool, some of them opened before they are needed. */
export interface UpstreamConnections {
  readonly connect: buildConnector.connector;
  /** A call will be written in a moment: a connection is opened for it unless one stands idle. */
  prepare(): void;
  close(): void;
}

export interface ConnectionsOptions {
  readonly origin: string;
  /** Longest wait for a connection, ms. */
  readonly connectMs: number;
  readonly clock: Clock;
  /** Connections of the pool that stand and do nothing. */
  readonly idle: () => number;
}

/** What is unused for this long is closed; the other side may have closed it already. */
const spareMs = 4_000;
/** A call that was prepared for has been written by then, or never will be. */
const preparedMs = 500;
const maxSpares = 16;

/**
 * A handshake takes longer than a slot's guard: a call that waited for its slot must not then wait for its connection,
 * because the upstream counts it when it arrives.
 */
export const createUpstreamConnections = ({
  origin,
  connectMs,
  clock,
  idle,
}: ConnectionsOptions): UpstreamConnections => {
  const open = buildConnector({ timeout: connectMs });
  const { hostname, host, protocol, port } = new URL(origin);
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
    // Bytes that nobody asked for would be taken for the answer to the first request.
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
          // A connector answers later; answered at once, the client would miss it.
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
        // What cannot be opened now is tried, and reported, by the call itself.
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
