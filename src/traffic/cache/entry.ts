import { LRUCache } from 'lru-cache';

/** One kept answer. Immutable: it is shared between operations. */
export interface Entry {
  /** Parsed JSON; `undefined` with `absent`. */
  readonly data: unknown;
  readonly bytes: number;
  /** Clock time in ms. */
  readonly fetchedAt: number;
  /** The subject's epoch under which it was read: see Register. */
  readonly epoch: number;
  /** True for a signed "not found". */
  readonly absent: boolean;
  readonly jitter: number;
  readonly requestId?: string;
}

/** What this process holds, bounded by bytes. */
export interface EntryMemory {
  get(key: string): Entry | undefined;
  /** Keeps the entry unless a newer one is held: answers may come in any order. */
  put(key: string, entry: Entry): void;
  delete(key: string): void;
}

/** What an entry costs beside its data: key, numbers, the parsed form's overhead. */
const overheadBytes = 512;
/** A parsed object takes about this many times its JSON. */
const parsedFactor = 3;

export const createEntryMemory = (mostBytes: number): EntryMemory => {
  const entries = new LRUCache<string, Entry>({
    maxSize: mostBytes,
    sizeCalculation: ({ bytes }) => overheadBytes + bytes * parsedFactor,
  });
  return {
    get: (key) => entries.get(key),
    put(key, entry) {
      const held = entries.peek(key);
      if (held === undefined || !isNewer(held, entry)) entries.set(key, entry);
    },
    delete(key) {
      entries.delete(key);
    },
  };
};

export const isNewer = (a: Entry, b: Entry): boolean =>
  a.epoch !== b.epoch ? a.epoch > b.epoch : a.fetchedAt > b.fetchedAt;
