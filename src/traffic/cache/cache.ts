import type { Clock } from '../../shared/clock';
import { AppError, provesAbsence } from '../../shared/errors';
import type { CachePart, CacheRule, Call, Reply, Send, Wrapper } from '../calls/call';
import { createEntryMemory, type CacheEntry } from './cache-entry';
import { createDeferredReads } from './deferred-reads';
import { createInFlightCalls } from './in-flight';
import { sendOrLate } from './late-reply';
import { cachePolicies, freshnessOf, type CachePolicy, type Freshness } from './policy';
import { about, isBridged, serve, unrepeatableHit } from './served';
import type { WriteEpochs, SubjectState } from './write-epochs';
import { createWriteThrough } from './write-through';

/** Entries shared by the processes of a fleet; absent for a single process. */
export interface SharedEntries {
  get(key: string): Promise<CacheEntry | undefined>;
  set(key: string, entry: CacheEntry, lifeMs: number): Promise<void>;
  /** Runs `fetch` in one process of the fleet at a time. The others wait for its entry and get `undefined`. */
  withLease(key: string, call: Call, fetch: () => Promise<Reply>): Promise<Reply | undefined>;
}

export interface CacheDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly writeEpochs: WriteEpochs;
  /** Size limit of this process's cache, bytes. */
  readonly maxBytes: number;
  readonly policies?: Readonly<Record<CacheRule['kind'], CachePolicy>>;
  readonly shared?: SharedEntries;
}

/** Deadline of a background refresh, ms. */
const refreshTimeoutMs = 5_000;
/** While the write state is uncertain, entries younger than this still count as fresh, ms. */
const unsureMs = 2_000;

/**
 * Serves reads from the cache and invalidates it on writes. src/README.md describes lookup order, freshness and
 * invalidation. The cache does not check permissions: callers must be authorised before they get here.
 */
export const cache = (deps: CacheDeps): Wrapper => {
  const { clock, random, writeEpochs, shared, policies = cachePolicies } = deps;
  const memory = createEntryMemory(deps.maxBytes);
  const inFlight = createInFlightCalls();
  const deferred = createDeferredReads(clock);

  const keep = async (kind: CacheRule['kind'], key: string, entry: CacheEntry): Promise<void> => {
    await memory.set(key, entry);
    const { absentMs, staleMs } = policies[kind];
    // Awaited before the call ends: other processes look for the entry as soon as the lease is released.
    await shared?.set(key, entry, entry.absent ? absentMs : staleMs);
  };

  const keepParts = async (found: readonly CachePart[], epoch: number, reply: Reply): Promise<void> => {
    await Promise.all(
      found.map(({ kind, key, data }) =>
        keep(kind, key, {
          ...about(reply),
          data,
          bytes: JSON.stringify(data).length,
          epoch,
          absent: false,
          jitter: random(),
        }),
      ),
    );
  };

  /** Calls the upstream and caches the result, unless a write to the subject was open meanwhile. */
  const fetch = (rule: CacheRule, next: Send): Send => {
    return async (call) => {
      const state = await stateOf(rule, call);
      const { settled } = state;
      const epoch = Math.max(state.epoch, state.floor);
      const keepAnswer = (
        entry: Pick<CacheEntry, 'data' | 'bytes' | 'fetchedAt' | 'asOf' | 'absent'>,
      ): Promise<void> => keep(rule.kind, rule.key, { ...entry, epoch, jitter: random() });
      const keepReply = async (reply: Reply): Promise<void> => {
        // Whoever got this reply must not get an older entry afterwards.
        if (!settled) memory.outdate(rule.key, reply.asOf);
        if (settled) {
          await keepAnswer({ ...about(reply), data: reply.data, bytes: reply.bytes, absent: false });
          if (rule.parts !== undefined) await keepParts(rule.parts(reply.data), epoch, reply);
        }
      };
      try {
        // A reply that comes after the call's deadline makes the caller's next try free.
        const reply = await sendOrLate(next, call, (late) => void keepReply(late).catch(() => undefined));
        await keepReply(reply);
        return reply;
      } catch (error) {
        if (settled && provesAbsence(error))
          await keepAnswer({
            data: undefined,
            bytes: 0,
            fetchedAt: clock.wallNow(),
            asOf: clock.now(),
            absent: true,
          });
        throw error;
      }
    };
  };

  /** This process's entry for the key, unless a write has invalidated it. */
  const cached = async ({ key }: CacheRule, { epoch }: SubjectState): Promise<CacheEntry | undefined> => {
    const entry = await memory.get(key);
    return entry !== undefined && entry.epoch >= epoch ? entry : undefined;
  };

  const freshnessUnder = (
    entry: CacheEntry,
    { kind, maxAgeMs }: CacheRule,
    state: SubjectState,
  ): Freshness => {
    const ageMs = clock.now() - entry.asOf;
    const freshness = freshnessOf(policies[kind], { ...entry, ageMs }, maxAgeMs);
    const mayBeOutdated = !state.sure || entry.epoch < state.floor;
    if (!mayBeOutdated || ageMs <= unsureMs || freshness === 'expired') return freshness;
    if (entry.absent) return 'expired';
    return freshness === 'fresh' ? 'refresh' : freshness;
  };

  /** Whether this process would still serve this very entry, as fresh, without any I/O. */
  const isCurrent = (rule: CacheRule, entry: CacheEntry): boolean => {
    const state = writeEpochs.peek(rule.subject);
    return (
      state !== undefined &&
      entry.epoch >= state.epoch &&
      memory.peek(rule.key) === entry &&
      freshnessUnder(entry, rule, state) === 'fresh'
    );
  };

  const stateOf = (rule: CacheRule, { seen }: Call): Promise<SubjectState> =>
    writeEpochs.read(rule.subject, seen?.get(rule.subject));

  /** Tries the shared store first. On a miss, one process of the fleet calls the upstream and the others read its entry. */
  const fetchForFleet = (rule: CacheRule, next: Send): Send => {
    const own = fetch(rule, next);
    // maxAgeMs 0 asks for the upstream's current state, so another process's entry is of no use.
    if (shared === undefined || rule.maxAgeMs === 0) return own;
    const others = async (call: Call): Promise<Reply | undefined> => {
      const state = await stateOf(rule, call);
      const found = await shared.get(rule.key);
      if (found === undefined || found.epoch < state.epoch || memory.isOutdated(rule.key, found))
        return undefined;
      await memory.set(rule.key, found);
      const freshness = freshnessUnder(found, rule, state);
      const isGood = freshness === 'fresh' || (freshness === 'refresh' && call.lane !== 'refresh');
      return isGood ? serve(found, freshness === 'refresh') : undefined;
    };
    return async (call) =>
      (await others(call)) ??
      (await shared.withLease(rule.key, call, async () => (await others(call)) ?? own(call))) ??
      (await others(call)) ??
      own(call);
  };

  const read = async (call: Call, rule: CacheRule, next: Send): Promise<Reply> => {
    const began = clock.now();
    await deferred.take(call, rule);
    const state = await stateOf(rule, call);
    const entry = await cached(rule, state);
    const freshness = entry === undefined ? 'expired' : freshnessUnder(entry, rule, state);
    if (call.cacheOnly === true) {
      if (entry === undefined || freshness === 'expired')
        throw new AppError('UPSTREAM_UNAVAILABLE', 'not cached, and the caller asked for the cache only');
      return serve(entry, freshness !== 'fresh');
    }

    // A call that began before a write must not serve a read after it, nor one whose result may be too old for this caller.
    const sharedKey = `${rule.key}@${state.epoch}<${rule.maxAgeMs ?? ''}`;
    const fetchShared = (caller: Call): Promise<Reply> =>
      inFlight.join(sharedKey, caller, fetchForFleet(rule, next));

    if (entry !== undefined && (freshness === 'fresh' || freshness === 'refresh')) {
      // A WeakRef: a reference to the hit must not keep the entry alive, because the cache's size limit would not count it.
      const weak = new WeakRef(entry);
      call.stats?.cacheHit(call.brandId, call.bucket, {
        kind: rule.kind,
        stale: freshness === 'refresh',
        isCurrent: () => {
          const same = weak.deref();
          return same !== undefined && isCurrent(rule, same);
        },
      });
      if (freshness === 'refresh') {
        const { stats: _, signal: __, ...background } = call;
        fetchShared({ ...background, lane: 'refresh', deadline: clock.now() + refreshTimeoutMs }).catch(
          () => undefined,
        );
      }
      return serve(entry, freshness === 'refresh');
    }
    try {
      const reply = await fetchShared(call);
      if (reply.asOf < began)
        call.stats?.cacheHit(call.brandId, call.bucket, unrepeatableHit(rule, reply.stale));
      else call.stats?.cacheMiss(call.brandId, call.bucket);
      return reply;
    } catch (error) {
      call.stats?.cacheMiss(call.brandId, call.bucket);
      const fallback = isBridged(error) ? await cached(rule, state) : undefined;
      const fallbackFreshness = fallback === undefined ? 'expired' : freshnessUnder(fallback, rule, state);
      if (fallback === undefined || fallbackFreshness === 'expired')
        throw deferred.defer(error, { call, rule, read: (later) => read(later, rule, next) });
      call.stats?.cacheHit(call.brandId, call.bucket, unrepeatableHit(rule, fallbackFreshness !== 'fresh'));
      return serve(fallback, fallbackFreshness !== 'fresh');
    }
  };

  const write = createWriteThrough({ writeEpochs, keepParts });

  return (next) => (call) => {
    if (call.cache !== undefined) return read(call, call.cache, next);
    if (call.writes !== undefined) return write(call, call.writes, next);
    return next(call);
  };
};
