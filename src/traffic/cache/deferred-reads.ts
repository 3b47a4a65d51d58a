import { sleep, type Clock } from '../../shared/clock';
import { AppError, provesAbsence } from '../../shared/errors';
import type { Bucket, CacheRule, Call, Reply } from '../calls/call';

/**
 * Reads that found no slot before their deadline go on in the background, so that asking again completes. They use slots that
 * other calls leave free, and fewer of them than the limit allows. Asking again never adds a call: a read that waits here is
 * handed over, and one that is under way is waited for.
 */
export interface DeferredReads {
  /**
   * Returns the error for the caller. If the call found no slot in time and is read later, `retryAfterMs` says when its result
   * is expected in the cache. The read is dropped when every caller that was refused has left before its response.
   */
  defer(error: unknown, read: DeferredRead): unknown;
  /**
   * Called before a read. If its caller waits for the response, a deferred read of the same object is dropped, because the
   * caller now makes it. Returns a promise if that read is under way: its result is then in the cache, or the caller reads for
   * itself. The promise never rejects.
   */
  take(call: Call, rule: CacheRule): Promise<void> | undefined;
}

export interface DeferredRead {
  readonly call: Call;
  readonly rule: CacheRule;
  readonly read: (call: Call) => Promise<Reply>;
}

interface Waiting extends DeferredRead {
  readonly key: string;
  /** Clock time in ms after which nobody is expected to ask again. */
  readonly until: number;
  /** Those who were refused and may still leave, with what stops listening to them. */
  readonly callers: Map<AbortSignal, () => void>;
  readonly end: AbortController;
  underWay: Promise<void> | undefined;
  /** A caller makes this read itself if this one fails. */
  taken: boolean;
}

/** The reads of one bucket. */
interface Queue {
  readonly reads: Set<Waiting>;
  readonly intervalMs: number;
  /** Clock time in ms of the next call, and the earliest that the share of the limit allows. */
  nextAt: number;
  notBefore: number;
  cancel: (() => void) | undefined;
}

/** Share of the limit that these reads use at most, so that a slot is free when an interactive call arrives. */
const limitShare = 0.7;
/** How much work of one bucket may wait, ms. */
const maxQueueMs = 30_000;
/** How many reads of one caller may wait: those of one list of keys. */
const maxPerCaller = 100;
/** A read that got no slot for this long is dropped, ms. */
const keepMs = 60_000;
/** Deadline of one such call, ms. */
const timeoutMs = 5_000;
/** How long an urgent read waits for one that is under way, ms. */
const maxJoinMs = 1_000;

export const createDeferredReads = (clock: Clock): DeferredReads => {
  const queues = new Map<string, Queue>();
  const reads = new Map<string, Waiting>();
  const perCaller = new Map<string, number>();

  const count = (caller: string, by: 1 | -1): void => {
    const next = (perCaller.get(caller) ?? 0) + by;
    if (next === 0) perCaller.delete(caller);
    else perCaller.set(caller, next);
  };

  const queueOf = ({ id, callsPerSecond }: Bucket, waitMs: number): Queue =>
    queues.get(id) ?? {
      reads: new Set(),
      intervalMs: Math.ceil(1_000 / (callsPerSecond * limitShare)),
      nextAt: clock.now() + waitMs,
      notBefore: clock.now(),
      cancel: undefined,
    };

  const forget = (waiting: Waiting): void => {
    const { key, call } = waiting;
    if (!reads.delete(key)) return;
    count(call.caller, -1);
    for (const release of waiting.callers.values()) release();
    const queue = queues.get(call.bucket.id);
    queue?.reads.delete(waiting);
    if (queue?.reads.size !== 0) return;
    queue.cancel?.();
    queues.delete(call.bucket.id);
  };

  const follow = (waiting: Waiting, { signal }: Call): void => {
    const { callers, end } = waiting;
    if (signal === undefined || callers.has(signal)) return;
    const onAbort = (): void => {
      // An operation that ran out of time still has a client, which is told when to ask again.
      if (signal.reason instanceof AppError) return;
      callers.delete(signal);
      if (callers.size > 0) return;
      forget(waiting);
      end.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    callers.set(signal, () => {
      signal.removeEventListener('abort', onAbort);
    });
  };

  const schedule = (queue: Queue): void => {
    queue.cancel?.();
    queue.cancel = clock.after(queue.nextAt - clock.now(), () => {
      queue.cancel = undefined;
      const next = [...queue.reads].find(({ underWay }) => underWay === undefined);
      if (next === undefined) return;
      if (clock.now() > next.until) forget(next);
      else {
        queue.notBefore = clock.now() + queue.intervalMs;
        queue.nextAt = queue.notBefore;
        next.underWay = attempt(next, queue);
      }
      schedule(queue);
    });
  };

  /** The newest refusal knows best how long to wait: a slot may have lost its caller, and is lost itself if no read comes for it. */
  const scheduleWithin = (queue: Queue, waitMs: number): void => {
    const nextAt = Math.max(queue.notBefore, Math.min(queue.nextAt, clock.now() + waitMs));
    if (queue.cancel !== undefined && nextAt === queue.nextAt) return;
    queue.nextAt = nextAt;
    schedule(queue);
  };

  const attempt = async (waiting: Waiting, queue: Queue): Promise<void> => {
    const { signal } = waiting.end;
    const { stats: _, ...call } = waiting.call;
    try {
      await waiting.read({ ...call, lane: 'refresh', deadline: clock.now() + timeoutMs, signal });
      forget(waiting);
    } catch (error) {
      if (refusedForRate(error) && !waiting.taken && !signal.aborted) {
        // Other calls use the slots. It is its turn again when one is free.
        waiting.underWay = undefined;
        queue.nextAt = Math.max(queue.nextAt, clock.now() + (error.retryAfterMs ?? queue.intervalMs));
        schedule(queue);
        return;
      }
      forget(waiting);
      // The upstream fails, so the others would fail too.
      if (!signal.aborted && !concernsObject(error)) for (const other of queue.reads) forget(other);
    }
  };

  /** One interval more than the place needs: the first call may find its slot taken, and the last one needs its round trip. */
  const expectedMs = (queue: Queue, place: number, waitMs: number): number =>
    Math.ceil(Math.max(queue.nextAt - clock.now(), waitMs) + (place + 2) * queue.intervalMs);

  /** Returns in how many ms the result is expected in the cache, or `undefined` if too many reads wait already. */
  const add = (read: DeferredRead, waitMs: number): number | undefined => {
    const { call, rule } = read;
    const key = keyOf(rule);
    const queue = queueOf(call.bucket, waitMs);
    const known = reads.get(key);
    if (known !== undefined) {
      known.taken = false;
      follow(known, call);
      scheduleWithin(queue, waitMs);
      return expectedMs(queue, [...queue.reads].indexOf(known), waitMs);
    }
    const place = queue.reads.size;
    if ((place + 1) * queue.intervalMs > maxQueueMs) return undefined;
    if ((perCaller.get(call.caller) ?? 0) >= maxPerCaller) return undefined;
    const waiting: Waiting = {
      ...read,
      key,
      until: clock.now() + keepMs,
      callers: new Map(),
      end: new AbortController(),
      underWay: undefined,
      taken: false,
    };
    follow(waiting, call);
    reads.set(key, waiting);
    count(call.caller, 1);
    queue.reads.add(waiting);
    queues.set(call.bucket.id, queue);
    scheduleWithin(queue, waitMs);
    return expectedMs(queue, place, waitMs);
  };

  return {
    defer(error, read) {
      const { call, rule } = read;
      // A result that is always read anew is of no use to the next request.
      if (!lackedSlot(error) || !isAwaited(call) || rule.maxAgeMs === 0) return error;
      if (call.signal?.aborted === true) return error;
      const retryAfterMs = add(read, error.retryAfterMs ?? 0);
      if (retryAfterMs === undefined) return error;
      call.stats?.refused(call.brandId, call.bucket, retryAfterMs);
      return error.with({ retryAfterMs });
    },

    take(call, rule) {
      const waiting = isAwaited(call) ? reads.get(keyOf(rule)) : undefined;
      if (waiting === undefined) return undefined;
      if (waiting.underWay === undefined) {
        forget(waiting);
        return undefined;
      }
      waiting.taken = true;
      return Promise.race([waiting.underWay, sleep(clock, maxJoinMs, call.signal)]).catch(() => undefined);
    },
  };
};

/** Whether somebody waits for the response now. */
const isAwaited = ({ lane, cacheOnly }: Call): boolean => lane === 'interactive' && cacheOnly !== true;

const keyOf = ({ key, maxAgeMs }: CacheRule): string => `${key}<${maxAgeMs ?? ''}`;

const refusedForRate = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'UPSTREAM_RATE_LIMITED';

/** Refused by this server's limiter, before anything was sent. */
const lackedSlot = (error: unknown): error is AppError =>
  refusedForRate(error) && error.upstream === undefined;

/** The upstream's answer is about this object: it says nothing about others. */
const concernsObject = (error: unknown): boolean =>
  provesAbsence(error) || (error instanceof AppError && error.code === 'UPSTREAM_REJECTED');
