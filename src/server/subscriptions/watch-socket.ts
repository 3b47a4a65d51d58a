import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Clock } from '../../shared/clock';

export interface WatchSocketOptions {
  readonly clock: Clock;
  readonly socket: WebSocket;
  /** Whether an operation runs on the socket. */
  readonly isBusy: () => boolean;
}

export interface SocketWatch {
  /** Must be called for each message. */
  readonly used: () => void;
  readonly end: () => void;
}

/** A socket on which no operation runs is closed after this time, ms (close code 4408). */
const idleMs = 60_000;
/** Time between two pings, ms. A socket that has not replied by the next one is cut. */
const pingMs = 20_000;

/** Closes a socket that nobody uses, and cuts one whose client is gone. */
export const watchSocket = ({ clock, socket, isBusy }: WatchSocketOptions): SocketWatch => {
  let cancelIdle: () => void = () => undefined;
  const used = (): void => {
    cancelIdle();
    cancelIdle = clock.after(idleMs, () => {
      if (isBusy()) used();
      else socket.close(CloseCode.ConnectionInitialisationTimeout, 'Idle');
    });
  };
  let isAlive = true;
  const ping = (): void => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
    cancelPing = clock.after(pingMs, ping);
  };
  socket.on('pong', () => {
    isAlive = true;
  });
  used();
  let cancelPing = clock.after(pingMs, ping);
  return {
    used,
    end() {
      cancelIdle();
      cancelPing();
    },
  };
};
