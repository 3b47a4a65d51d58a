import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

interface Pem {
  readonly privateKey: string;
  readonly publicKey: string;
}

const pems = JSON.parse(readFileSync(process.env.TEST_KEY_PAIRS ?? '', 'utf8')) as readonly Pem[];
let taken = 0;

/** The next RSA-2048 pair of this run: another one each time, until all have been used in this file. */
export const newPair = (): KeyPair => {
  const { privateKey, publicKey } = pems[taken % pems.length] as Pem;
  taken += 1;
  return { privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(publicKey) };
};
