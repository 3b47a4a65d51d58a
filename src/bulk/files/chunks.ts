import { setImmediate } from 'node:timers/promises';
import type { Limits } from './limits';
import { FileError } from './problem';

/** So much is parsed without a pause: about 1 ms, and 20 ms before the parser is compiled. */
export const chunkBytes = 16_384;

/**
 * The bytes in chunks of at most 16 KiB. Other work of the process has its turn after so many bytes, even if all are at hand: no
 * file stalls the event loop, however large its own chunks are.
 */
export async function* evenChunks(
  source: AsyncIterable<Uint8Array>,
  { maxBytes }: Pick<Limits, 'maxBytes'>,
): AsyncGenerator<Buffer, void, undefined> {
  let total = 0;
  let sinceTurn = 0;
  for await (const bytes of source) {
    total += bytes.byteLength;
    if (total > maxBytes) throw new FileError('FILE_TOO_LARGE');
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < all.length; at += chunkBytes) {
      const chunk = all.subarray(at, at + chunkBytes);
      yield chunk;
      sinceTurn += chunk.length;
      if (sinceTurn < chunkBytes) continue;
      sinceTurn = 0;
      await setImmediate();
    }
  }
}

/** The first bytes, and all bytes including them. */
export interface Peeked {
  readonly head: Buffer;
  /** Whether `head` is the whole file. */
  readonly isWhole: boolean;
  readonly chunks: AsyncGenerator<Buffer, void, undefined>;
}

export const peek = async (
  chunks: AsyncGenerator<Buffer, void, undefined>,
  bytes: number,
): Promise<Peeked> => {
  const first: Buffer[] = [];
  let length = 0;
  let isWhole = false;
  while (length < bytes && !isWhole) {
    const { value, done } = await chunks.next();
    if (done === true) isWhole = true;
    else {
      first.push(value);
      length += value.length;
    }
  }
  const all = async function* (): AsyncGenerator<Buffer, void, undefined> {
    for (const chunk of first) {
      yield chunk;
      await setImmediate();
    }
    for await (const chunk of chunks) yield chunk;
  };
  return { head: Buffer.concat(first), isWhole, chunks: all() };
};
