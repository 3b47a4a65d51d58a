import { randomBytes, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { firstLink, sealRecord, type Link } from './chain';
import type { Audit, AuditEvent } from './event';

export interface AuditLogParts {
  /** Each process writes files of its own in it; nobody else ever appends to them. */
  readonly directory: string;
  /** 32 bytes; whoever has it can check the files, and could write others. */
  readonly key: KeyObject;
  readonly clock: Clock;
  /** Told of each event that could not be written. */
  readonly onError: (error: unknown) => void;
  /** The system call; replaced to try out a full disk. */
  readonly write?: (file: number, bytes: Buffer, from: number) => number;
}

export interface AuditLog {
  /** Throws where the event could not be written: then nothing that it is about is answered. */
  readonly audit: Audit;
  /** The file now written to. */
  path(): string;
  /** True while the last event could not be written. */
  failing(): boolean;
  /**
   * Goes on in another file under the key, and closes this one under its own. False where it is the key already in use.
   * Throws the error of the file system where a file cannot be begun: then nothing has changed.
   */
  replaceKey(key: KeyObject): boolean;
  close(): void;
}

/** What a power cut may take with it at most, ms. A killed process loses nothing: its writes are with the kernel. */
const syncMs = 1_000;

interface OpenFile {
  readonly path: string;
  readonly key: KeyObject;
  readonly descriptor: number;
  last: Link;
}

/** Begins a file. Throws the error of the file system where it cannot. */
export const openAuditLog = ({
  directory,
  key: firstKey,
  clock,
  onError,
  write = writeSync,
}: AuditLogParts): AuditLog => {
  const append = (file: OpenFile, record: Readonly<Record<string, unknown>>): void => {
    const { line, link } = sealRecord(record, { previous: file.last, key: file.key });
    const bytes = Buffer.from(`${line}\n`);
    for (let written = 0; written < bytes.length;) written += write(file.descriptor, bytes, written);
    file.last = link;
  };
  const begin = (sealedWith: KeyObject): OpenFile => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const at = new Date(clock.wallNow()).toISOString();
    const path = join(directory, `${at.replace(/[:.]/g, '-')}-${randomBytes(4).toString('hex')}.jsonl`);
    // ax: appends, and refuses a file that is there.
    const file = { path, key: sealedWith, descriptor: openSync(path, 'ax', 0o600), last: firstLink };
    try {
      append(file, { kind: 'OPENED', at });
    } catch (error) {
      closeSync(file.descriptor);
      throw error;
    }
    return file;
  };

  let key = firstKey;
  let file: OpenFile | undefined = begin(key);
  let { path } = file;
  let failing = false;
  let cancelSync: (() => void) | undefined;

  const record = (content: Readonly<Record<string, unknown>>): void => {
    file ??= begin(key);
    ({ path } = file);
    append(file, content);
    cancelSync ??= clock.after(syncMs, () => {
      cancelSync = undefined;
      try {
        if (file !== undefined) fsyncSync(file.descriptor);
      } catch (error) {
        onError(error);
      }
    });
  };
  /** A record that broke off ends its file, as a kill would have; what comes next begins another one. */
  const abandon = (): void => {
    const broken = file;
    file = undefined;
    try {
      if (broken !== undefined) closeSync(broken.descriptor);
    } catch {
      // It was closed by whatever broke it.
    }
  };

  const close = (): void => {
    cancelSync?.();
    cancelSync = undefined;
    if (file === undefined) return;
    try {
      append(file, { kind: 'CLOSED', at: new Date(clock.wallNow()).toISOString() });
      fsyncSync(file.descriptor);
    } catch (error) {
      onError(error);
    }
    abandon();
  };

  return {
    path: () => path,
    failing: () => failing,
    replaceKey(next) {
      if (next.equals(key)) return false;
      const successor = begin(next);
      close();
      key = next;
      file = successor;
      ({ path } = successor);
      return true;
    },
    audit(event) {
      const content = recordOf(event);
      try {
        try {
          record(content);
        } catch {
          abandon();
          record(content);
        }
        failing = false;
      } catch (error) {
        abandon();
        failing = true;
        onError(error);
        throw new AppError('INTERNAL_SERVER_ERROR', 'an audit record could not be written', { cause: error });
      }
    },
    close,
  };
};

/** Field by field: what the type does not name is not written. */
const recordOf = (event: AuditEvent): Readonly<Record<string, unknown>> => ({
  kind: event.kind,
  at: new Date(event.at).toISOString(),
  caller: event.caller,
  brandId: event.brandId,
  operation: event.operation,
  targetHash: event.targetHash,
  targetKey: event.targetKey,
  fields: event.fields,
  outcome: event.outcome,
  requestIds: event.requestIds,
});
