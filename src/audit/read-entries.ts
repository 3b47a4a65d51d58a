import type { AuditFileEntry } from './audit-files';
import { isLater, mergedRecords, type PlacedRecord, type RecordPosition } from './merged-records';
import type { StoredEvent } from './stored-record';

/** An action: its outcome, or its intent if no outcome was recorded. */
export interface AuditLogEntry extends RecordPosition {
  readonly event: StoredEvent;
  /**
   * `MISSING`: it is under way, or its process was killed or could not write on. `NOT_SOUGHT`: too much was recorded after it to look
   * for its outcome.
   */
  readonly outcomeState: 'RECORDED' | 'MISSING' | 'NOT_SOUGHT';
}

export interface EntryQuery {
  readonly matches: (entry: Pick<AuditLogEntry, 'event' | 'outcomeState'>) => boolean;
  /** Not earlier than this, ms since the Unix epoch. Default: from the oldest record. */
  readonly from?: number | undefined;
  /** Earlier than this. Default: up to now. */
  readonly to?: number | undefined;
  /** Behind this record. */
  readonly after?: RecordPosition | undefined;
  /** At most so many entries. */
  readonly count: number;
}

export interface EntryPage {
  /** The newest first. */
  readonly entries: readonly AuditLogEntry[];
  /** The last record that was looked at; absent if there is none behind it. */
  readonly next?: RecordPosition;
  /** Complete lines that are no records. */
  readonly unreadableLines: number;
  /** Files whose rest could not be read. */
  readonly unreadableFiles: number;
}

/** How much one query may read. */
export interface ReadBounds {
  /** Bytes of records that may be entries of the page. The page ends behind the record at which they are used up. */
  readonly bytes: number;
  /** Bytes of later records, in which outcomes are sought. */
  readonly aheadBytes: number;
  /** The outcome of an intent is recorded within this time, ms: no write lasts nearly as long. */
  readonly aheadMs: number;
}

const defaultBounds: ReadBounds = { bytes: 16 * 1024 * 1024, aheadBytes: 8 * 1024 * 1024, aheadMs: 120_000 };

/** Looks for entries from the newest record backwards. Unreadable lines and files are counted, not hidden. */
export const readEntries = async (
  files: readonly AuditFileEntry[],
  { matches, from = 0, to = Infinity, after, count }: EntryQuery,
  { bytes, aheadBytes, aheadMs }: ReadBounds = defaultBounds,
): Promise<EntryPage> => {
  let [read, unreadableLines, unreadableFiles] = [0, 0, 0];
  const recordsFrom = (at: number): Records => {
    [read, unreadableLines, unreadableFiles] = [0, 0, 0];
    return mergedRecords(files, at, {
      onRead(length) {
        read += length;
      },
      onUnreadableLine() {
        unreadableLines += 1;
      },
      onUnreadableFile() {
        unreadableFiles += 1;
      },
    });
  };
  /** Entries are behind it. Records of the moment `to` are later than it, because every file has a name. */
  const until: RecordPosition = { at: to, file: '', sequence: 0 };
  const start = after !== undefined && isLater(until, after) ? after : until;

  let records = recordsFrom(start.at + aheadMs);
  /** Ids of actions whose outcome was seen. It is recorded after the intent, so it is met first. */
  const finished = new Set<string>();
  let isAheadRead = true;
  let step = await records.next();
  while (step.done !== true && !isLater(start, step.value)) {
    note(step.value, finished);
    if (isAheadRead && read > aheadBytes) {
      isAheadRead = false;
      records = recordsFrom(start.at);
    }
    step = await records.next();
  }

  read = 0;
  const entries: AuditLogEntry[] = [];
  let last: RecordPosition | undefined;
  while (step.done !== true && step.value.at >= from && entries.length < count && read <= bytes) {
    const record = step.value;
    const { at, file, sequence, event } = record;
    note(record, finished);
    last = { at, file, sequence };
    if (event.kind !== 'INTENT' || !finished.has(event.id ?? '')) {
      const isSought = isAheadRead || start.at - at > aheadMs;
      const missing = isSought ? 'MISSING' : 'NOT_SOUGHT';
      const outcomeState = event.kind === 'INTENT' ? missing : 'RECORDED';
      if (matches({ event, outcomeState })) entries.push({ ...last, event, outcomeState });
    }
    step = await records.next();
  }
  const isMore = step.done !== true && step.value.at >= from;
  return { entries, ...(isMore && last !== undefined && { next: last }), unreadableLines, unreadableFiles };
};

type Records = AsyncGenerator<PlacedRecord, void, void>;

const note = ({ event }: PlacedRecord, finished: Set<string>): void => {
  if (event.id !== undefined && event.kind !== 'INTENT') finished.add(event.id);
};
