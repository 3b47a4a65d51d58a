import type { IncomingMessage } from 'node:http';

/**
 * Returned if the client closed the connection during its request. There is no client to respond to, and the server has no
 * error.
 */
export const gone = Symbol('gone');

/** The body as text. */
export const readBody = async (
  request: IncomingMessage,
  max: number,
): Promise<string | undefined | typeof gone> => {
  const bytes = await readBytes(request, max);
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : bytes;
};

/** The body as received; `undefined` if it has more than `max` bytes. No more than that is buffered. */
export const readBytes = (
  request: IncomingMessage,
  max: number,
): Promise<Buffer | undefined | typeof gone> => {
  if (Number(request.headers['content-length'] ?? 0) > max) {
    request.resume();
    return Promise.resolve(undefined);
  }
  // Uses events: an async iterator's promises cost too much on the hot path.
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= max) chunks.push(chunk);
      else {
        request.removeAllListeners('data').resume();
        resolve(undefined);
      }
    });
    request.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.on('error', () => {
      resolve(gone);
    });
    request.on('close', () => {
      resolve(gone);
    });
  });
};
