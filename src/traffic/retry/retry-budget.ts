import { keepMostRecent } from '../../shared/most-recent';

/**
 * Limits retries per bucket: a small reserve, refilled by responses. An upstream that answers every fourth call is retried
 * until it does; one that answers none gets few extra calls. The limiter bounds the total.
 */
export interface RetryBudget {
  /** Called when the bucket's upstream has answered. */
  earn(bucketId: string): void;
  /** False if the budget is used up. */
  spend(bucketId: string): boolean;
}

const retriesPerAnswer = 3;
const maxRetries = 20;
const maxBuckets = 50_000;

export const createRetryBudget = (): RetryBudget => {
  const tokens = keepMostRecent<number>(maxBuckets);
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
