import type { CacheRule } from '../calls/call';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long one kind of answer is good for, in milliseconds of age. */
export interface CachePolicy {
  /** Younger than this it is served as it is. */
  readonly freshMs: number;
  /** Younger than this it is served as `stale` at once while a refresh runs behind it. */
  readonly refreshMs: number;
  /** Younger than this it is served as `stale` where the upstream fails or the budget is used up. */
  readonly staleMs: number;
  /** How long a signed "not found" is believed. */
  readonly absentMs: number;
}

/**
 * Freshness is bounded by the budget: at 5 calls a second, cards that stay fresh for F seconds can number 5 × F at most.
 * 10 minutes keep 3 000 cards of a brand fresh; our own writes go through at once whatever the age.
 */
export const cachePolicies: Readonly<Record<CacheRule['kind'], CachePolicy>> = {
  cardTemplate: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  cardTemplateList: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  userCard: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  userCardList: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  // What is left of an activity shrinks with every coupon, by nobody's write of ours.
  membershipActivity: { freshMs: 30 * second, refreshMs: 5 * minute, staleMs: hour, absentMs: 15 * second },
  membershipActivityList: {
    freshMs: 30 * second,
    refreshMs: 5 * minute,
    staleMs: hour,
    absentMs: 15 * second,
  },
};

/** Lives differ by this share in both directions, so that what was filled together does not run out together. */
const jitterShare = 0.1;

export type Freshness = 'fresh' | 'refresh' | 'fallback' | 'expired';

export interface Aged {
  readonly ageMs: number;
  readonly absent: boolean;
  /** 0 ≤ x < 1, drawn once when the entry was made. */
  readonly jitter: number;
}

/** What an entry may be used for; with `maxAgeMs` the caller's word replaces freshness and refreshing. */
export const freshnessOf = (
  policy: CachePolicy,
  { ageMs, absent, jitter }: Aged,
  maxAgeMs?: number,
): Freshness => {
  const freshMs = (absent ? policy.absentMs : policy.freshMs) * (1 - jitterShare + 2 * jitterShare * jitter);
  if (maxAgeMs !== undefined) {
    if (ageMs > maxAgeMs || maxAgeMs === 0) return 'expired';
    return ageMs <= (absent ? freshMs : policy.staleMs) ? 'fresh' : 'expired';
  }
  if (ageMs <= freshMs) return 'fresh';
  if (absent) return 'expired';
  if (ageMs <= policy.refreshMs) return 'refresh';
  return ageMs <= policy.staleMs ? 'fallback' : 'expired';
};
