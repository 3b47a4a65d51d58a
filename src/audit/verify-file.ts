import type { KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { AuditFileEntry } from './audit-files';
import { longestLineBytes } from './file-lines';
import { beginVerification, type AuditVerdict, type Verification } from './verify';

/** Verdict on a file, read from the disk. */
export interface FileVerdict {
  /**
   * `unknown-key`: no record fits the given keys; the file is of another key, or was changed from its first record on.
   * `unreadable`: the file cannot be read. `unchecked`: it is too long to be verified here.
   */
  readonly state: AuditVerdict['state'] | 'unknown-key' | 'unreadable' | 'unchecked';
  /** Good records. */
  readonly records: number;
  /** Number of the wrong line, from 1; for `tampered`. */
  readonly line?: number;
}

/**
 * Verifies a file under the key that made its first seal. It is read in parts, so that the process does other work meanwhile. What is
 * appended after `size` was determined is left out.
 */
export const verifyFile = async (
  file: Pick<AuditFileEntry, 'path' | 'size'>,
  keys: readonly KeyObject[],
): Promise<FileVerdict> => {
  let chosen: Verification | undefined;
  let rest = '';
  try {
    for await (const { text, isComplete } of linesOf(file)) {
      if (!isComplete) rest = text;
      else if (chosen === undefined) {
        chosen = keys.map((key) => beginVerification({ key })).find((one) => one.take(text));
        if (chosen === undefined) break;
      } else if (!chosen.take(text)) break;
    }
  } catch {
    return { state: 'unreadable', records: 0 };
  }
  if (chosen === undefined) return { state: 'unknown-key', records: 0 };
  const { state, last, line } = chosen.end(rest);
  return { state, records: last.sequence, ...(line !== undefined && { line }) };
};

interface Line {
  readonly text: string;
  /** False for what follows the last line's end. */
  readonly isComplete: boolean;
}

async function* linesOf({
  path,
  size,
}: Pick<AuditFileEntry, 'path' | 'size'>): AsyncGenerator<Line, void, void> {
  let held = Buffer.alloc(0);
  // `end` is the last byte that is read.
  for await (const part of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
    held = Buffer.concat([held, part]);
    for (let end = held.indexOf(0x0a); end !== -1; end = held.indexOf(0x0a)) {
      yield { text: held.toString('utf8', 0, end), isComplete: true };
      held = held.subarray(end + 1);
    }
    // No record is nearly as long: it is a wrong line, wherever it ends.
    if (held.length > longestLineBytes) yield { text: '', isComplete: true };
  }
  yield { text: held.toString(), isComplete: false };
}
