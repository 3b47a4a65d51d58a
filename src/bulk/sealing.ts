import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { createCipher } from '../shared/cipher';
import type { KeyRing } from '../shared/key-ring';
import { bulkPurpose } from './sealed-columns';

/**
 * Seals what people wrote before it goes into the database: values as JSON, compressed, under the encryption keys. `context` names
 * the place, so that nothing sealed for one row opens in another.
 */
export interface Sealing {
  seal(context: string, value: unknown): string;
  /** `undefined` if the key is not configured any more. Otherwise it has the type that was sealed there. */
  open(context: string, sealed: string): unknown;
}

export const createSealing = (keys: KeyRing): Sealing => {
  const cipher = createCipher(keys, bulkPurpose);
  return {
    seal: (context, value) =>
      cipher.encrypt(context, deflateRawSync(JSON.stringify(value)).toString('base64')),
    open(context, sealed) {
      const packed = cipher.decrypt(context, sealed);
      if (packed === undefined) return undefined;
      return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString('utf8')) as unknown;
    },
  };
};
