import type { AuditIntent, AuditEvent } from './event';

/** A file and its verified records. */
export interface VerifiedFile {
  readonly path: string;
  readonly content: string;
  /** Number of good records from the start. */
  readonly good: number;
}

/** An intent to write for which no record shows the outcome. */
export interface UnfinishedIntent extends Omit<AuditIntent, 'kind' | 'at'> {
  readonly path: string;
  /** Line number, from 1. */
  readonly line: number;
  /** ISO 8601. */
  readonly at: string;
}

/** Intents without an outcome in any of the files. After a change of key or file, the outcome is in another file. */
export const unfinishedIntents = (files: readonly VerifiedFile[]): readonly UnfinishedIntent[] => {
  const intents: UnfinishedIntent[] = [];
  const finished = new Set<string>();
  for (const { path, content, good } of files)
    for (const [index, text] of content.split('\n', good).entries()) {
      // The seal is valid, so this software wrote the line.
      const { kind, ...record } = JSON.parse(text) as { readonly at: string } & Omit<AuditEvent, 'at'>;
      if (kind === 'INTENT')
        intents.push({ ...(record as Omit<UnfinishedIntent, 'path'>), path, line: index + 1 });
      else if (record.id !== undefined) finished.add(record.id);
    }
  return intents.filter(({ id }) => !finished.has(id));
};
