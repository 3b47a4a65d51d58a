import type { IncomingMessage } from 'node:http';

/** The body as it came; `undefined` where it has more than `most` bytes, of which no more is kept. */
export const readBody = async (request: IncomingMessage, most: number): Promise<string | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > most) {
    request.resume();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
