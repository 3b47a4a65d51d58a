import { keepMostRecent } from '../../../shared/most-recent';
import { FileError } from '../problem';
import type { Spool } from '../spool';
import { createTextCollector, parseXml } from './xml';

/** Size of a page, and how many are kept in memory: 8 MiB. */
const pageBytes = 65_536;
const maxPages = 128;
/** More than a full sheet of ten columns. Each costs 4 bytes of memory. */
const maxStrings = 12_000_000;
/** Offsets are 32 bits. */
const maxBytes = 0xffff_ffff;

export interface SharedStrings {
  /** `undefined` if it is not in memory, or there is none: `read` tells. */
  peek(index: number): string | undefined;
  /** @throws FileError FILE_DAMAGED if there is no such string. */
  read(index: number): Promise<string>;
}

/** The beginnings of the strings; grows by doubling. */
const createOffsets = () => {
  let offsets = new Uint32Array(1_024);
  let count = 0;
  return {
    push(offset: number): void {
      if (count === offsets.length) {
        const larger = new Uint32Array(count * 2);
        larger.set(offsets);
        offsets = larger;
      }
      offsets[count] = offset;
      count += 1;
    },
    at: (index: number): number | undefined => (index < count ? offsets[index] : undefined),
    count: () => count,
  };
};

/**
 * The table of strings that the cells of a workbook refer to. It may come after the sheet and be larger than memory, so it goes to
 * an encrypted temporary file first. Programs number strings in the order of the cells, so a few pages in memory serve almost all
 * cells.
 *
 * @throws FileError FILE_INFLATES, and what parsing throws.
 */
export const readSharedStrings = async (
  chunks: AsyncIterable<Buffer>,
  spool: Spool,
): Promise<SharedStrings> => {
  const offsets = createOffsets();
  const collector = createTextCollector();
  let pending: Buffer[] = [];
  let end = 0;
  const handler = {
    ...collector,
    close(name: string): void {
      collector.close(name);
      if (name !== 'si') return;
      const bytes = Buffer.from(collector.take());
      offsets.push(end);
      end += bytes.length;
      pending.push(bytes);
      if (offsets.count() > maxStrings || end > maxBytes) throw new FileError('FILE_INFLATES');
    },
  };
  for await (const _ of parseXml(chunks, handler)) {
    await spool.append(Buffer.concat(pending));
    pending = [];
  }
  offsets.push(end);

  const pages = keepMostRecent<Buffer>(maxPages);
  const load = async (page: number): Promise<Buffer> => {
    const bytes = pages.get(String(page)) ?? (await spool.read(page * pageBytes, pageBytes));
    pages.set(String(page), bytes);
    return bytes;
  };
  const rangeOf = (index: number): readonly [from: number, to: number] | undefined => {
    const [from, to] = [offsets.at(index), offsets.at(index + 1)];
    return from === undefined || to === undefined ? undefined : [from, to];
  };
  return {
    peek(index) {
      const [from, to] = rangeOf(index) ?? [0, pageBytes + 1];
      const page = Math.floor(from / pageBytes);
      const start = page * pageBytes;
      if (to > start + pageBytes) return undefined;
      return pages.get(String(page))?.toString('utf8', from - start, to - start);
    },
    async read(index) {
      const range = rangeOf(index);
      if (range === undefined) throw new FileError('FILE_DAMAGED');
      const [from, to] = range;
      const first = Math.floor(from / pageBytes);
      const parts: Buffer[] = [];
      for (let page = first; page * pageBytes < to || page === first; page += 1) parts.push(await load(page));
      return Buffer.concat(parts).toString('utf8', from - first * pageBytes, to - first * pageBytes);
    },
  };
};
