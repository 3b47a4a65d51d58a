import { open } from 'node:fs/promises';

/** Reads a part of a file. Rejects with the file system's error, or if the file has become shorter. */
export type ReadPart = (from: number, length: number) => Promise<Buffer>;

/** The file is opened for each part, so that reading many files at once holds none of them open. */
export const partsOf =
  (path: string): ReadPart =>
  async (from, length) => {
    const file = await open(path, 'r');
    try {
      const part = Buffer.allocUnsafe(length);
      const { bytesRead } = await file.read(part, 0, length, from);
      if (bytesRead < length) throw new Error(`${path} has become shorter while it was read`);
      return part;
    } finally {
      await file.close();
    }
  };

const newline = 0x0a;
const partBytes = 64 * 1024;
/** No record is nearly as long. Without a bound, a file without line ends would be held in memory whole. */
export const longestLineBytes = 1024 * 1024;

/** Returns the position behind the last complete line among the first `size` bytes. */
export const endOfLines = async (read: ReadPart, size: number): Promise<number> => {
  for (let to = size; to > 0 && size - to < longestLineBytes;) {
    const from = Math.max(0, to - partBytes);
    const at = (await read(from, to - from)).lastIndexOf(newline);
    if (at !== -1) return from + at + 1;
    to = from;
  }
  return 0;
};

/**
 * Returns a position behind a line, near which `isLater` becomes true; everything behind it is later. Reads a part for each halving of
 * the file instead of the whole. `isLater` returns `undefined` for a line that it cannot read.
 */
export const searchLines = async (
  read: ReadPart,
  end: number,
  isLater: (line: string) => boolean | undefined,
): Promise<number> => {
  let [from, to] = [0, end];
  while (to - from > partBytes) {
    const middle = from + Math.floor((to - from) / 2);
    const found = firstIn(await read(middle, Math.min(partBytes, to - middle)), isLater);
    // Nothing here can be read. Whoever reads backwards from `to` skips it line by line.
    if (found === undefined) break;
    if (found.isLater) to = middle + found.start;
    else from = middle + found.start;
  }
  return to;
};

/** The first complete line of a part that can be read. */
const firstIn = (
  part: Buffer,
  isLater: (line: string) => boolean | undefined,
): { readonly start: number; readonly isLater: boolean } | undefined => {
  for (let start = part.indexOf(newline) + 1; start > 0;) {
    const stop = part.indexOf(newline, start);
    if (stop === -1) return undefined;
    const found = isLater(part.toString('utf8', start, stop));
    if (found !== undefined) return { start, isLater: found };
    start = stop + 1;
  }
  return undefined;
};

/** The lines before `end`, which is a position behind a line, from the last to the first. */
export async function* linesBackwards(read: ReadPart, end: number): AsyncGenerator<string, void, void> {
  let position = end;
  /** What was read of the file from `position` on, and not returned yet. Ends with a line's end. */
  let held = Buffer.alloc(0);
  while (position > 0 || held.length > 0) {
    const before = held.length < 2 ? -1 : held.lastIndexOf(newline, held.length - 2);
    if (before !== -1 || (position === 0 && held.length > 0)) {
      yield held.toString('utf8', before + 1, held.length - 1);
      held = held.subarray(0, before + 1);
      continue;
    }
    if (held.length > longestLineBytes) throw new Error('a line of the audit file is too long');
    const length = Math.min(partBytes, position);
    position -= length;
    held = Buffer.concat([await read(position, length), held]);
  }
}
