import { createHmac, type KeyObject } from 'node:crypto';
import { deriveKey } from '../shared/key-ring';

/** By what a member is found. */
export type MemberName =
  | { readonly openid: string }
  | { readonly userCardCode: string }
  /** Normalised. */
  | { readonly phoneNumber: string };

/** Keyed hashes in hexadecimal by which cards are found. Without the key, nobody can try out codes or phone numbers. */
export interface Names {
  card(brandId: string, cardId: string, userCardCode: string): string;
  code(brandId: string, userCardCode: string): string;
  openid(brandId: string, openid: string): string;
  phone(brandId: string, phoneNumber: string): string;
}

const nameBytes = 16;

/**
 * The key is derived from that of the global ids, because both must outlive a change of the encryption keys: a hash cannot be made
 * again without the phone number.
 */
export const createNames = (idsKey: KeyObject): Names => {
  const key = deriveKey(idsKey, 'directory names');
  const nameOf = (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest().subarray(0, nameBytes).toString('hex');
  return {
    card: (brandId, cardId, code) => nameOf('card', brandId, cardId, code),
    code: (brandId, code) => nameOf('code', brandId, code),
    openid: (brandId, openid) => nameOf('openid', brandId, openid),
    phone: (brandId, phone) => nameOf('phone', brandId, phone),
  };
};
