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
/** A stand-in takes five. */
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
 * The next RSA-2048 pair of this run: another one each time, until all have been used in this file. None of a stand-in's:
 * how many have been started before depends on the order of the tests, and a key of ours must not be WeChat Pay's.
 */
export const newPair = source(pems.slice(ofSandboxes));
/** The next one for a stand-in; those of one are all different. */
export const newSandboxPair = source(pems.slice(0, ofSandboxes));
