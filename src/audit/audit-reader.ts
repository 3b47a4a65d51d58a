import type { KeyObject } from 'node:crypto';
import { listAuditFiles, wasBegunBefore, type AuditFileEntry } from './audit-files';
import { readEntries, type EntryPage, type EntryQuery } from './read-entries';
import { verifyFile, type FileVerdict } from './verify-file';
import { AppError } from '../shared/errors';
import { systemCode } from '../shared/system-code';

/** A file of the directory, verified. */
export interface VerifiedAuditFile extends FileVerdict, Pick<AuditFileEntry, 'name' | 'begunAt'> {}

export interface VerifiedPage {
  /** The one begun last first. */
  readonly files: readonly VerifiedAuditFile[];
  /** All files of the directory. */
  readonly fileCount: number;
  readonly hasMore: boolean;
}

/** Reads the audit files of all processes that share a directory. Both reject with AppError AUDIT_UNAVAILABLE if it cannot be listed. */
export interface AuditReader {
  entries(query: EntryQuery): Promise<EntryPage>;
  /** Verifies at most `count` files, those begun before the file named `after`. */
  verify(page: { readonly count: number; readonly after?: string | undefined }): Promise<VerifiedPage>;
}

export interface AuditReaderOptions {
  readonly directory: string;
  /** The keys under which files may be intact. */
  readonly keys: () => readonly KeyObject[];
  /** Bytes that one verification reads. Default: 64 MiB, about half a second of a processor. */
  readonly verifiedBytes?: number;
}

export const createAuditReader = ({
  directory,
  keys,
  verifiedBytes = 64 * 1024 * 1024,
}: AuditReaderOptions): AuditReader => {
  const list = async (): Promise<readonly AuditFileEntry[]> => {
    try {
      return await listAuditFiles(directory);
    } catch (cause) {
      throw new AppError(
        'AUDIT_UNAVAILABLE',
        `the audit directory cannot be listed (${systemCode(cause) ?? 'unknown cause'})`,
        {
          cause,
          publicMessage: ['The audit files cannot be read at the moment.', '审计文件暂时无法读取。'],
        },
      );
    }
  };
  return {
    entries: async (query) => readEntries(await list(), query),
    async verify({ count, after }) {
      const all = await list();
      const rest = after === undefined ? all : all.filter((file) => wasBegunBefore(file, after));
      const files: VerifiedAuditFile[] = [];
      let left = verifiedBytes;
      for (const file of rest.slice(0, count)) {
        const { name, begunAt, size } = file;
        // A later page begins with it, unless it is too long for any page.
        if (size > left && size <= verifiedBytes) break;
        const verdict: FileVerdict =
          size > verifiedBytes ? { state: 'unchecked', records: 0 } : await verifyFile(file, keys());
        if (size <= verifiedBytes) left -= size;
        files.push({ name, begunAt, ...verdict });
      }
      return { files, fileCount: all.length, hasMore: files.length < rest.length };
    },
  };
};
