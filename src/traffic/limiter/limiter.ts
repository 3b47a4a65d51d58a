import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import {
  SlotMissed,
  type Attempt,
  type Bucket,
  type Host,
  type Place,
  type Reply,
  type ScheduledCall,
  type Wrapper,
} from '../calls/call';
import type { SignedAhead } from '../calls/upstream-request';
import { windowOf } from './bucket-state';
import { createArrival } from './arrival';
import { createBucketQueue, type BucketQueue } from './bucket-queue';
import { createBulkhead, type BulkheadLimits } from './bulkhead';
import { createLatency, createPath, type Latency } from './latency';
import type { Slot } from './slot';
import { slotForecast } from './slot-forecast';
import type { SlotStore } from './slot-store';
import { keepMostRecent } from '../../shared/most-recent';

/** A bucket's state as clients see it. */
export interface ThrottleView {
  /** Calls that could be sent now. */
  readonly available: number;
  readonly queueDepth: number;
  /** How long a new interactive call would wait, ms. */
  readonly waitMs: number;
}

export interface Limiter {
  /** Below this wrapper, every attempt has its own slot and is signed after the slot was granted. */
  readonly wrapper: Wrapper<Attempt, ScheduledCall>;
  readonly status: (bucket: Bucket) => ThrottleView;
  /** How many calls that come together now are answered within so many ms, if they are the only ones. */
  readonly callsInTime: (bucket: Bucket, ms: number) => number;
}

export interface LimiterDeps {
  readonly slots: SlotStore;
  readonly clock: Clock;
  /** 0 ≤ x < 1; spreads the moments at which instances ask again. */
  readonly random: () => number;
  /** Called shortly before a call to the host is written. */
  readonly prepare?: (host: Host) => void;
  /**
   * Called before a call asks for a slot, with what it returned for the call's last slot, if that was missed. Returns `undefined`
   * if the call is signed in its slot. Default: every call is.
   */
  readonly signAhead?: (call: Attempt, former: SignedAhead | undefined) => Promise<SignedAhead> | undefined;
  /** How many exchanges may be under way. Default: any number. */
  readonly connections?: BulkheadLimits | undefined;
}

interface BucketEntry {
  readonly queue: BucketQueue;
  readonly latency: Latency;
  /** Host of the most recent call. */
  host: Host;
}

/** Queues remembered; the one idle the longest is dropped first. */
const maxBuckets = 50_000;
/**
 * How late a busy process may write a call, ms; after that the slot is lost. The store is told at once, and with the time from the
 * slot's confirmation this is within `rules.unknownMs`.
 */
const graceMs = 40;
/** The same for a slot of a share, of which the store is told nothing, ms. */
const graceOfShareMs = 20;
/** What the deadline must leave for the response to reach the client, ms. */
const marginMs = 20;

/**
 * Queues calls instead of exceeding the limit. A call that cannot be answered by its deadline is refused at once, with
 * UPSTREAM_RATE_LIMITED and the actual `retryAfterMs`. Nothing is sent before the slot, and nothing is signed before it
 * unless signing takes longer than a slot lasts (`signAhead`).
 */
export const createLimiter = ({
  slots,
  clock,
  random,
  prepare,
  signAhead,
  connections,
}: LimiterDeps): Limiter => {
  const bulkhead = createBulkhead(clock, connections);
  const queues = keepMostRecent<BucketEntry>(maxBuckets);

  const path = createPath();

  const entryOf = (bucket: Bucket) => {
    const known = queues.get(bucket.id);
    if (known !== undefined) return known;
    const latency = createLatency(path, () => slots.roundTrips(bucket));
    const entry: BucketEntry = {
      latency,
      host: 'main',
      queue: createBucketQueue({
        slots,
        clock,
        random,
        expected: () => latency.expected(clock.now()),
        onSoon: () => prepare?.(entry.host),
      }),
    };
    queues.set(bucket.id, entry);
    return entry;
  };

  /** How long the bucket pauses after a refusal by the upstream, which does not say when to try again, ms. */
  const pauseMs = (bucket: Bucket): number =>
    Math.max(windowOf(bucket), Math.ceil(slots.view(bucket).waitMs));

  /**
   * The slot of a call, and a place for its exchange. The place comes second, because calls wait long for slots. If there is none,
   * the slot is given back, and the place comes first: so a brand without a place wastes no slots.
   */
  const admit = async (call: Attempt, queue: BucketQueue, latest: number) => {
    let place: Place | undefined;
    for (;;) {
      if (bulkhead.isFull(call.brandId)) place ??= await bulkhead.wait(call, latest);
      let slot: Slot;
      try {
        slot = await queue.wait(call, latest);
      } catch (error) {
        place?.leave();
        throw error;
      }
      place ??= bulkhead.take(call.brandId);
      if (place !== undefined) return { slot, place };
      void slots.settle({ bucket: call.bucket, slotId: slot.id, arrivesBy: undefined, open: false });
    }
  };

  const wrapper: Limiter['wrapper'] = (next) => async (call) => {
    const entry = entryOf(call.bucket);
    const { queue, latency } = entry;
    entry.host = call.host;
    const asked = clock.now();

    let signed: SignedAhead | undefined;
    const sendInSlot = async (): Promise<Reply> => {
      // Not for a call that will be refused: each signature costs the other process work.
      if (signAhead !== undefined && clock.now() + slots.view(call.bucket).waitMs <= call.deadline) {
        const signing = signAhead(call, signed);
        if (signing !== undefined) signed = await signing;
      }
      const latest = call.deadline - latency.p90Ms(clock.now()) - marginMs;
      const { slot, place } = await admit(call, queue, latest);
      const arrival = createArrival(slot, latency.written, (arrivesBy, open) => {
        void slots.settle({ bucket: call.bucket, slotId: slot.id, arrivesBy, open });
      });
      const ended = (answered: boolean): void => {
        const now = clock.now();
        const tripMs = arrival.writtenAt === undefined ? 0 : now - arrival.writtenAt;
        const lateByMs = answered ? latency.latenessMs(tripMs, now) : latency.givenUpMs(tripMs, now);
        if (answered && arrival.writtenAt !== undefined) {
          latency.add(tripMs);
          slots.learn(call.bucket, Math.floor(tripMs));
        }
        arrival.ended(lateByMs);
      };
      try {
        const reply = await next({
          ...call,
          place,
          sendAt: slot.from,
          sendBy: Math.min(slot.due + (slot.id === 0 ? graceOfShareMs : graceMs), call.deadline),
          ...(signed === undefined ? {} : { signed }),
          onWritten(at) {
            arrival.written(at);
            call.stats?.sent(call.brandId, call.bucket, Math.max(0, slot.from - asked));
          },
        });
        ended(true);
        return reply;
      } catch (error) {
        // Whatever the upstream answered has arrived, even a refusal; anything else may still arrive.
        ended(error instanceof AppError && error.upstream !== undefined);
        throw error;
      } finally {
        place.leave();
      }
    };

    for (;;)
      try {
        return await sendInSlot();
      } catch (error) {
        // The slot is lost. Sent now, the call would count in a second that other calls have filled.
        if (error instanceof SlotMissed) continue;
        if (!refusedForRate(error)) throw error;
        await slots.penalise(call.bucket, error.retryAfterMs);
        throw error.with({ retryAfterMs: error.retryAfterMs ?? pauseMs(call.bucket) });
      }
  };

  return {
    wrapper,
    status(bucket) {
      const { available, waitMs } = slots.view(bucket);
      const queueDepth = queues.peek(bucket.id)?.queue.depth() ?? 0;
      return { available: queueDepth > 0 ? 0 : available, queueDepth, waitMs: Math.ceil(waitMs) };
    },
    callsInTime(bucket, ms) {
      const { waitMs, callsPerSecond } = slots.view(bucket);
      const p90Ms = queues.peek(bucket.id)?.latency.p90Ms(clock.now()) ?? 0;
      return slotForecast.callsWithin(ms - waitMs - p90Ms - marginMs, { ...bucket, callsPerSecond });
    },
  };
};

/** Refused by the upstream. A missing slot of ours says nothing about its limit. */
const refusedForRate = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'UPSTREAM_RATE_LIMITED' && error.upstream !== undefined;
