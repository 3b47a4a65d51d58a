import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry } from 'yauzl';
import { evenChunks } from '../chunks';
import { FileError } from '../problem';
import type { Spool } from '../spool';

/** Read from the disk at once. */
const readBytes = 65_536;
/** More entries than any workbook has. */
const maxEntries = 10_000;
/** Deflate reaches 1 : 1 000 on nothing but repetition; sheets reach about 1 : 50, with many empty cells 1 : 200. */
const maxRatio = 400;
/** Below this, a ratio says nothing. */
const suspiciousBytes = 16 * 1_048_576;

/** The parts of an XLSX file, which is a ZIP archive. */
export interface Package {
  has(name: string): boolean;
  /**
   * The unpacked bytes of a part.
   *
   * @throws FileError FILE_INFLATES, FILE_ENCRYPTED, FILE_DAMAGED; also if there is no such part.
   */
  read(name: string, maxInflated: number): AsyncGenerator<Buffer, void, undefined>;
}

class SpoolReader extends RandomAccessReader {
  constructor(private readonly spool: Spool) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const { spool } = this;
    const bytes = async function* (): AsyncGenerator<Buffer> {
      for (let at = start; at < end; at += readBytes) yield spool.read(at, Math.min(readBytes, end - at));
    };
    return Readable.from(bytes(), { objectMode: false });
  }
}

/** Names are compared without case, because programs differ in it. */
const keyOf = (name: string): string => name.replace(/^\/+/, '').toLowerCase();

/** Opens a ZIP archive. @throws FileError FILE_DAMAGED. */
export const openPackage = async (spool: Spool): Promise<Package> => {
  const entries = new Map<string, Entry>();
  const zip = await readable(() =>
    fromRandomAccessReaderPromise(new SpoolReader(spool), spool.size(), {
      autoClose: false,
      lazyEntries: true,
    }),
  );
  if (zip.entryCount > maxEntries) throw new FileError('FILE_DAMAGED');
  await readable(async () => {
    for await (const entry of zip.eachEntry()) entries.set(keyOf(entry.fileName), entry);
  });

  return {
    has: (name) => entries.has(keyOf(name)),
    async *read(name, maxInflated) {
      const entry = entries.get(keyOf(name));
      if (entry === undefined) throw new FileError('FILE_DAMAGED');
      if (entry.isEncrypted()) throw new FileError('FILE_ENCRYPTED');
      const stream = await readable(() => zip.openReadStreamPromise(entry));
      const chunks = evenChunks(stream as AsyncIterable<Buffer>, { maxBytes: Number.POSITIVE_INFINITY });
      let total = 0;
      let sum = 0;
      try {
        for (;;) {
          const { value, done } = await readable(() => chunks.next());
          if (done === true) break;
          total += value.length;
          const isBomb = total > suspiciousBytes && total > entry.compressedSize * maxRatio;
          if (isBomb || total > maxInflated) throw new FileError('FILE_INFLATES');
          sum = crc32(value, sum);
          yield value;
        }
      } finally {
        await chunks.return();
      }
      // A changed digit is still a digit: only the sum shows it.
      if (sum !== entry.crc32) throw new FileError('FILE_DAMAGED');
    },
  };
};

/** What yauzl and zlib refuse is damaged. Their errors are not kept: they may repeat what they read. */
const readable = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    throw error instanceof FileError || isOfTheDisk(error) ? error : new FileError('FILE_DAMAGED');
  }
};

const isOfTheDisk = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
