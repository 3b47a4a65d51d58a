import { createPublicKey, KeyObject } from 'node:crypto';

/** Our private key in another process, which uses it for us: the key never leaves its KMS. */
export interface RemoteKey {
  /** The public half, from our API certificate. */
  readonly publicKey: KeyObject;
  /**
   * SHA-256 with RSA PKCS #1 v1.5, base64. The signature is verified. Rejects with SIGNER_UNAVAILABLE, with MISCONFIGURED, or with
   * the reason of the signal.
   */
  sign(message: string, signal?: AbortSignal): Promise<string>;
  /**
   * RSAES-OAEP with SHA-1. Rejects with DECRYPTION_KEY_MISSING if the key does not fit or decrypts nothing, else with
   * SIGNER_UNAVAILABLE or MISCONFIGURED.
   */
  decrypt(ciphertext: Buffer): Promise<string>;
}

/** A private key, in this process or in another one. */
export type PrivateKey = KeyObject | RemoteKey;

export const isRemote = (key: PrivateKey): key is RemoteKey => !(key instanceof KeyObject);

/** A key as configured: the private key itself, or what names the process that has it. */
type EitherKey = KeyObject | { readonly publicKey: KeyObject };

/** Whether the two are one key pair, wherever its private half is. */
export const isSamePair = (a: EitherKey, b: EitherKey): boolean => {
  if (a instanceof KeyObject && b instanceof KeyObject) return a.equals(b);
  return publicHalf(a).equals(publicHalf(b));
};

const publicHalf = (key: EitherKey): KeyObject =>
  key instanceof KeyObject ? createPublicKey(key) : key.publicKey;
