import { LRUCache } from 'lru-cache';

/** Tells an answer that was given before. */
export interface RepeatedAnswers {
  /** Remembers the answer; true if the same signature came before, whichever request it answered. */
  isRepeated(signature: string): boolean;
}

/** At a hundred answers a second, those of the last ten seconds. What is late arrives with the connection's next request. */
const remembered = 1_000;

/**
 * Every answer is signed over a nonce of its own, so one signature stands on one answer. A proxy that writes an answer twice
 * gives the second copy to the next request on the connection. Most answers name what they are about; a 204, a refusal, an
 * empty list and a token do not, and are known by this alone. So is the copy that the same request gets when it is sent
 * again: it shows the object as it was before.
 */
export const createRepeatedAnswers = (): RepeatedAnswers => {
  const signatures = new LRUCache<string, true>({ max: remembered });
  return {
    isRepeated(signature) {
      const known = signatures.has(signature);
      signatures.set(signature, true);
      return known;
    },
  };
};
