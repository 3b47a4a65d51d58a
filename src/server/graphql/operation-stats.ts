import type { Bucket, CacheHit, CallStats } from '../../traffic/calls/call';

/** Costs of one operation, as returned in `extensions`. */
export interface OperationStats extends CallStats {
  /** Records the calls the operation could make to the bucket, as counted before it ran. */
  planned(brandId: string, bucket: Bucket, calls: number): void;
  /** Subjects that the operation wrote, with their write epochs. */
  readonly written: ReadonlyMap<string, number>;
  toExtensions(status: ThrottleStatusOf): OperationExtensions;
  /** Totals across all buckets: calls sent, and lookups served from the cache. */
  sums(): { readonly upstreamCalls: number; readonly cachedCalls: number };
  /** WeChat Pay's Request-IDs, in the order of the responses. */
  requestIds(): readonly string[];
  /** Called if the response shows values that change from one moment to the next. */
  varies(): void;
  /** The cached objects that the response consists of; `undefined` if it contains anything else. */
  cachedObjects(): readonly CacheHit[] | undefined;
}

export type ThrottleStatusOf = (bucket: Bucket) => {
  readonly available: number;
  readonly queueDepth: number;
};

export interface OperationExtensions {
  /** One entry per bucket that the operation could have used; none for a member, whom the brand's budget does not concern. */
  readonly throttle: readonly ThrottleReport[];
  /** Lookups: served fresh from the cache, served stale from it, and sent upstream. */
  readonly cache: { readonly hits: number; readonly stale: number; readonly misses: number };
}

interface ThrottleReport {
  readonly brandId: string;
  readonly interface: string;
  readonly limitPerSecond: number;
  readonly available: number;
  readonly restoreRate: number;
  /** Calls it could make with an empty cache, as counted before it ran. */
  readonly plannedCalls: number;
  readonly cachedCalls: number;
  readonly actualCalls: number;
  readonly waitedMs: number;
  readonly queueDepth: number;
  /** Ms; 0 if nothing was refused. */
  readonly retryAfterMs: number;
}

interface BucketCount {
  readonly brandId: string;
  readonly bucket: Bucket;
  planned: number;
  cached: number;
  sent: number;
  waitedMs: number;
  retryAfterMs: number;
}

export interface OperationStatsOptions {
  /** Whether `extensions` tell how much of the brands' call budgets is used. Default: true. */
  readonly showsBuckets?: boolean;
}

export const createOperationStats = ({ showsBuckets = true }: OperationStatsOptions = {}): OperationStats => {
  const counts = new Map<string, BucketCount>();
  const written = new Map<string, number>();
  const cache = { hits: 0, stale: 0, misses: 0 };
  const requestIds: string[] = [];
  const cachedHits: CacheHit[] = [];
  let varies = false;
  const countOf = (brandId: string, bucket: Bucket): BucketCount => {
    const key = `${brandId} ${bucket.id}`;
    const known = counts.get(key);
    if (known !== undefined) return known;
    const fresh = { brandId, bucket, planned: 0, cached: 0, sent: 0, waitedMs: 0, retryAfterMs: 0 };
    counts.set(key, fresh);
    return fresh;
  };
  return {
    planned(brandId, bucket, calls) {
      countOf(brandId, bucket).planned += calls;
    },
    cacheHit(brandId, bucket, hit) {
      countOf(brandId, bucket).cached += 1;
      if (hit.stale) cache.stale += 1;
      else cache.hits += 1;
      cachedHits.push(hit);
    },
    cacheMiss(brandId, bucket) {
      countOf(brandId, bucket);
      cache.misses += 1;
    },
    sent(brandId, bucket, waitedMs) {
      const count = countOf(brandId, bucket);
      count.sent += 1;
      count.waitedMs = Math.max(count.waitedMs, Math.round(waitedMs));
    },
    refused(brandId, bucket, retryAfterMs) {
      const count = countOf(brandId, bucket);
      count.retryAfterMs = Math.max(count.retryAfterMs, retryAfterMs);
    },
    answered(requestId) {
      requestIds.push(requestId);
    },
    requestIds: () => requestIds,
    wrote(subject, epoch) {
      written.set(subject, epoch);
    },
    written,
    varies() {
      varies = true;
    },
    cachedObjects() {
      return varies || cache.misses > 0 || cachedHits.length === 0 ? undefined : cachedHits;
    },
    sums() {
      let upstreamCalls = 0;
      for (const { sent } of counts.values()) upstreamCalls += sent;
      return { upstreamCalls, cachedCalls: cache.hits + cache.stale };
    },
    toExtensions: (status) => ({
      throttle: (showsBuckets ? [...counts.values()] : []).map(
        ({ brandId, bucket, planned, cached, sent, waitedMs, retryAfterMs }) => ({
          brandId,
          interface: bucket.id.slice(bucket.id.lastIndexOf('/') + 1),
          limitPerSecond: bucket.callsPerSecond,
          restoreRate: bucket.callsPerSecond,
          plannedCalls: planned,
          cachedCalls: cached,
          actualCalls: sent,
          waitedMs,
          retryAfterMs,
          ...only(status(bucket)),
        }),
      ),
      cache,
    }),
  };
};

const only = ({ available, queueDepth }: ReturnType<ThrottleStatusOf>) => ({ available, queueDepth });
