import { createHash } from 'node:crypto';

/** An encrypted phone number. The object is part of a cached card, so it lives as long as the card's cache entry. */
export interface SealedPhone {
  readonly sealed: string;
}

/** Masks that the processes of a fleet share. Every failure counts as a miss. */
export interface SharedMasks {
  get(key: string): Promise<string | undefined>;
  set(key: string, mask: string): Promise<void>;
}

/** Masks of phone numbers that were decrypted before. The mask of a ciphertext never changes. */
export interface Masks {
  get(brandId: string, phone: SealedPhone): Promise<string | undefined>;
  set(brandId: string, phone: SealedPhone, mask: string): void;
}

/**
 * Caches the mask, never the clear number, with the encrypted number of a cached card: in this process until the card's entry
 * is dropped, and in the shared store if there is one. WeChat Pay encrypts each response anew, so the ciphertext identifies the
 * response, and its hash reveals nothing about the number.
 */
export const createMasks = (shared?: SharedMasks): Masks => {
  const own = new WeakMap<SealedPhone, string>();
  return {
    async get(brandId, phone) {
      const known = own.get(phone);
      if (known !== undefined || shared === undefined) return known;
      const mask = await shared.get(keyOf(brandId, phone));
      if (mask !== undefined) own.set(phone, mask);
      return mask;
    },
    set(brandId, phone, mask) {
      own.set(phone, mask);
      // Not awaited: the response does not depend on it.
      void shared?.set(keyOf(brandId, phone), mask);
    },
  };
};

const keyOf = (brandId: string, { sealed }: SealedPhone): string =>
  createHash('sha256').update(`${brandId} ${sealed}`).digest('base64url');
