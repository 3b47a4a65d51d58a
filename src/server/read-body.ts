import type { IncomingMessage } from 'node:http';

/** The client broke off in the middle of its request: there is nobody to answer, and nothing of ours has failed. */
export const gone = Symbol('gone');

/** The body as it came; `undefined` where it has more than `most` bytes, of which no more is kept. */
export const readBody = async (
  request: IncomingMessage,
  most: number,
): Promise<string | undefined | typeof gone> => {
  if (Number(request.headers['content-length'] ?? 0) > most) {
    request.resume();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) return undefined;
      chunks.push(chunk);
    }
  } catch (error) {
    if (request.errored !== null && !request.complete) return gone;
    throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
};
