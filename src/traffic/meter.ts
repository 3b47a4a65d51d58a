import type { Clock } from '../shared/clock';
import { AppError, type ErrorCode } from '../shared/errors';
import {
  SlotMissed,
  type CacheHit,
  type CacheRule,
  type Call,
  type Host,
  type Lane,
  type Tally,
  type Wrapper,
} from './call';

/** One exchange with the upstream, for a log line and for metrics. Holds no personal data and no request bytes. */
export interface ExchangeEvent {
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
export interface Meter {
  lookedUp(kind: CacheRule['kind'], result: 'hit' | 'stale' | 'miss'): void;
  /** +1 when a call begins to wait for its slot, -1 when it no longer does. */
  waiting(names: CallNames, change: 1 | -1): void;
  waited(names: CallNames, ms: number): void;
  /** There was no slot before the deadline, or too many waited. */
  refused(names: CallNames): void;
  /** The process was too late for a slot, and gave it up. */
  missed(names: CallNames): void;
  exchanged(event: ExchangeEvent): void;
}

/** Stands above the cache. */
export const meterLookups =
  (meter: Meter): Wrapper =>
  (next) =>
  (call) => {
    const { cache } = call;
    if (cache === undefined) return next(call);
    return next({
      ...call,
      tally: hearing(call.tally, {
        cacheHit: ({ kind, stale }) => {
          meter.lookedUp(kind, stale ? 'stale' : 'hit');
        },
        cacheMiss: () => {
          meter.lookedUp(cache.kind, 'miss');
        },
      }),
    });
  };

/** Stands right above the limiter. */
export const meterWaits =
  (meter: Meter): Wrapper =>
  (next) =>
  async (call) => {
    const names = namesOf(call);
    let waits = true;
    const stop = (): void => {
      if (waits) meter.waiting(names, -1);
      waits = false;
    };
    meter.waiting(names, 1);
    try {
      return await next({
        ...call,
        tally: hearing(call.tally, {
          sent: (ms) => {
            stop();
            meter.waited(names, ms);
          },
          refused: () => {
            stop();
            meter.refused(names);
          },
        }),
      });
    } finally {
      stop();
    }
  };

/** Stands right above the wire. */
export const meterExchanges =
  (meter: Meter, clock: Clock): Wrapper =>
  (next) =>
  async (call) => {
    let writtenAt: number | undefined;
    const tell = (
      facts: Pick<ExchangeEvent, 'outcome' | 'status' | 'wechatCode' | 'requestId' | 'otherBrandId'>,
    ): void => {
      meter.exchanged({
        ...namesOf(call),
        brandId: call.brandId,
        host: call.host ?? 'main',
        attempt: call.attempt ?? 1,
        durationMs: writtenAt === undefined ? 0 : Math.max(0, clock.now() - writtenAt),
        ...facts,
        ...(call.traceId === undefined ? {} : { traceId: call.traceId }),
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
        ...(requestId === undefined ? {} : { requestId }),
        ...(otherBrandId === undefined ? {} : { otherBrandId }),
      });
      return reply;
    } catch (error) {
      // Nothing was sent; the limiter asks for another slot.
      if (error instanceof SlotMissed) meter.missed(namesOf(call));
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
    ...(status === undefined ? {} : { status }),
    ...(wechatCode === undefined ? {} : { wechatCode }),
    ...(requestId === undefined ? {} : { requestId }),
  };
};

const namesOf = ({ name, account: { route }, lane }: Call): CallNames => ({ interface: name, route, lane });

interface Ears {
  readonly cacheHit?: (hit: CacheHit) => void;
  readonly cacheMiss?: () => void;
  readonly sent?: (waitedMs: number) => void;
  readonly refused?: () => void;
}

/** A tally that tells both the operation's own, where there is one, and the ears. */
const hearing = (tally: Tally | undefined, ears: Ears): Tally => ({
  cacheHit(brandId, bucket, hit) {
    tally?.cacheHit(brandId, bucket, hit);
    ears.cacheHit?.(hit);
  },
  cacheMiss(brandId, bucket) {
    tally?.cacheMiss(brandId, bucket);
    ears.cacheMiss?.();
  },
  sent(brandId, bucket, waitedMs) {
    tally?.sent(brandId, bucket, waitedMs);
    ears.sent?.(waitedMs);
  },
  refused(brandId, bucket, retryAfterMs) {
    tally?.refused(brandId, bucket, retryAfterMs);
    ears.refused?.();
  },
  answered(requestId) {
    tally?.answered(requestId);
  },
  wrote(subject, epoch) {
    tally?.wrote(subject, epoch);
  },
});
