import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Detects a response that already answered another request. */
export interface RepeatedAnswers {
  /** Remembers the response; true if the same signature answered another request before. */
  isOfAnother(signature: string, request: string): boolean;
}

/** Responses of the last ten seconds at a hundred a second. A late copy arrives with the connection's next request. */
const remembered = 1_000;

/**
 * Every response is signed with its own nonce, so a signature identifies one response. A proxy that writes a response twice
 * gives the second copy to the next request on the connection. Most responses name their object; a 204, a refusal, an empty
 * list and a token do not, and only this check catches them.
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
