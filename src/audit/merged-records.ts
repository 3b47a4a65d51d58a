import type { AuditFileEntry } from './audit-files';
import { endOfLines, linesBackwards, partsOf, searchLines } from './file-lines';
import { readRecord, type StoredEvent } from './stored-record';

/** The place of a record among all records of the directory. */
export interface RecordPosition {
  /** Ms since the Unix epoch. */
  readonly at: number;
  /** Name of its file. */
  readonly file: string;
  /** Its number in the file, from 1. */
  readonly sequence: number;
}

/** An intent or an outcome, and its place. */
export interface PlacedRecord extends RecordPosition {
  readonly event: StoredEvent;
}

/** Called while files are read. */
export interface ReadHooks {
  readonly onRead: (bytes: number) => void;
  /** A complete line that is no record. */
  readonly onUnreadableLine: () => void;
  /** The rest of a file cannot be read. */
  readonly onUnreadableFile: (error: unknown) => void;
}

/** Whether a record comes later than another one. Records of one moment are ordered by file and number. */
export const isLater = (one: RecordPosition, other: RecordPosition): boolean => {
  if (one.at !== other.at) return one.at > other.at;
  if (one.file !== other.file) return one.file > other.file;
  return one.sequence > other.sequence;
};

/**
 * The intents and outcomes of all files, the newest first, from the first one that is not later than `startAt`. A file is read only when its records
 * can be the next ones, and only as far as they are asked for. The order is that of the machines' clocks.
 */
export async function* mergedRecords(
  files: readonly AuditFileEntry[],
  startAt: number,
  hooks: ReadHooks,
): AsyncGenerator<PlacedRecord, void, void> {
  const waiting = files.filter(({ begunAt }) => begunAt <= startAt).sort((a, b) => b.endedAt - a.endedAt);
  const reading = new Map<AsyncGenerator<PlacedRecord, void, void>, PlacedRecord>();
  const advance = async (records: AsyncGenerator<PlacedRecord, void, void>): Promise<void> => {
    const next = await records.next();
    if (next.done === true) reading.delete(records);
    else reading.set(records, next.value);
  };
  for (;;) {
    let newest = newestOf(reading);
    while (waiting[0] !== undefined && (newest === undefined || waiting[0].endedAt >= newest[1].at)) {
      await advance(recordsOf(waiting[0], startAt, hooks));
      waiting.shift();
      newest = newestOf(reading);
    }
    if (newest === undefined) return;
    yield newest[1];
    await advance(newest[0]);
  }
}

const newestOf = <T>(reading: ReadonlyMap<T, PlacedRecord>): readonly [T, PlacedRecord] | undefined => {
  let newest: readonly [T, PlacedRecord] | undefined;
  for (const entry of reading) if (newest === undefined || isLater(entry[1], newest[1])) newest = entry;
  return newest;
};

async function* recordsOf(
  { name, path, size }: AuditFileEntry,
  startAt: number,
  { onRead, onUnreadableLine, onUnreadableFile }: ReadHooks,
): AsyncGenerator<PlacedRecord, void, void> {
  const readPart = partsOf(path);
  const read: typeof readPart = (from, length) => {
    onRead(length);
    return readPart(from, length);
  };
  try {
    const end = await endOfLines(read, size);
    const start = await searchLines(read, end, (line) => {
      const record = readRecord(line);
      return record && record.at > startAt;
    });
    for await (const line of linesBackwards(read, start)) {
      const record = readRecord(line);
      if (record === undefined) onUnreadableLine();
      else if (record.event !== undefined && record.at <= startAt)
        yield { at: record.at, sequence: record.sequence, event: record.event, file: name };
    }
  } catch (error) {
    onUnreadableFile(error);
  }
}
