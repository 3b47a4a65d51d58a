import type { KeyObject } from 'node:crypto';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { systemCode } from '../shared/system-code';
import { beginAuditFile, type AuditFile, type DiskCalls } from './audit-file';
import { actionOf, type Audit, type AuditEvent } from './event';

export interface AuditLogOptions extends Partial<DiskCalls> {
  /** Each process creates its own files in it and is the only one to append to them. */
  readonly directory: string;
  /** 32 bytes. Whoever has the key can verify the files, and could forge them. */
  readonly key: KeyObject;
  readonly clock: Clock;
  /** Called for each record that could not be written, and when the file was taken away while it was in use. */
  readonly onError: (error: unknown) => void;
}

export interface AuditLog extends Audit {
  /** The file being written. */
  path(): string;
  /** True while records cannot be written. */
  failing(): boolean;
  /** Number of mutations since the start whose outcome could not be recorded. */
  missingOutcomes(): number;
  /**
   * Closes the file under its key and continues in a new one under `key`. Returns false if the key is already in use. Throws the
   * file system's error if the new file cannot be created; nothing has changed then.
   */
  replaceKey(key: KeyObject): boolean;
  /** The present key and those that this process has used before. */
  keys(): readonly KeyObject[];
  close(): void;
}

/** How long a record that is not durable may wait for the disk, ms; a power cut can lose it. */
const syncMs = 1_000;
/** After a failure, how soon a new file is tried and callers should retry, ms. */
const retryMs = 5_000;

/** Opens the audit log. Throws the file system's error if no file can be created. */
export const openAuditLog = ({
  directory,
  key: firstKey,
  clock,
  onError,
  ...disk
}: AuditLogOptions): AuditLog => {
  const now = (): string => new Date(clock.wallNow()).toISOString();
  const begin = (key: KeyObject): AuditFile => beginAuditFile({ ...disk, directory, key, at: now() });

  let key = firstKey;
  const formerKeys: KeyObject[] = [];
  let file: AuditFile | undefined = begin(key);
  let { path } = file;
  let failing = false;
  let missingOutcomes = 0;
  let cancelSync: (() => void) | undefined;
  let cancelRetry: (() => void) | undefined;

  /** A partial record ends its file, as after a kill; the next record starts a new file. */
  const abandon = (broken = file): void => {
    broken?.abandon();
    if (file === broken) file = undefined;
  };
  /** Checks again in the background; otherwise only the next operation would notice the recovery. */
  const retryLater = (): void => {
    cancelRetry ??= clock.after(retryMs, () => {
      cancelRetry = undefined;
      try {
        file ??= begin(key);
        ({ path } = file);
        failing = false;
      } catch {
        retryLater();
      }
    });
  };
  const failed = (event: AuditEvent, cause: unknown): AppError => {
    failing = true;
    retryLater();
    // A mutation refused because its intent could not be recorded did not happen.
    if (event.kind === 'MUTATION' && event.outcome !== 'AUDIT_UNAVAILABLE') missingOutcomes += 1;
    const error = new AppError(
      'AUDIT_UNAVAILABLE',
      `the audit record ${nameOf(event)} could not be written (${systemCode(cause) ?? 'unknown cause'})`,
      { cause, retryAfterMs: retryMs },
    );
    onError(error);
    return error;
  };
  const append = (content: Readonly<Record<string, unknown>>): AuditFile => {
    file ??= begin(key);
    ({ path } = file);
    file.append(content);
    return file;
  };
  const write = (event: AuditEvent): AuditFile => {
    const content = contentOf(event);
    try {
      let written: AuditFile;
      try {
        written = append(content);
      } catch (error) {
        // Its earlier records may be lost, though this one finds another file.
        if (error instanceof AppError) onError(error);
        abandon();
        written = append(content);
      }
      failing = false;
      return written;
    } catch (error) {
      abandon();
      throw failed(event, error);
    }
  };
  const syncOrAbandon = async (written: AuditFile, event: AuditEvent): Promise<void> => {
    try {
      await written.sync();
    } catch (error) {
      // The system forgets data it failed to write, so a later sync of this file would succeed without it.
      abandon(written);
      throw failed(event, error);
    }
  };

  const close = (): void => {
    cancelSync?.();
    cancelRetry?.();
    [cancelSync, cancelRetry] = [undefined, undefined];
    try {
      file?.finish({ kind: 'CLOSED', at: now() });
    } catch (error) {
      onError(error);
    }
    file?.close();
    file = undefined;
  };

  return {
    path: () => path,
    failing: () => failing,
    missingOutcomes: () => missingOutcomes,
    replaceKey(next) {
      if (next.equals(key)) return false;
      const successor = begin(next);
      close();
      formerKeys.push(key);
      key = next;
      file = successor;
      ({ path } = successor);
      return true;
    },
    keys: () => [key, ...formerKeys],
    record(event) {
      write(event);
      cancelSync ??= clock.after(syncMs, () => {
        cancelSync = undefined;
        if (file !== undefined) syncOrAbandon(file, event).catch(() => undefined);
      });
    },
    async recordDurably(event) {
      await syncOrAbandon(write(event), event);
    },
    close,
  };
};

/** Names the missing record, for the log. Holds no personal data. */
const nameOf = (event: AuditEvent): string =>
  event.kind === 'INTENT'
    ? `INTENT ${event.id} of ${event.operation}`
    : `${event.kind}${event.id === undefined ? '' : ` ${event.id}`} of ${event.operation} with outcome ${event.outcome}`;

/** Copies field by field, so that nothing outside the type is written. */
const contentOf = (event: AuditEvent): Readonly<Record<string, unknown>> => ({
  kind: event.kind,
  id: event.id,
  at: new Date(event.at).toISOString(),
  ...actionOf(event),
});
