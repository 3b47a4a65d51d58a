import type { Clock } from '../../shared/clock';
import { AppError, type ErrorCode } from '../../shared/errors';
import {
  type Attempt,
  type Bucket,
  type Call,
  type CeilingOf,
  type ScheduledCall,
  type Wrapper,
  SlotMissed,
  type CacheHit,
  type CacheRule,
  type Host,
  type Lane,
  type CallStats,
} from './call';
import { defined } from '../../shared/defined';
import { factsOf, type FailureFacts } from './failure-facts';

/** One attempt at the upstream, for the log and metrics. Holds no personal data and no request bytes. */
export interface AttemptEvent extends FailureFacts {
  readonly interface: string;
  readonly route: Call['account']['route'];
  readonly brandId: string;
  /** Id of the caller whose operation needed it first. */
  readonly caller: string;
  readonly lane: Lane;
  readonly host: Host;
  /** 1 for a call's first attempt. */
  readonly attempt: number;
  /** From the first byte written to the last byte read, ms; 0 if nothing was written. */
  readonly durationMs: number;
  readonly outcome: 'ok' | ErrorCode | 'left';
  /** The brand_id in the reply, if it differs from the requested one. */
  readonly otherBrandId?: string;
  /** W3C trace id of the operation that caused it; absent for background work. */
  readonly traceId?: string;
}

/** Labels of a call, all from closed lists. */
export interface CallNames {
  readonly interface: string;
  readonly route: Call['account']['route'];
  readonly lane: Lane;
}

/** Whose budget a call uses. */
export type Spender = Pick<Call, 'brandId' | 'caller' | 'bucket'>;

/** Called with what happens inside the pipeline. Must not throw. */
export interface TrafficHooks {
  lookedUp(kind: CacheRule['kind'], result: 'hit' | 'stale' | 'miss'): void;
  /** +1 when a call begins to wait for its slot, -1 when it no longer does. */
  waiting(names: CallNames, change: 1 | -1): void;
  /** Called when an attempt is sent, with the wait for its slot. */
  waited(names: CallNames, ms: number, spender: Spender): void;
  /** Called when no slot was free before the deadline, or too many calls waited. */
  refused(names: CallNames, spender: Spender): void;
  /** Called when a call took a slot of a ceiling, before it takes one of the limit; with the ceiling's bucket. */
  ceilingUsed(of: CeilingOf, names: CallNames, spender: Spender, ceiling: Bucket): void;
  /** Called when a call was refused because its caller, its brand or all background work may use no more of the limit. */
  capped(of: CeilingOf, names: CallNames, spender: Spender): void;
  /** Called when the process was too late for a slot and gave it up. */
  slotMissed(names: CallNames): void;
  attempted(event: AttemptEvent): void;
}

/** Placed above the cache. */
export const observeLookups =
  (hooks: TrafficHooks): Wrapper =>
  (next) =>
  (call) => {
    const { cache } = call;
    if (cache === undefined) return next(call);
    return next({
      ...call,
      stats: teeStats(call.stats, {
        cacheHit: ({ kind, stale }) => {
          hooks.lookedUp(kind, stale ? 'stale' : 'hit');
        },
        cacheMiss: () => {
          hooks.lookedUp(cache.kind, 'miss');
        },
      }),
    });
  };

/** Placed directly above the limiter. */
export const observeWaits =
  (hooks: TrafficHooks): Wrapper<Attempt> =>
  (next) =>
  async (call) => {
    const names = namesOf(call);
    let waits = true;
    const stop = (): void => {
      if (waits) hooks.waiting(names, -1);
      waits = false;
    };
    hooks.waiting(names, 1);
    try {
      return await next({
        ...call,
        stats: teeStats(call.stats, {
          sent: (ms) => {
            stop();
            hooks.waited(names, ms, call);
          },
          refused: () => {
            stop();
            hooks.refused(names, call);
          },
        }),
      });
    } finally {
      stop();
    }
  };

/** Placed directly above the transport. */
export const observeAttempts =
  (hooks: TrafficHooks, clock: Clock): Wrapper<ScheduledCall> =>
  (next) =>
  async (call) => {
    let writtenAt: number | undefined;
    let isTold = false;
    const tell = (
      facts: Omit<
        AttemptEvent,
        keyof CallNames | 'brandId' | 'caller' | 'host' | 'attempt' | 'durationMs' | 'traceId'
      >,
    ): void => {
      // What comes of an attempt that was given up is not another one.
      if (isTold) return;
      isTold = true;
      hooks.attempted({
        ...namesOf(call),
        brandId: call.brandId,
        caller: call.caller,
        host: call.host,
        attempt: call.attempt,
        durationMs: writtenAt === undefined ? 0 : Math.max(0, clock.now() - writtenAt),
        ...facts,
        ...defined({ traceId: call.traceId }),
      });
    };
    call.whenGivenUp?.((error) => {
      tell(factsOf(error, call));
    });
    try {
      const reply = await next({
        ...call,
        onWritten(at) {
          writtenAt = at;
          call.onWritten(at);
        },
      });
      const { requestId, otherBrandId } = reply;
      tell({ outcome: 'ok', ...defined({ requestId, otherBrandId }) });
      return reply;
    } catch (error) {
      // Nothing was sent; the limiter requests another slot.
      if (error instanceof SlotMissed) hooks.slotMissed(namesOf(call));
      else tell(factsOf(error, call));
      throw error;
    }
  };

const namesOf = ({ interfaceName, account: { route }, lane }: Call): CallNames => ({
  interface: interfaceName,
  route,
  lane,
});

interface StatsHooks {
  readonly cacheHit?: (hit: CacheHit) => void;
  readonly cacheMiss?: () => void;
  readonly sent?: (waitedMs: number) => void;
  readonly refused?: () => void;
}

/** Forwards to the operation's own stats, if any, and to the hooks. */
const teeStats = (stats: CallStats | undefined, statsHooks: StatsHooks): CallStats => ({
  cacheHit(brandId, bucket, hit) {
    stats?.cacheHit(brandId, bucket, hit);
    statsHooks.cacheHit?.(hit);
  },
  cacheMiss(brandId, bucket) {
    stats?.cacheMiss(brandId, bucket);
    statsHooks.cacheMiss?.();
  },
  sent(brandId, bucket, waitedMs) {
    stats?.sent(brandId, bucket, waitedMs);
    statsHooks.sent?.(waitedMs);
  },
  refused(brandId, bucket, retryAfterMs) {
    stats?.refused(brandId, bucket, retryAfterMs);
    statsHooks.refused?.();
  },
  answered(requestId) {
    stats?.answered(requestId);
  },
  wrote(subject, epoch) {
    stats?.wrote(subject, epoch);
  },
});

/** One call for the operator's log and metrics. Holds no personal data and no request bytes. */
export interface CallEvent {
  readonly interface: string;
  readonly brandId: string;
  readonly caller: string;
  readonly route: Call['account']['route'];
  readonly lane: Call['lane'];
  readonly durationMs: number;
  readonly outcome: 'ok' | 'stale' | ErrorCode;
  readonly requestId?: string;
}

export type CallObserver = (event: CallEvent) => void;

export const observeCalls =
  (observer: CallObserver, clock: Clock): Wrapper =>
  (next) =>
  async (call) => {
    // A cache-only lookup is not a call.
    if (call.cacheOnly === true) return next(call);
    const started = clock.now();
    const tell = (outcome: CallEvent['outcome'], requestId: string | undefined): void => {
      if (requestId !== undefined) call.stats?.answered(requestId);
      observer({
        interface: call.interfaceName,
        brandId: call.brandId,
        caller: call.caller,
        route: call.account.route,
        lane: call.lane,
        durationMs: clock.now() - started,
        outcome,
        ...defined({ requestId }),
      });
    };
    try {
      const reply = await next(call);
      tell(reply.stale ? 'stale' : 'ok', reply.requestId);
      return reply;
    } catch (error) {
      if (error instanceof AppError) tell(error.code, error.upstream?.requestId);
      else tell('INTERNAL_SERVER_ERROR', undefined);
      throw error;
    }
  };
