import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring';

/** Encrypts and authenticates what leaves the process. A ciphertext is bound to its context and decrypts in no other. */
export interface Cipher {
  encrypt(context: string, plain: string): string;
  /** `undefined` if it was not encrypted by us in this context: an unknown key, a changed byte, another context. */
  decrypt(context: string, encrypted: string): string | undefined;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM. The first key encrypts; all keys decrypt, so that keys can be rotated. */
export const createCipher = (ring: KeyRing, purpose: string): Cipher => {
  const keys = ring.derive(purpose);
  return {
    encrypt(context, plain) {
      const { id, key } = keys.current();
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `${id}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64')}`;
    },
    decrypt(context, encrypted) {
      const dot = encrypted.indexOf('.');
      const key = keys.find(encrypted.slice(0, Math.max(0, dot)));
      const bytes = Buffer.from(encrypted.slice(dot + 1), 'base64');
      if (key === undefined || bytes.length < nonceBytes + tagBytes) return undefined;
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(-tagBytes));
        const body = bytes.subarray(nonceBytes, -tagBytes);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
};
