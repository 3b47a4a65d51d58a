import type { Socket } from 'node:net';
import { Client, type buildConnector, type Dispatcher } from 'undici';

/** A dispatch that wants to know its connection. */
export interface TrackedOptions extends Dispatcher.DispatchOptions {
  /** Called once, when a client takes the request; the function returns that client's connection as it is at the time of the call. */
  readonly onTaken: (connection: () => Socket | undefined) => void;
}

interface Held {
  socket?: Socket;
}

/**
 * A client of a pool that tells each request which connection carries it. undici itself does not: its handlers can abort a
 * request that is under way, but cannot close the connection of one that has its response.
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
