import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { createCipher } from '../shared/cipher';
import type { KeyRing } from '../shared/key-ring';
import { bulkPurpose } from './sealed-columns';

/**
 * Seals what people wrote before it goes into the database: values as JSON, large ones compressed, under the encryption keys. `context`
 * names the place, so that nothing sealed for one row opens in another.
 */
export interface Sealing {
  seal(context: string, value: unknown): string;
  /** `undefined` if the key is not configured any more. Otherwise it has the type that was sealed there. */
  open(context: string, sealed: string): unknown;
}

/** Characters of JSON from which on it is compressed. Of a row, compression saves nothing and costs more than all else that is done to it. */
const largeFrom = 1_024;
/** Begins what is not compressed; base64 never begins with it. */
const plainMark = '=';

const pack = (text: string): string =>
  text.length < largeFrom ? plainMark + text : deflateRawSync(text).toString('base64');

const unpack = (packed: string): string =>
  packed.startsWith(plainMark)
    ? packed.slice(plainMark.length)
    : inflateRawSync(Buffer.from(packed, 'base64')).toString('utf8');

export const createSealing = (keys: KeyRing): Sealing => {
  const cipher = createCipher(keys, bulkPurpose);
  return {
    seal: (context, value) => cipher.encrypt(context, pack(JSON.stringify(value))),
    open(context, sealed) {
      const packed = cipher.decrypt(context, sealed);
      return packed === undefined ? undefined : (JSON.parse(unpack(packed)) as unknown);
    },
  };
};
