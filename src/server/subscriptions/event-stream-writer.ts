import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../shared/clock';
import type { OpenStream } from './open-streams';

/** A stream of Server-Sent Events, shared by the operation that fills it and the writer that sends it. */
export interface EventStream {
  readonly open: OpenStream;
  /** Lines to be written before each result, in order. */
  readonly leads: string[];
  inFlight: number;
  /** Called when a result has been written. */
  onFlushed: (() => void) | undefined;
}

/** Maximum number of events being written to one client; the next one is not executed before one of them is out. */
const maxInFlight = 16;
/** A client that accepts no bytes for this long is disconnected, ms; it can resume where it was. */
const stallMs = 30_000;

/** Resolves when the stream has room for an event, or has ended. */
export const waitForCapacity = async (stream: EventStream): Promise<void> => {
  const { signal } = stream.open.end;
  while (stream.inFlight >= maxInFlight && !signal.aborted)
    await new Promise<void>((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', go);
        resolve();
      };
      stream.onFlushed = go;
      signal.addEventListener('abort', go, { once: true });
    });
};

/** Records that a result is about to be written, after the lines `lead`. */
export const markInFlight = (stream: EventStream, lead: string): void => {
  stream.inFlight += 1;
  stream.leads.push(lead);
};

export interface EventStreamWriterDeps {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly stream: EventStream;
  readonly clock: Clock;
}

/** Writes the protocol's chunks, each result after its lead. */
export const writeChunks = async (
  chunks: AsyncGenerator<string, void, undefined>,
  { request, response, stream, clock }: EventStreamWriterDeps,
): Promise<void> => {
  // The generator may be waiting for the next event; only its `return` wakes it.
  const end = (): void => void chunks.return();
  response.once('close', end);
  for await (const chunk of chunks) {
    if (stream.open.drained && chunk.startsWith('event: complete')) break;
    const lead = chunk.startsWith('event: next') ? stream.leads.shift() : undefined;
    if (!(await flushed(response, (lead ?? '') + chunk, clock))) break;
    if (lead === undefined) continue;
    stream.inFlight -= 1;
    stream.onFlushed?.();
  }
  response.off('close', end);
  await chunks.return();
  response.end(() => {
    if (stream.open.drained) request.socket.end();
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
