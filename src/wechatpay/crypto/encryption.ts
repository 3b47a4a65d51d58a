import { constants, createDecipheriv, publicEncrypt, webcrypto, type KeyObject } from 'node:crypto';
import { AppError } from '../../shared/errors';
import { isRemote, type PrivateKey } from './private-key';

/** RSAES-OAEP with SHA-1, as in every official sample (partner 4013059044, brand 4015407587). */
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' } as const;

/** Maximum input of RSA-2048 with OAEP-SHA-1, bytes of UTF-8. */
export const maxSealedBytes = 214;

/** Encrypts clear text to base64 for the holder of the private key. Throws BAD_USER_INPUT above `maxSealedBytes`. */
export const seal = (plain: string, key: KeyObject): string => {
  const bytes = Buffer.from(plain, 'utf8');
  if (bytes.length > maxSealedBytes)
    throw new AppError('BAD_USER_INPUT', `a personal field is longer than ${maxSealedBytes} bytes`);
  return publicEncrypt({ key, ...oaep }, bytes).toString('base64');
};

/**
 * Decrypts base64 ciphertext with the first key that fits: after a rotation, responses encrypted for the former certificate
 * may still be cached. Rejects with DECRYPTION_KEY_MISSING if none fits, also for what is no ciphertext. If a key in another process
 * could not be asked, rejects with its error, because that key may fit.
 *
 * Runs on libuv's threads by Web Crypto, because `privateDecrypt` exists as a synchronous function only: 100 values kept the
 * event loop busy for 28 ms instead of 5.
 */
export const unseal = async (sealed: string, keys: readonly PrivateKey[]): Promise<string> => {
  let failure: AppError | undefined;
  const bytes = Buffer.from(sealed, 'base64');
  for (const key of keys) {
    try {
      return await (isRemote(key) ? key.decrypt(bytes) : inTurn(() => decrypt(key, bytes)));
    } catch (error) {
      // Encrypted for another key; the next one may fit.
      if (isUnasked(error)) failure ??= error;
    }
  }
  throw (
    failure ??
    new AppError(
      'DECRYPTION_KEY_MISSING',
      'a personal field is sealed for a private key that is not configured',
    )
  );
};

/** Whether the key could not be asked, so that nobody knows whether it fits. */
export const isUnasked = (error: unknown): error is AppError =>
  error instanceof AppError && error.code !== 'DECRYPTION_KEY_MISSING';

const decrypt = async (key: KeyObject, bytes: Buffer): Promise<string> =>
  Buffer.from(await webcrypto.subtle.decrypt(webOaep, await imported(key), bytes)).toString('utf8');

const webOaep = { name: 'RSA-OAEP', hash: 'SHA-1' } as const;
const importedKeys = new WeakMap<KeyObject, Promise<webcrypto.CryptoKey>>();

/** The key for Web Crypto, which cannot be read out again. */
const imported = (key: KeyObject): Promise<webcrypto.CryptoKey> => {
  const known = importedKeys.get(key);
  if (known !== undefined) return known;
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const cryptoKey = webcrypto.subtle
    .importKey('pkcs8', der, webOaep, false, ['decrypt'])
    .finally(() => der.fill(0));
  importedKeys.set(key, cryptoKey);
  return cryptoKey;
};

/** Decryptions at a time. The process has four threads, which the audit log and signatures need too. */
const maxAtOnce = 2;
let underway = 0;
const waiting: (() => void)[] = [];

/** For the whole process, because all share its threads. */
const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (underway < maxAtOnce) underway += 1;
  else
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  try {
    return await work();
  } finally {
    // Passes the turn to the next waiter; ends it if there is none.
    const next = waiting.shift();
    if (next === undefined) underway -= 1;
    else next();
  }
};

/** The envelope of platform certificates and notifications. */
export interface AeadEnvelope {
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associatedData: string;
}

const tagBytes = 16;

/** Decrypts AEAD_AES_256_GCM with the APIv3 or brand API key (partner 4012071382). Throws MISCONFIGURED if the tag is wrong. */
export const openEnvelope = ({ ciphertext, nonce, associatedData }: AeadEnvelope, key: KeyObject): string => {
  const bytes = Buffer.from(ciphertext, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'utf8'), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(associatedData, 'utf8'));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new AppError('MISCONFIGURED', 'an encrypted envelope does not open under the configured API key', {
      cause,
    });
  }
};
