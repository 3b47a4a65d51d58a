import { keepMostRecent } from '../../shared/most-recent';

/** Detects a response that was given before. */
export interface RepeatedAnswers {
  /** Remembers the response; true if the same signature came before, whichever request it answered. */
  isRepeated(signature: string): boolean;
}

/** Responses of the last ten seconds at a hundred a second. A late copy arrives with the connection's next request. */
const remembered = 1_000;

/**
 * Every response is signed with its own nonce, so a signature identifies one response. A proxy that writes a response twice
 * gives the second copy to the next request on the connection. Most responses name their object; a 204, a refusal, an empty
 * list and a token do not, and only this check catches them. It also catches the copy that a repeated request gets, which
 * shows the object as it was before.
 */
export const createRepeatedAnswers = (): RepeatedAnswers => {
  const signatures = keepMostRecent<true>(remembered);
  return {
    isRepeated(signature) {
      const known = signatures.has(signature);
      signatures.set(signature, true);
      return known;
    },
  };
};
