import { LRUCache } from 'lru-cache';
import type { Cipher } from '../shared/cipher';
import type { Redis } from './redis';

/** Short texts that the processes of a fleet share, or that only this process has. Losing them loses no data. */
export interface Notes {
  /** `undefined` if there is none, or if the store is unavailable. Never rejects. */
  get(name: string): Promise<string | undefined>;
  /** Stores a text for seven days, in this process as long as there is room. Never rejects. */
  set(name: string, text: string): Promise<void>;
}

export interface NotesDeps {
  /** Default: in this process only. */
  readonly shared?: { readonly redis: Redis; readonly cipher: Cipher };
}

const lifeMs = 7 * 24 * 3_600_000;
/** About 5 MB. */
const maxNotes = 20_000;

export const createNotes = ({ shared }: NotesDeps = {}): Notes => {
  const own = new LRUCache<string, string>({ max: maxNotes });
  const keyOf = (name: string): string => `wxm:note:${name}`;
  return {
    async get(name) {
      const known = own.get(name);
      if (known !== undefined || shared === undefined) return known;
      const { redis, cipher } = shared;
      const sealed = await redis.ask((client) => client.get(keyOf(name))).catch(() => null);
      return sealed === null ? undefined : cipher.decrypt(name, sealed);
    },
    async set(name, text) {
      // Cards are read again and again; the store needs each note once.
      if (own.get(name) === text) return;
      own.set(name, text);
      if (shared === undefined) return;
      const { redis, cipher } = shared;
      const expiration = { type: 'PX', value: lifeMs } as const;
      await redis
        .ask((client) => client.set(keyOf(name), cipher.encrypt(name, text), { expiration }))
        .catch(() => undefined);
    },
  };
};
