import type { Clock } from '../../shared/clock';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { CacheHit, CachePart, CacheRule, Call, Reply, Send, Wrapper } from '../call';
import { createEntryMemory, type Entry } from './entry';
import { createFlights } from './flights';
import { cachePolicies, judge, type CachePolicy, type Verdict } from './policy';
import type { Register, SubjectState } from './register';
import { createWriteThrough } from './write-through';

/** What the processes of a fleet share; absent where there is one. */
export interface SharedEntries {
  get(key: string): Promise<Entry | undefined>;
  put(key: string, entry: Entry, lifeMs: number): Promise<void>;
  /** Runs `fetch` in one process of the fleet at a time; the others wait for its entry and get `undefined`. */
  once(key: string, call: Call, fetch: () => Promise<Reply>): Promise<Reply | undefined>;
}

export interface CacheParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly register: Register;
  /** Bound of what this process holds, bytes. */
  readonly mostBytes: number;
  readonly policies?: Readonly<Record<CacheRule['kind'], CachePolicy>>;
  readonly shared?: SharedEntries;
}

/** A refresh behind an answer has this long, ms; nobody waits for it. */
const refreshPatienceMs = 5_000;

/** What may be outdated by a write that we cannot know of is still served as it is while younger than this, ms. */
const unsureMs = 2_000;

/** Failures that an older answer may stand in for: the upstream could not be asked, or not be believed. */
const bridged: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_SIGNATURE_INVALID',
  'UPSTREAM_MALFORMED',
]);

/**
 * Answers reads from what is kept and lets writes through: order of lookup, freshness and what outdates what are stated
 * in src/README.md. Holds no view of a particular caller; whoever may not see an object must not get here.
 */
export const cache = (parts: CacheParts): Wrapper => {
  const { clock, random, register, shared, policies = cachePolicies } = parts;
  const memory = createEntryMemory(parts.mostBytes);
  const flights = createFlights();

  const keep = async (kind: CacheRule['kind'], key: string, entry: Entry): Promise<void> => {
    await memory.put(key, entry);
    const { absentMs, staleMs } = policies[kind];
    // Before the call counts as answered: other processes look for it as soon as it does.
    await shared?.put(key, entry, entry.absent ? absentMs : staleMs);
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
        entry: Pick<Entry, 'data' | 'bytes' | 'fetchedAt' | 'asOf' | 'absent'>,
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
  const held = async ({ key }: CacheRule, { epoch }: SubjectState): Promise<Entry | undefined> => {
    const entry = await memory.get(key);
    return entry !== undefined && entry.epoch >= epoch ? entry : undefined;
  };

  const verdictOn = (entry: Entry, { kind, maxAgeMs }: CacheRule, state: SubjectState): Verdict => {
    const ageMs = clock.now() - entry.asOf;
    const verdict = judge(policies[kind], { ...entry, ageMs }, maxAgeMs);
    const mayBeOutdated = !state.sure || entry.epoch < state.floor;
    if (!mayBeOutdated || ageMs <= unsureMs || verdict === 'expired') return verdict;
    if (entry.absent) return 'expired';
    return verdict === 'fresh' ? 'refresh' : verdict;
  };

  /** Whether this process would answer with this very entry, as fresh, without asking anybody. */
  const holds = (rule: CacheRule, entry: Entry): boolean => {
    const state = register.peek(rule.subject);
    return (
      state !== undefined &&
      entry.epoch >= state.epoch &&
      memory.peek(rule.key) === entry &&
      verdictOn(entry, rule, state) === 'fresh'
    );
  };

  const stateOf = (rule: CacheRule, { seen }: Call): Promise<SubjectState> =>
    register.read(rule.subject, seen?.get(rule.subject));

  /** The shared store first; where it has nothing, one process of the fleet asks and the others find its answer there. */
  const fetchForFleet = (rule: CacheRule, next: Send): Send => {
    const own = fetch(rule, next);
    // Who wants nothing kept has no use for another's answer.
    if (shared === undefined || rule.maxAgeMs === 0) return own;
    const others = async (call: Call): Promise<Reply | undefined> => {
      const state = await stateOf(rule, call);
      const found = await shared.get(rule.key);
      if (found === undefined || found.epoch < state.epoch) return undefined;
      await memory.put(rule.key, found);
      const verdict = verdictOn(found, rule, state);
      const isGood = verdict === 'fresh' || (verdict === 'refresh' && call.lane !== 'refresh');
      return isGood ? serve(found, verdict === 'refresh') : undefined;
    };
    return async (call) =>
      (await others(call)) ??
      (await shared.once(rule.key, call, async () => (await others(call)) ?? own(call))) ??
      (await others(call)) ??
      own(call);
  };

  const read = async (call: Call, rule: CacheRule, next: Send): Promise<Reply> => {
    const began = clock.now();
    const state = await stateOf(rule, call);
    const entry = await held(rule, state);
    const verdict = entry === undefined ? 'expired' : verdictOn(entry, rule, state);

    if (call.onlyHeld === true) {
      if (entry === undefined || verdict === 'expired')
        throw new AppError('UPSTREAM_UNAVAILABLE', 'not kept, and not to be asked for');
      return serve(entry, verdict !== 'fresh');
    }

    // A flight that began before a write is not joined after it, nor one that may bring what is too old for this caller.
    const flight = `${rule.key}@${state.epoch}<${rule.maxAgeMs ?? ''}`;
    const fly = (caller: Call): Promise<Reply> => flights.join(flight, caller, fetchForFleet(rule, next));

    if (entry !== undefined && (verdict === 'fresh' || verdict === 'refresh')) {
      // Whoever keeps the hit must not keep the entry: its bytes count only as long as the cache holds it.
      const weak = new WeakRef(entry);
      call.tally?.cacheHit(call.brandId, call.bucket, {
        kind: rule.kind,
        stale: verdict === 'refresh',
        holds: () => {
          const same = weak.deref();
          return same !== undefined && holds(rule, same);
        },
      });
      if (verdict === 'refresh') {
        const { tally: _, signal: __, ...background } = call;
        fly({ ...background, lane: 'refresh', deadline: clock.now() + refreshPatienceMs }).catch(
          () => undefined,
        );
      }
      return serve(entry, verdict === 'refresh');
    }
    try {
      const reply = await fly(call);
      if (reply.asOf < began) call.tally?.cacheHit(call.brandId, call.bucket, once(rule, reply.stale));
      else call.tally?.cacheMiss(call.brandId, call.bucket);
      return reply;
    } catch (error) {
      call.tally?.cacheMiss(call.brandId, call.bucket);
      const fallback = isBridged(error) ? await held(rule, state) : undefined;
      const last = fallback === undefined ? 'expired' : verdictOn(fallback, rule, state);
      if (fallback === undefined || last === 'expired') throw error;
      call.tally?.cacheHit(call.brandId, call.bucket, once(rule, last !== 'fresh'));
      return serve(fallback, last !== 'fresh');
    }
  };

  const write = createWriteThrough({ register, keepParts });

  return (next) => (call) => {
    if (call.cache !== undefined) return read(call, call.cache, next);
    if (call.writes !== undefined) return write(call, call.writes, next);
    return next(call);
  };
};

/** A hit that says nothing about the next one. */
const once = ({ kind }: CacheRule, stale: boolean): CacheHit => ({ kind, stale, holds: () => false });

const about = ({ fetchedAt, asOf, requestId }: Reply) => ({
  fetchedAt,
  asOf,
  ...(requestId === undefined ? {} : { requestId }),
});

const serve = (entry: Entry, stale: boolean): Reply => {
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

const provesAbsence = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'NOT_FOUND' && error.upstream?.verified === true;

const isBridged = (error: unknown): boolean =>
  error instanceof AppError &&
  // A credential that WeChat Pay refuses, perhaps only for the machine's clock, outdates nothing that is kept.
  (bridged.has(error.code) || (error.code === 'MISCONFIGURED' && error.upstream !== undefined));
