import type { Clock } from '../../shared/clock';
import { AppError, type ErrorCode, provesAbsence } from '../../shared/errors';
import type { CacheHit, CachePart, CacheRule, Call, Reply, Send, Wrapper } from '../calls/call';
import { createEntryMemory, type CacheEntry } from './cache-entry';
import { createInFlightCalls } from './in-flight';
import { cachePolicies, freshnessOf, type CachePolicy, type Freshness } from './policy';
import type { WriteEpochs, SubjectState } from './write-epochs';
import { createWriteThrough } from './write-through';
import { defined } from '../../shared/defined';

/** What the processes of a fleet share; absent where there is one. */
export interface SharedEntries {
  get(key: string): Promise<CacheEntry | undefined>;
  set(key: string, entry: CacheEntry, lifeMs: number): Promise<void>;
  /** Runs `fetch` in one process of the fleet at a time; the others wait for its entry and get `undefined`. */
  withLease(key: string, call: Call, fetch: () => Promise<Reply>): Promise<Reply | undefined>;
}

export interface CacheDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly writeEpochs: WriteEpochs;
  /** Bound of what this process holds, bytes. */
  readonly maxBytes: number;
  readonly policies?: Readonly<Record<CacheRule['kind'], CachePolicy>>;
  readonly shared?: SharedEntries;
}

/** A refresh behind an answer has this long, ms; nobody waits for it. */
const refreshTimeoutMs = 5_000;

/** What may be outdated by a write that we cannot know of is still served as it is while younger than this, ms. */
const unsureMs = 2_000;

/** Failures that an older answer may stand in for: the upstream could not be asked, or not be believed. */
const bridgedCodes: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_SIGNATURE_INVALID',
  'UPSTREAM_MALFORMED',
]);

/**
 * Answers reads from what is kept and lets writes through: order of lookup, freshness and what outdates what are stated
 * in src/README.md. Holds no view of a particular caller; whoever may not see an object must not get here.
 */
export const cache = (deps: CacheDeps): Wrapper => {
  const { clock, random, writeEpochs, shared, policies = cachePolicies } = deps;
  const memory = createEntryMemory(deps.maxBytes);
  const inFlight = createInFlightCalls();

  const keep = async (kind: CacheRule['kind'], key: string, entry: CacheEntry): Promise<void> => {
    await memory.set(key, entry);
    const { absentMs, staleMs } = policies[kind];
    // Before the call counts as answered: other processes look for it as soon as it does.
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

  /** Asks the upstream and keeps what it says, unless a write to the subject was open meanwhile. */
  const fetch = (rule: CacheRule, next: Send): Send => {
    return async (call) => {
      const state = await stateOf(rule, call);
      const { settled } = state;
      const epoch = Math.max(state.epoch, state.floor);
      const keepAnswer = (
        entry: Pick<CacheEntry, 'data' | 'bytes' | 'fetchedAt' | 'asOf' | 'absent'>,
      ): Promise<void> => keep(rule.kind, rule.key, { ...entry, epoch, jitter: random() });
      try {
        const reply = await next(call);
        if (settled) {
          await keepAnswer({ ...about(reply), data: reply.data, bytes: reply.bytes, absent: false });
          if (rule.parts !== undefined) await keepParts(rule.parts(reply.data), epoch, reply);
        }
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

  /** What this process holds of the key, unless a write has outdated it. */
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

  /** Whether this process would answer with this very entry, as fresh, without asking anybody. */
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

  /** The shared store first; where it has nothing, one process of the fleet asks and the others find its answer there. */
  const fetchForFleet = (rule: CacheRule, next: Send): Send => {
    const own = fetch(rule, next);
    // Who wants nothing kept has no use for another's answer.
    if (shared === undefined || rule.maxAgeMs === 0) return own;
    const others = async (call: Call): Promise<Reply | undefined> => {
      const state = await stateOf(rule, call);
      const found = await shared.get(rule.key);
      if (found === undefined || found.epoch < state.epoch) return undefined;
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
    const state = await stateOf(rule, call);
    const entry = await cached(rule, state);
    const freshness = entry === undefined ? 'expired' : freshnessUnder(entry, rule, state);

    if (call.cacheOnly === true) {
      if (entry === undefined || freshness === 'expired')
        throw new AppError('UPSTREAM_UNAVAILABLE', 'not kept, and not to be asked for');
      return serve(entry, freshness !== 'fresh');
    }

    // A flight that began before a write is not joined after it, nor one that may bring what is too old for this caller.
    const sharedKey = `${rule.key}@${state.epoch}<${rule.maxAgeMs ?? ''}`;
    const fetchShared = (caller: Call): Promise<Reply> =>
      inFlight.join(sharedKey, caller, fetchForFleet(rule, next));

    if (entry !== undefined && (freshness === 'fresh' || freshness === 'refresh')) {
      // Whoever keeps the hit must not keep the entry: its bytes count only as long as the cache holds it.
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
      if (fallback === undefined || fallbackFreshness === 'expired') throw error;
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

/** A hit that says nothing about the next one. */
const unrepeatableHit = ({ kind }: CacheRule, stale: boolean): CacheHit => ({
  kind,
  stale,
  isCurrent: () => false,
});

const about = ({ fetchedAt, asOf, requestId }: Reply) => ({
  fetchedAt,
  asOf,
  ...defined({ requestId }),
});

const serve = (entry: CacheEntry, stale: boolean): Reply => {
  if (entry.absent)
    throw new AppError('NOT_FOUND', 'kept: the upstream said there is no such object', {
      upstream: { status: 404, wechatCode: 'NOT_FOUND', verified: true },
    });
  // Written out: spreading the entry was measured at a third of all that a hit costs below the loader.
  const { data, bytes, fetchedAt, asOf, requestId } = entry;
  return requestId === undefined
    ? { data, bytes, fetchedAt, asOf, stale }
    : { data, bytes, fetchedAt, asOf, stale, requestId };
};

const isBridged = (error: unknown): boolean =>
  error instanceof AppError &&
  // A credential that WeChat Pay refuses, perhaps only for the machine's clock, outdates nothing that is kept.
  (bridgedCodes.has(error.code) || (error.code === 'MISCONFIGURED' && error.upstream !== undefined));
