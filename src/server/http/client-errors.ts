import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { refusalOf, type RefusalKind } from './refusals';

export interface ClientErrorsOptions {
  /** The unfinished responses of a connection. */
  readonly responsesOf: (socket: Duplex) => Iterable<ServerResponse>;
  readonly onRefused: (kind: RefusalKind) => void;
}

/** Node's own statuses by error code; every other error is a 400. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
const texts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

/**
 * Responds as Node does by default to what never becomes a request: bytes that are not HTTP, and headers that are too long or
 * too slow. Only a listener is called for these, and Node then leaves the response to it.
 */
export const answerClientErrors = (server: Server, { responsesOf, onRefused }: ClientErrorsOptions): void => {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // A response that has begun must not be followed by other bytes.
    const hasBegun = [...responsesOf(socket)].some(({ headersSent }) => headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable || hasBegun) {
      socket.destroy(error);
      return;
    }
    const status = statuses[error.code ?? ''] ?? 400;
    socket.end(`HTTP/1.1 ${status} ${texts[status] ?? ''}\r\nConnection: close\r\n\r\n`, () =>
      socket.destroy(),
    );
    onRefused(refusalOf(status) ?? 'badRequest');
  });
};
