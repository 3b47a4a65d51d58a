// The RSA pairs of the stand-ins, made once a run: a stand-in needs five, and each takes a tenth of a second to make.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import makePairs from '../../support/make-key-pairs.mjs';

/** Makes them; the processes that are started afterwards find them by the environment. */
export const makeKeyPairs = makePairs;

/** A `newPair` for a sandbox: another one each time, until all have been used in this process. */
export const madePairs = () => {
  const pems = JSON.parse(readFileSync(process.env.TEST_KEY_PAIRS, 'utf8'));
  let taken = 0;
  return () => {
    const { privateKey, publicKey } = pems[taken++ % pems.length];
    return Promise.resolve({
      privateKey: createPrivateKey(privateKey),
      publicKey: createPublicKey(publicKey),
    });
  };
};
