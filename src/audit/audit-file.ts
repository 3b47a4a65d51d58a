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

/** The system calls; replaced to try out a disk that is full or broken. */
export interface DiskCalls {
  readonly write: (file: number, bytes: Buffer, from: number) => number;
  /** Resolves when what was written to the file is on the disk. */
  readonly sync: (file: number) => Promise<void>;
}

export interface AuditFileOptions extends Partial<DiskCalls> {
  readonly directory: string;
  readonly key: KeyObject;
  /** Time of the first record, ISO 8601. */
  readonly at: string;
}

/** One file of audit records, each of which seals those before it. */
export interface AuditFile {
  readonly path: string;
  /** Throws the error of the file system; then the file may end in a part of the record and takes no more. */
  append(record: Readonly<Record<string, unknown>>): void;
  /** Resolves when all that was appended before this call is on the disk. Calls that come together share one sync. */
  sync(): Promise<void>;
  /** Appends the last record and waits for the disk. Throws the error of the file system. */
  finish(record: Readonly<Record<string, unknown>>): void;
  /** Lets go of the file, after a sync that is under way. */
  close(): void;
  /** Closes it, and removes it if it holds nothing but its opening: a full disk must not fill up with empty files. */
  abandon(): void;
}

/** Begins a file, on the disk when this returns. Throws the error of the file system; then there is no file. */
export const beginAuditFile = ({
  directory,
  key,
  at,
  write = writeSync,
  sync = promisify(fdatasync),
}: AuditFileOptions): AuditFile => {
  const isNew = mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined;
  const path = join(directory, `${at.replace(/[:.]/g, '-')}-${randomBytes(4).toString('hex')}.jsonl`);
  // ax: appends, and refuses a file that is there.
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
      // It was closed by whatever broke it.
    }
  };
  /** A sync that has begun may miss what was appended since; only the one after it is sure to cover that. */
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
    // Its number could otherwise name another file by the time the sync reaches it.
    if (underWay === undefined && following === undefined) release();
  };
  const abandon = (): void => {
    close();
    if (last.sequence > 1) return;
    try {
      unlinkSync(path);
    } catch {
      // It is gone, or stays with its one record; the failure that led here is already reported.
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

/** Directories that cannot be synced: by another system, by the rights of the process, or by their file system. */
const unsyncable: ReadonlySet<unknown> = new Set([
  'EISDIR',
  'EPERM',
  'EACCES',
  'EINVAL',
  'ENOTSUP',
  'ENOSYS',
]);

/** A file survives a power cut only if its name does. */
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
