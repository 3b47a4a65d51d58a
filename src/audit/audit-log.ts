import type { KeyObject } from 'node:crypto';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { systemCode } from '../shared/system-code';
import { beginAuditFile, type AuditFile, type DiskCalls } from './audit-file';
import type { Audit, AuditEvent } from './event';

export interface AuditLogOptions extends Partial<DiskCalls> {
  /** Each process writes files of its own in it; nobody else ever appends to them. */
  readonly directory: string;
  /** 32 bytes; whoever has it can check the files, and could write others. */
  readonly key: KeyObject;
  readonly clock: Clock;
  /** Called for each record that could not be written, and when the file was taken away while it was in use. */
  readonly onError: (error: unknown) => void;
}

export interface AuditLog extends Audit {
  /** The file now written to. */
  path(): string;
  /** True while records cannot be written. */
  failing(): boolean;
  /** Mutations since the start whose outcome could not be recorded. */
  missingOutcomes(): number;
  /**
   * Continues in another file under the key, and closes this one under its own. False if it is the key already in use.
   * Throws the error of the file system if a file cannot be begun: then nothing has changed.
   */
  replaceKey(key: KeyObject): boolean;
  close(): void;
}

/** What a power cut may take with it at most of records that are not durable, ms. */
const syncMs = 1_000;
/** How long records fail before a new file is tried, and the time after which callers should try again, ms. */
const retryMs = 5_000;

/** Begins a file. Throws the error of the file system if it cannot. */
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
  let file: AuditFile | undefined = begin(key);
  let { path } = file;
  let failing = false;
  let missingOutcomes = 0;
  let cancelSync: (() => void) | undefined;
  let cancelRetry: (() => void) | undefined;

  /** A record that broke off ends its file, as a kill would have; the next one begins another. */
  const abandon = (broken = file): void => {
    broken?.abandon();
    if (file === broken) file = undefined;
  };
  /** Without operations nothing else would notice that records can be written again. */
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
    // One that was refused for want of a record has not happened.
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
      // The system forgets what it could not put on the disk: a later sync of this file would succeed without it.
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
      key = next;
      file = successor;
      ({ path } = successor);
      return true;
    },
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

/** Which record is missing, for the log. Holds no personal data. */
const nameOf = (event: AuditEvent): string =>
  event.kind === 'INTENT'
    ? `INTENT ${event.id} of ${event.operation}`
    : `${event.kind}${event.id === undefined ? '' : ` ${event.id}`} of ${event.operation} with outcome ${event.outcome}`;

/** Field by field: what the type does not name is not written. */
const contentOf = (event: AuditEvent): Readonly<Record<string, unknown>> => ({
  kind: event.kind,
  id: event.id,
  at: new Date(event.at).toISOString(),
  caller: event.caller,
  brandId: event.brandId,
  operation: event.operation,
  targetHash: event.targetHash,
  targetKey: event.targetKey,
  fields: event.fields,
  ...(event.kind === 'INTENT' ? {} : { outcome: event.outcome, requestIds: event.requestIds }),
});
