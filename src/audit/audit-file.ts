import { randomBytes, type KeyObject } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../shared/errors';
import { systemCode } from '../shared/system-code';
import { firstLink, sealRecord } from './chain';

/** System calls; tests replace them to simulate a full or broken disk. */
export interface DiskCalls {
  readonly write: (file: number, bytes: Buffer, from: number) => number;
  /** Resolves when the file's data is on disk. */
  readonly sync: (file: number) => Promise<void>;
}

export interface AuditFileOptions extends Partial<DiskCalls> {
  readonly directory: string;
  readonly key: KeyObject;
  /** Time of the first record, ISO 8601. */
  readonly at: string;
}

/** One audit file. Each record's seal covers all records before it. */
export interface AuditFile {
  readonly path: string;
  /** Throws the file system's error. The file may then end in a partial record and accepts no more records. */
  append(record: Readonly<Record<string, unknown>>): void;
  /** Resolves when everything appended before this call is on disk. Concurrent calls share one sync. */
  sync(): Promise<void>;
  /** Appends the last record and waits for the disk. Throws the file system's error. */
  finish(record: Readonly<Record<string, unknown>>): void;
  /** Closes the file, after a sync that is under way. */
  close(): void;
  /** Closes the file, and removes it if it holds only its opening record: a full disk must not fill with empty files. */
  abandon(): void;
}

/** Creates an audit file; it is on disk when this returns. Throws the file system's error, and then there is no file. */
export const beginAuditFile = ({
  directory,
  key,
  at,
  write = writeSync,
  sync = promisify(fdatasync),
}: AuditFileOptions): AuditFile => {
  const isNew = mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined;
  const path = join(directory, `${at.replace(/[:.]/g, '-')}-${randomBytes(4).toString('hex')}.jsonl`);
  // ax: appends, and fails if the file exists.
  const descriptor = openSync(path, 'ax', 0o600);
  let last = firstLink;
  let underWay: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  let isClosed = false;

  /** Throws AppError if the file was removed or renamed: what is written to it then is not in the directory. */
  const checkName = (): void => {
    const named = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (named?.ino !== fstatSync(descriptor, { bigint: true }).ino)
      throw new AppError('AUDIT_UNAVAILABLE', 'the audit file was removed or renamed while it was in use');
  };
  const append = (record: Readonly<Record<string, unknown>>): void => {
    checkName();
    const { line, link } = sealRecord(record, { previous: last, key });
    const bytes = Buffer.from(`${line}\n`);
    for (let written = 0; written < bytes.length;) written += write(descriptor, bytes, written);
    last = link;
  };
  const release = (): void => {
    try {
      closeSync(descriptor);
    } catch {
      // Already closed by the error that broke it.
    }
  };
  /** A sync under way may miss data appended since it began; only the next one is sure to cover it. */
  const syncNext = async (): Promise<void> => {
    await underWay?.catch(() => undefined);
    following = undefined;
    underWay = sync(descriptor).finally(() => {
      underWay = undefined;
      if (isClosed && following === undefined) release();
    });
    return underWay;
  };
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    // Closed only after the sync: otherwise the descriptor could refer to another file by then.
    if (underWay === undefined && following === undefined) release();
  };
  const abandon = (): void => {
    close();
    if (last.sequence > 1) return;
    try {
      unlinkSync(path);
    } catch {
      // Already gone, or left with its one record. The failure that led here has been reported.
    }
  };

  try {
    append({ kind: 'OPENED', at });
    fsyncSync(descriptor);
    syncDirectory(directory);
    if (isNew) syncDirectory(dirname(directory));
  } catch (error) {
    abandon();
    throw error;
  }
  return {
    path,
    append,
    sync: () => (following ??= syncNext()),
    finish(record) {
      append(record);
      fsyncSync(descriptor);
    },
    close,
    abandon,
  };
};

/** Error codes of directories that cannot be synced because of the system, permissions or the file system. */
const unsyncable: ReadonlySet<unknown> = new Set([
  'EISDIR',
  'EPERM',
  'EACCES',
  'EINVAL',
  'ENOTSUP',
  'ENOSYS',
]);

/** Syncs the directory: a file survives a power cut only if its name does. */
const syncDirectory = (directory: string): void => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(directory, 'r');
    fsyncSync(descriptor);
  } catch (error) {
    if (!unsyncable.has(systemCode(error))) throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};
