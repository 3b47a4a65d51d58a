import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Tells an answer that was given to another request before. */
export interface RepeatedAnswers {
  /** Remembers the answer; true where the same signature came as the answer to another request. */
  isOfAnother(signature: string, request: string): boolean;
}

/** At a hundred answers a second, those of the last ten seconds. What is late arrives with the connection's next request. */
const remembered = 1_000;

/**
 * Every answer is signed over a nonce of its own, so one signature stands on one answer. A proxy that writes an answer twice
 * gives the second copy to the next request on the connection. Most answers name what they are about; a 204, a refusal, an
 * empty list and a token do not, and are known by this alone.
 */
export const createRepeatedAnswers = (): RepeatedAnswers => {
  const requests = new LRUCache<string, string>({ max: remembered });
  return {
    isOfAnother(signature, request) {
      const digest = hash('sha256', request, 'base64');
      const known = requests.get(signature);
      if (known === undefined) requests.set(signature, digest);
      return known !== undefined && known !== digest;
    },
  };
};
