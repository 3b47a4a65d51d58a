import { setImmediate } from 'node:timers/promises';
import type { Limits } from './limits';
import { FileError } from './problem';

/** So much is parsed without a pause. */
export const chunkBytes = 65_536;

/**
 * The bytes in chunks of at most 64 KiB. Other work of the process has its turn after each, even if all bytes are at hand: so no
 * file, however large its own chunks are, stalls the event loop.
 */
export async function* evenChunks(
  source: AsyncIterable<Uint8Array>,
  { maxBytes }: Pick<Limits, 'maxBytes'>,
): AsyncGenerator<Buffer, void, undefined> {
  let total = 0;
  for await (const bytes of source) {
    total += bytes.byteLength;
    if (total > maxBytes) throw new FileError('FILE_TOO_LARGE');
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < all.length; at += chunkBytes) {
      yield all.subarray(at, at + chunkBytes);
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
    yield* first;
    for await (const chunk of chunks) yield chunk;
  };
  return { head: Buffer.concat(first), isWhole, chunks: all() };
};
