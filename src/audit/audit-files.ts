import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the audit directory. */
export interface AuditFileEntry {
  readonly name: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was begun, by its name, ms since the Unix epoch; 0 if the name does not say. */
  readonly begunAt: number;
  /** Its last record is not later. Ms since the Unix epoch. */
  readonly endedAt: number;
}

/** A file system may note the time of a write more coarsely than a record does, ms. */
const coarseMs = 2_000;

/** The audit files of a directory, the one begun last first. Rejects with the file system's error if it cannot be listed. */
export const listAuditFiles = async (directory: string): Promise<readonly AuditFileEntry[]> => {
  const names = (await readdir(directory)).filter((name) => isAuditFileName(name));
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      // Removed since it was listed, by whoever moves old files away.
      const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
      const begunAt = begunOf(name);
      return { name, path, size, begunAt, endedAt: Math.max(mtimeMs, begunAt) + coarseMs };
    }),
  );
  return entries.filter(({ size }) => size > 0).sort((a, b) => (wasBegunBefore(a, b.name) ? 1 : -1));
};

/** Whether a file comes later in the list than the one with this name. */
export const wasBegunBefore = (
  { name, begunAt }: Pick<AuditFileEntry, 'name' | 'begunAt'>,
  other: string,
): boolean => (begunAt === begunOf(other) ? name < other : begunAt < begunOf(other));

export const isAuditFileName = (name: string): boolean => /^[\w-]{1,100}\.jsonl$/.test(name);

/** Reads a name such as 2026-11-27T05-05-15-123Z-0a1b2c3d.jsonl. */
const begunOf = (name: string): number => {
  const [, day, hours, minutes, seconds, ms] =
    /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z/.exec(name) ?? [];
  return day === undefined
    ? 0
    : Date.parse(`${day}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}.${ms ?? ''}Z`) || 0;
};
