import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../shared/clock';

/** One open stream, between the operation that fills it and the socket that empties it. */
export interface Outlet {
  readonly left: AbortController;
  /** The position of each event that is on its way to the socket. */
  readonly positions: string[];
  inFlight: number;
  /** Told when an event has gone out. */
  onFlushed: (() => void) | undefined;
  drained: boolean;
}

/** Events on their way to one client; the next one is not even made before one of them is out. */
const mostInFlight = 16;
/** A client that takes nothing for this long is cut off: it comes back and goes on where it was. */
const stallMs = 30_000;

/** Waits until the stream has room for an event, or has ended. */
export const room = async (outlet: Outlet): Promise<void> => {
  const { signal } = outlet.left;
  while (outlet.inFlight >= mostInFlight && !signal.aborted)
    await new Promise<void>((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', go);
        resolve();
      };
      outlet.onFlushed = go;
      signal.addEventListener('abort', go, { once: true });
    });
};

/** Notes that an event is about to be written. */
export const depart = (outlet: Outlet, position: string): void => {
  outlet.inFlight += 1;
  outlet.positions.push(position);
};

export interface Writing {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly outlet: Outlet;
  readonly clock: Clock;
}

/** Writes the protocol's chunks, each event with its position as the SSE `id`, so that an EventSource resumes by itself. */
export const writeChunks = async (
  chunks: AsyncGenerator<string, void, undefined>,
  { request, response, outlet, clock }: Writing,
): Promise<void> => {
  // The generator may wait for the next event: only its `return` wakes it.
  const end = (): void => void chunks.return();
  response.once('close', end);
  for await (const chunk of chunks) {
    if (outlet.drained && chunk.startsWith('event: complete')) break;
    const position = chunk.startsWith('event: next') ? outlet.positions.shift() : undefined;
    const text = position === undefined ? chunk : `id: ${position}\n${chunk}`;
    if (!(await flushed(response, text, clock))) break;
    if (position === undefined) continue;
    outlet.inFlight -= 1;
    outlet.onFlushed?.();
  }
  response.off('close', end);
  await chunks.return();
  response.end(() => {
    if (outlet.drained) request.socket.end();
  });
};

const flushed = (response: ServerResponse, text: string, clock: Clock): Promise<boolean> =>
  new Promise((resolve) => {
    if (!response.writable) {
      resolve(false);
      return;
    }
    const cancel = clock.after(stallMs, () => {
      response.destroy();
      resolve(false);
    });
    response.write(text, (error) => {
      cancel();
      resolve(error === null || error === undefined);
    });
  });
