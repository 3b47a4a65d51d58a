import type { ErrorCode } from '../../shared/errors';
import type { CacheRule } from '../calls/call';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long one kind of object may be served, by its age in milliseconds. */
export interface CachePolicy {
  /** Younger than this: served as fresh. */
  readonly freshMs: number;
  /** Younger than this: served as `stale` at once, while a refresh runs in the background. */
  readonly refreshMs: number;
  /** Younger than this: served as `stale` if the upstream fails or no slot is free in time. */
  readonly staleMs: number;
  /** How long a signed "not found" is served. */
  readonly absentMs: number;
}

/**
 * The upstream limit bounds freshness: at 5 calls a second, at most 5 × F cards stay fresh for F seconds. 10 minutes keep
 * 3 000 cards of a brand fresh. Our own writes take effect at once, whatever the age.
 */
export const cachePolicies: Readonly<Record<CacheRule['kind'], CachePolicy>> = {
  cardTemplate: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  cardTemplateList: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  userCard: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  userCardList: { freshMs: 10 * minute, refreshMs: hour, staleMs: 24 * hour, absentMs: 15 * second },
  // The remaining stock of an activity shrinks with every coupon sent, without a write of ours.
  membershipActivity: { freshMs: 30 * second, refreshMs: 5 * minute, staleMs: hour, absentMs: 15 * second },
  membershipActivityList: {
    freshMs: 30 * second,
    refreshMs: 5 * minute,
    staleMs: hour,
    absentMs: 15 * second,
  },
};

/** Lifetimes vary by this share in both directions, so that entries cached together do not expire together. */
const jitterShare = 0.1;

export type Freshness = 'fresh' | 'refresh' | 'fallback' | 'expired';

export interface Aged {
  readonly ageMs: number;
  readonly absent: boolean;
  /** 0 ≤ x < 1, drawn once when the entry was created. */
  readonly jitter: number;
}

/** What an entry may be used for. `maxAgeMs`, the caller's limit, replaces the policy's freshness and refresh. */
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

/** Failures for which an older entry may be served: the upstream was unreachable, overloaded or not trustworthy. */
export const bridgedCodes: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_BUSY',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_SIGNATURE_INVALID',
  'UPSTREAM_MALFORMED',
  'SIGNER_UNAVAILABLE',
]);
