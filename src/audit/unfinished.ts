import type { AuditIntent, AuditEvent } from './event';

/** The records of a file that are as they were written. */
export interface VerifiedFile {
  readonly path: string;
  readonly content: string;
  /** How many records from the start are good. */
  readonly good: number;
}

/** A write that was about to be sent, and of which no record says what became of it. */
export interface UnfinishedIntent extends Omit<AuditIntent, 'kind' | 'at'> {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** ISO 8601. */
  readonly at: string;
}

/** Intents without an outcome in any of the files: an outcome is in another file if the key or the file changed meanwhile. */
export const unfinishedIntents = (files: readonly VerifiedFile[]): readonly UnfinishedIntent[] => {
  const intents: UnfinishedIntent[] = [];
  const finished = new Set<string>();
  for (const { path, content, good } of files)
    for (const [index, text] of content.split('\n', good).entries()) {
      // What is sealed was written by this software.
      const { kind, ...record } = JSON.parse(text) as { readonly at: string } & Omit<AuditEvent, 'at'>;
      if (kind === 'INTENT')
        intents.push({ ...(record as Omit<UnfinishedIntent, 'path'>), path, line: index + 1 });
      else if (record.id !== undefined) finished.add(record.id);
    }
  return intents.filter(({ id }) => !finished.has(id));
};
