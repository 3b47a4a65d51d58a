import Keyv from 'keyv';
import { LRUCache } from 'lru-cache';
import { keepMostRecent } from '../../shared/most-recent';

/** One cached result. Immutable, because operations share it. */
export interface CacheEntry {
  /** Parsed JSON; `undefined` if `absent`. */
  readonly data: unknown;
  readonly bytes: number;
  /** See `Reply.fetchedAt`. */
  readonly fetchedAt: number;
  /** See `Reply.asOf`. Valid in this process only. */
  readonly asOf: number;
  /** The subject's write epoch under which it was read: see WriteEpochs. */
  readonly epoch: number;
  /** True for a signed "not found". */
  readonly absent: boolean;
  readonly jitter: number;
  readonly requestId?: string;
}

/** The entries of this process, bounded by bytes. */
export interface EntryMemory {
  get(key: string): Promise<CacheEntry | undefined>;
  /** Synchronous `get`. */
  peek(key: string): CacheEntry | undefined;
  /** Stores the entry unless a newer one is cached: replies may arrive in any order. */
  set(key: string, entry: CacheEntry): Promise<void>;
  /** Drops an entry that is older than this time, and takes none that is. */
  outdate(key: string, asOf: number): void;
  isOutdated(key: string, entry: CacheEntry): boolean;
}

/** Keys for which a newer reply was given and not kept: only those of the last seconds matter. */
const maxOutdated = 10_000;
/** Size of an entry apart from its data, bytes: key, numbers, the overhead of parsed objects. */
const overheadBytes = 512;
/** A parsed object takes about this many times the size of its JSON. */
const parsedFactor = 3;

/**
 * A Keyv over a bounded store, because Keyv's default store grows without bound. No time to live is set: Keyv deletes an
 * expired entry in two steps and could delete a newer one. The policy decides when an entry is too old.
 */
export const createEntryMemory = (maxBytes: number): EntryMemory => {
  const store = new LRUCache<string, { value: CacheEntry }>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }) => overheadBytes + value.bytes * parsedFactor,
  });
  const keyv = new Keyv<CacheEntry>({ store, useKeyPrefix: false });
  // Parsed objects are stored unserialised: nothing leaves the process here.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  const newest = keepMostRecent<number>(maxOutdated);
  const isOutdated = (key: string, { asOf }: CacheEntry): boolean => asOf < (newest.get(key) ?? -Infinity);
  return {
    isOutdated,
    outdate(key, asOf) {
      newest.set(key, asOf);
      const cached = store.get(key)?.value;
      if (cached !== undefined && isOutdated(key, cached)) store.delete(key);
    },
    get: (key) => keyv.get(key),
    peek: (key) => store.get(key)?.value,
    async set(key, entry) {
      if (isOutdated(key, entry)) return;
      const cached = await keyv.get(key);
      if (cached === undefined || !isNewer(cached, entry)) await keyv.set(key, entry);
    },
  };
};

const isNewer = (a: CacheEntry, b: CacheEntry): boolean =>
  a.epoch !== b.epoch ? a.epoch > b.epoch : a.asOf > b.asOf;
