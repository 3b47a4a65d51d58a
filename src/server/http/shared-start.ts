import { promisify } from 'node:util';
import { brotliCompress, constants, crc32, deflateRaw } from 'node:zlib';
import { brotliQuality, type Encoding } from './encodings';

/**
 * The beginning of responses that differ in their end only: the cached data of a query, before its `extensions`. It is compressed
 * once. Both formats are sequences of blocks, so the end follows in blocks that are not compressed, which costs next to nothing.
 */
export interface SharedStart {
  /** The compressed response that consists of this start and the end. */
  readonly encodeWith: (end: string, encoding: Encoding) => Promise<Buffer>;
}

export const sharedStart = (text: string): SharedStart => {
  const starts = new Map<Encoding, Promise<Complete>>();
  return {
    async encodeWith(end, encoding) {
      const start = starts.get(encoding) ?? formats[encoding](text);
      starts.set(encoding, start);
      const complete = await start;
      return Buffer.concat(complete(Buffer.from(end)));
    },
  };
};

/** The parts of a whole response in one encoding. */
type Complete = (end: Buffer) => readonly Buffer[];

const brotli = promisify(brotliCompress);
const deflate = promisify(deflateRaw);

/** RFC 1952: no name, no time, an unknown system. */
const gzipHead = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** RFC 1951, 3.2.4: an empty last block. */
const lastOfDeflate = Buffer.from([1, 0, 0, 0xff, 0xff]);
/** RFC 7932, 9.2: ISLAST and ISLASTEMPTY. */
const lastOfBrotli = Buffer.from([3]);

const formats: Readonly<Record<Encoding, (text: string) => Promise<Complete>>> = {
  async gzip(text) {
    const start = await deflate(text, { finishFlush: constants.Z_SYNC_FLUSH });
    const sum = crc32(text);
    const size = Buffer.byteLength(text);
    return (end) => [gzipHead, start, ...storedBlocks(end), lastOfDeflate, gzipTrailer(end, { sum, size })];
  },
  async br(text) {
    const start = await brotli(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality },
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
    });
    return (end) => [start, ...uncompressedBlocks(end), lastOfBrotli];
  },
};

/** RFC 1951, 3.2.4: a byte without bits (not the last block, type 00), the length, and its complement. */
const storedBlocks = (bytes: Buffer): readonly Buffer[] =>
  piecesOf(bytes, 0xffff).flatMap((piece) => {
    const head = Buffer.alloc(5);
    head.writeUInt16LE(piece.length, 1);
    head.writeUInt16LE(piece.length ^ 0xffff, 3);
    return [head, piece];
  });

/** RFC 7932, 9.2: ISLAST 0, MNIBBLES 0 (four of them), MLEN - 1 in 16 bits, ISUNCOMPRESSED 1. */
const uncompressedBlocks = (bytes: Buffer): readonly Buffer[] =>
  piecesOf(bytes, 0x1_0000).flatMap((piece) => {
    const head = Buffer.alloc(3);
    head.writeUIntLE(((piece.length - 1) << 3) | (1 << 19), 0, 3);
    return [head, piece];
  });

const piecesOf = (bytes: Buffer, max: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / max) }, (_, index) =>
    bytes.subarray(index * max, (index + 1) * max),
  );

/** RFC 1952, 2.3: checksum and size of what was compressed. */
const gzipTrailer = (end: Buffer, { sum, size }: { readonly sum: number; readonly size: number }): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(crc32(end, sum), 0);
  bytes.writeUInt32LE((size + end.length) % 2 ** 32, 4);
  return bytes;
};
