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
/** A sandbox needs five. */
const ofSandboxes = 8;

const source = (own: readonly Pem[]): (() => KeyPair) => {
  let taken = 0;
  return () => {
    const { privateKey, publicKey } = own[taken % own.length] as Pem;
    taken += 1;
    return { privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(publicKey) };
  };
};

/**
 * The next RSA-2048 pair of this run. Pairs repeat only when all have been used in this file. None of them is a sandbox's: a
 * test key must not be WeChat Pay's, and the order of the tests decides which pairs a sandbox gets.
 */
export const newPair = source(pems.slice(ofSandboxes));
/** The next pair for a sandbox; all pairs of one sandbox are different. */
export const newSandboxPair = source(pems.slice(0, ofSandboxes));
