import { LRUCache } from 'lru-cache';

/** Repeats are at most a tenth of the calls of a bucket, so that a failing upstream is not asked twice as often. */
export interface RetryBudget {
  earn(bucketId: string): void;
  /** False where the budget is used up. */
  spend(bucketId: string): boolean;
}

const share = 0.1;
const most = 10;
const mostBuckets = 50_000;

export const createRetryBudget = (): RetryBudget => {
  const tokens = new LRUCache<string, number>({ max: mostBuckets });
  const left = (bucketId: string): number => tokens.get(bucketId) ?? most;
  return {
    earn(bucketId) {
      tokens.set(bucketId, Math.min(most, left(bucketId) + share));
    },
    spend(bucketId) {
      if (left(bucketId) < 1) return false;
      tokens.set(bucketId, left(bucketId) - 1);
      return true;
    },
  };
};
