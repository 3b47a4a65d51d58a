import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const secretBytes = 32;
const idLetters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 12;
const form = /^wxm_([a-z0-9]{12})_([\w-]{43})$/;

/** An API key in clear, only while it is created or shown. */
export interface ApiKey {
  /** Identifies the key in the file, in lists and in the log. */
  readonly id: string;
  readonly text: string;
}

export const makeApiKey = (): ApiKey => {
  const id = Array.from({ length: idLength }, () => idLetters[randomInt(idLetters.length)]).join('');
  return { id, text: `wxm_${id}_${randomBytes(secretBytes).toString('base64url')}` };
};

/** The id in a text that has the form of an API key; `undefined` for other texts. */
export const idOfApiKey = (text: string): string | undefined => form.exec(text)?.[1];

/** SHA-256, hex. A slow hash is unnecessary, because the secret has 256 random bits. */
export const hashOfApiKey = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Compares in constant time, so that response times reveal nothing about the hash. */
export const matchesHash = (text: string, hash: string): boolean => {
  const given = Buffer.from(hashOfApiKey(text), 'hex');
  const known = Buffer.from(hash, 'hex');
  return given.length === known.length && timingSafeEqual(given, known);
};
