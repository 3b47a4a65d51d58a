import type { Cipher } from '../shared/cipher';
import type { Redis } from './redis';

/** Short texts that the processes of a fleet share, encrypted under their name. Losing them loses no data. */
export interface SharedTexts {
  /** `undefined` if there is none, if it cannot be decrypted, or if the store is unavailable. Never rejects. */
  get(name: string): Promise<string | undefined>;
  /** Stores a text for the life of these texts. Never rejects. */
  set(name: string, text: string): Promise<void>;
}

export interface SharedTextsDeps {
  readonly redis: Redis;
  readonly cipher: Cipher;
  /** The text's key in the store, without the prefix. */
  readonly keyOf: (name: string) => string;
  /** How long a text is kept, ms. */
  readonly lifeMs: number;
}

export const createSharedTexts = ({ redis, cipher, keyOf, lifeMs }: SharedTextsDeps): SharedTexts => ({
  async get(name) {
    const encrypted = await redis.ask((store) => store.get(redis.key(keyOf(name)))).catch(() => null);
    return encrypted === null ? undefined : cipher.decrypt(name, encrypted);
  },
  async set(name, text) {
    const expiration = { type: 'PX', value: lifeMs } as const;
    await redis
      .ask((store) => store.set(redis.key(keyOf(name)), cipher.encrypt(name, text), { expiration }))
      .catch(() => undefined);
  },
});
