import type { SharedMasks } from '../graphql/access/masks';
import type { Cipher } from '../shared/cipher';
import type { Redis } from '../store/redis';
import { createSharedTexts } from '../store/shared-texts';
import { cachePolicies } from '../traffic/cache/policy';

/** Masks in the shared store, encrypted. They end with the cache entry of their card. */
export const createSharedMasks = (redis: Redis, cipher: Cipher): SharedMasks =>
  createSharedTexts({
    redis,
    cipher,
    keyOf: (key) => `mask:{${key}}`,
    lifeMs: cachePolicies.userCard.staleMs,
  });
