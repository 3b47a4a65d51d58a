import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The way to a server, through a port of its own. */
export interface TcpPath {
  readonly port: number;
  /** How many connections were opened since the start. */
  readonly opened: () => number;
  /** Connections that are open get no more bytes, and no reset. New ones work. */
  silence(): void;
  /** New connections lead to another port. */
  leadTo(port: number): void;
  /** Closes all connections and accepts no more, or accepts them again. */
  cut(away: boolean): void;
  close(): void;
}

export const tcpPathTo = async (target: number): Promise<TcpPath> => {
  let to = target;
  let opened = 0;
  let isCut = false;
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    if (isCut) {
      from.destroy();
      return;
    }
    opened += 1;
    const on = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [from, on],
      [on, from],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => other.destroy())
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    opened: () => opened,
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    leadTo: (port) => (to = port),
    cut(away) {
      isCut = away;
      if (away) drop();
    },
    close() {
      server.close();
      drop();
    },
  };
};
