import type { Socket } from 'node:net';
import { Client, type buildConnector, type Dispatcher } from 'undici';

/** Dispatch options of a request that needs its connection. */
export interface TrackedOptions extends Dispatcher.DispatchOptions {
  /** Called once, when a client takes the request. The function returns that client's connection at the time of the call. */
  readonly onTaken: (connection: () => Socket | undefined) => void;
}

interface Held {
  socket?: Socket;
}

/**
 * A client of a pool that reports which connection carries a request. undici does not: its handlers can abort a request under
 * way, but cannot close the connection of one that already has its response.
 */
export class TrackedClient extends Client {
  readonly #held: Held;

  constructor(origin: URL, { connect, ...options }: Client.Options & { connect: buildConnector.connector }) {
    const held: Held = {};
    super(origin, { ...options, connect: remembering(connect, held) });
    this.#held = held;
  }

  override dispatch(options: TrackedOptions, handler: Dispatcher.DispatchHandler): boolean {
    options.onTaken(() => this.#held.socket);
    return super.dispatch(options, handler);
  }
}

const remembering =
  (connect: buildConnector.connector, held: Held): buildConnector.connector =>
  (options, callback) => {
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error === null) held.socket = socket;
      callback(...result);
    });
  };
