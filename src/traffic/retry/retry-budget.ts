import { LRUCache } from 'lru-cache';

/**
 * Repeats beyond a small reserve are paid for by answers: an upstream that answers every fourth call is asked until it does,
 * one that answers none is hardly asked more often than without repeats. What it bears in all is the limiter's to say.
 */
export interface RetryBudget {
  /** The bucket's upstream has answered. */
  earn(bucketId: string): void;
  /** False where the budget is used up. */
  spend(bucketId: string): boolean;
}

const retriesPerAnswer = 3;
const maxRetries = 20;
const maxBuckets = 50_000;

export const createRetryBudget = (): RetryBudget => {
  const tokens = new LRUCache<string, number>({ max: maxBuckets });
  const left = (bucketId: string): number => tokens.get(bucketId) ?? maxRetries;
  return {
    earn(bucketId) {
      tokens.set(bucketId, Math.min(maxRetries, left(bucketId) + retriesPerAnswer));
    },
    spend(bucketId) {
      if (left(bucketId) < 1) return false;
      tokens.set(bucketId, left(bucketId) - 1);
      return true;
    },
  };
};
