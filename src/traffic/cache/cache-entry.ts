import Keyv from 'keyv';
import { LRUCache } from 'lru-cache';

/** One kept answer. Immutable: it is shared between operations. */
export interface CacheEntry {
  /** Parsed JSON; `undefined` with `absent`. */
  readonly data: unknown;
  readonly bytes: number;
  /** See Reply. */
  readonly fetchedAt: number;
  /** See Reply; another process's value means nothing here. */
  readonly asOf: number;
  /** The subject's epoch under which it was read: see WriteEpochs. */
  readonly epoch: number;
  /** True for a signed "not found". */
  readonly absent: boolean;
  readonly jitter: number;
  readonly requestId?: string;
}

/** What this process holds, bounded by bytes. */
export interface EntryMemory {
  get(key: string): Promise<CacheEntry | undefined>;
  /** The same at once. */
  peek(key: string): CacheEntry | undefined;
  /** Keeps the entry unless a newer one is held: answers may come in any order. */
  set(key: string, entry: CacheEntry): Promise<void>;
}

/** What an entry costs beside its data: key, numbers, the parsed form's overhead. */
const overheadBytes = 512;
/** A parsed object takes about this many times its JSON. */
const parsedFactor = 3;

/**
 * A Keyv over a bounded store; its default one grows without bound. Without a time to live: Keyv's own expiry reads and
 * deletes in two steps, which can delete a newer entry, and how old is too old is the policy's to say.
 */
export const createEntryMemory = (maxBytes: number): EntryMemory => {
  const store = new LRUCache<string, { value: CacheEntry }>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => overheadBytes + value.bytes * parsedFactor,
  });
  const keyv = new Keyv<CacheEntry>({ store, useKeyPrefix: false });
  // Parsed objects are kept as they are: nothing leaves the process here.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return {
    get: (key) => keyv.get(key),
    peek: (key) => store.get(key)?.value,
    async set(key, entry) {
      const cached = await keyv.get(key);
      if (cached === undefined || !isNewer(cached, entry)) await keyv.set(key, entry);
    },
  };
};

const isNewer = (a: CacheEntry, b: CacheEntry): boolean =>
  a.epoch !== b.epoch ? a.epoch > b.epoch : a.asOf > b.asOf;
