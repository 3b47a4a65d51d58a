import type { Clock } from '../../shared/clock';
import { AppError, type ErrorCode } from '../../shared/errors';
import {
  type Call,
  type Wrapper,
  SlotMissed,
  type CacheHit,
  type CacheRule,
  type Host,
  type Lane,
  type CallStats,
} from './call';
import { defined } from '../../shared/defined';

/** One exchange with the upstream, for a log line and for metrics. Holds no personal data and no request bytes. */
export interface AttemptEvent {
  readonly interface: string;
  readonly route: Call['account']['route'];
  readonly brandId: string;
  readonly lane: Lane;
  readonly host: Host;
  /** 1 for a call's first attempt. */
  readonly attempt: number;
  /** From the first byte written to the last one read, ms; 0 where nothing was written. */
  readonly durationMs: number;
  readonly outcome: 'ok' | ErrorCode | 'left';
  /** Absent where there was no answer. */
  readonly status?: number;
  readonly wechatCode?: string;
  readonly requestId?: string;
  /** The brand_id in the answer, where it is another one than was asked for. */
  readonly otherBrandId?: string;
  /** Of the operation that caused it, W3C; absent for what runs behind an answer. */
  readonly traceId?: string;
}

/** The call's names, all from closed lists. */
export interface CallNames {
  readonly interface: string;
  readonly route: Call['account']['route'];
  readonly lane: Lane;
}

/** Told of what happens inside the pipeline. Must not throw. */
export interface TrafficHooks {
  lookedUp(kind: CacheRule['kind'], result: 'hit' | 'stale' | 'miss'): void;
  /** +1 when a call begins to wait for its slot, -1 when it no longer does. */
  waiting(names: CallNames, change: 1 | -1): void;
  waited(names: CallNames, ms: number): void;
  /** There was no slot before the deadline, or too many waited. */
  refused(names: CallNames): void;
  /** The process was too late for a slot, and gave it up. */
  slotMissed(names: CallNames): void;
  attempted(event: AttemptEvent): void;
}

/** Stands above the cache. */
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

/** Stands right above the limiter. */
export const observeWaits =
  (hooks: TrafficHooks): Wrapper =>
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
            hooks.waited(names, ms);
          },
          refused: () => {
            stop();
            hooks.refused(names);
          },
        }),
      });
    } finally {
      stop();
    }
  };

/** Stands right above the wire. */
export const observeAttempts =
  (hooks: TrafficHooks, clock: Clock): Wrapper =>
  (next) =>
  async (call) => {
    let writtenAt: number | undefined;
    const tell = (
      facts: Pick<AttemptEvent, 'outcome' | 'status' | 'wechatCode' | 'requestId' | 'otherBrandId'>,
    ): void => {
      hooks.attempted({
        ...namesOf(call),
        brandId: call.brandId,
        host: call.host ?? 'main',
        attempt: call.attempt ?? 1,
        durationMs: writtenAt === undefined ? 0 : Math.max(0, clock.now() - writtenAt),
        ...facts,
        ...defined({ traceId: call.traceId }),
      });
    };
    try {
      const reply = await next({
        ...call,
        onWritten(at) {
          writtenAt = at;
          call.onWritten?.(at);
        },
      });
      const { requestId, otherBrandId } = reply;
      tell({
        outcome: 'ok',
        ...defined({ requestId, otherBrandId }),
      });
      return reply;
    } catch (error) {
      // Nothing was sent; the limiter asks for another slot.
      if (error instanceof SlotMissed) hooks.slotMissed(namesOf(call));
      else tell(factsOf(error, call));
      throw error;
    }
  };

const factsOf = (error: unknown, { signal }: Call) => {
  if (!(error instanceof AppError))
    return { outcome: signal?.aborted === true ? ('left' as const) : ('INTERNAL_SERVER_ERROR' as const) };
  const { status, wechatCode, requestId } = error.upstream ?? {};
  return {
    outcome: error.code,
    ...defined({ status, wechatCode, requestId }),
  };
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

/** A tally that tells both the operation's own, where there is one, and the ears. */
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

/** One call as operators see it. Holds no personal data and no request bytes. */
export interface CallEvent {
  readonly interface: string;
  readonly brandId: string;
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
    // A look at what is kept is no call.
    if (call.cacheOnly === true) return next(call);
    const started = clock.now();
    const tell = (outcome: CallEvent['outcome'], requestId: string | undefined): void => {
      if (requestId !== undefined) call.stats?.answered(requestId);
      observer({
        interface: call.interfaceName,
        brandId: call.brandId,
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
