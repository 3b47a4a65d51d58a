import type { SharedMasks } from '../graphql/access/masks';
import type { Cipher } from '../shared/cipher';
import type { Redis } from '../store/redis';
import { cachePolicies } from '../traffic/cache/policy';

const nameOf = (key: string): string => `wxm:mask:{${key}}`;

/** Masks in the shared store, encrypted. They end with the cache entry of their card. */
export const createSharedMasks = (redis: Redis, cipher: Cipher): SharedMasks => ({
  async get(key) {
    try {
      const encrypted = await redis.ask((client) => client.get(nameOf(key)));
      return encrypted === null ? undefined : cipher.decrypt(key, encrypted);
    } catch {
      return undefined;
    }
  },
  async set(key, mask) {
    const expiration = { type: 'PX', value: cachePolicies.userCard.staleMs } as const;
    await redis
      .ask((client) => client.set(nameOf(key), cipher.encrypt(key, mask), { expiration }))
      .catch(() => undefined);
  },
});
