import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { SlotMissed, type Bucket, type Host, type Reply, type Wrapper } from '../call';
import { createBucketQueue, type BucketQueue } from './bucket-queue';
import type { SlotStore } from './slot-store';
import { graceMs } from './slots';
import { createPath, createSpread, lateMs, type Spread } from './spread';
import { createWrites, type Writes } from './writes';

/** A bucket as clients see it. */
export interface ThrottleView {
  /** Calls that could be sent this instant. */
  readonly available: number;
  readonly queueDepth: number;
  /** How long a new interactive call would wait, ms. */
  readonly waitMs: number;
}

export interface Limiter {
  /** Every attempt below this wrapper has a slot of its own and is signed after the slot was granted. */
  readonly wrapper: Wrapper;
  readonly status: (bucket: Bucket) => ThrottleView;
}

export interface LimiterParts {
  readonly slots: SlotStore;
  readonly clock: Clock;
  /** 0 ≤ x < 1; spreads the moments at which instances ask again. */
  readonly random: () => number;
  /** Told a moment before a call to the host will be written. */
  readonly prepare?: (host: Host) => void;
}

interface Entry {
  readonly queue: BucketQueue;
  readonly spread: Spread;
  readonly writes: Writes;
  /** Where the newest call is going. */
  host: Host;
}

/** Queues remembered; one that falls out was idle the longest. */
const mostBuckets = 50_000;
/** What a deadline must leave for the answer to travel further up. */
const marginMs = 20;

/**
 * Waits for a slot of the call's bucket rather than overshooting; refuses at once, with UPSTREAM_RATE_LIMITED and a true
 * `retryAfterMs`, what could not be answered by its deadline. Before that nothing is signed or sent.
 */
export const createLimiter = ({ slots, clock, random, prepare }: LimiterParts): Limiter => {
  const queues = new LRUCache<string, Entry>({
    max: mostBuckets,
  });

  const path = createPath();

  const entryOf = (bucket: Bucket) => {
    const known = queues.get(bucket.id);
    if (known !== undefined) return known;
    const spread = createSpread(path);
    const entry: Entry = {
      spread,
      host: 'main',
      writes: createWrites(),
      queue: createBucketQueue({
        slots,
        clock,
        random,
        guardMs: () => spread.guardMs(),
        onSoon: () => prepare?.(entry.host),
      }),
    };
    queues.set(bucket.id, entry);
    return entry;
  };

  const wrapper: Wrapper = (next) => async (call) => {
    const entry = entryOf(call.bucket);
    const { queue, spread, writes } = entry;
    entry.host = call.host ?? 'main';
    const asked = clock.now();

    const sendInSlot = async (): Promise<Reply> => {
      const slot = await queue.wait(call, call.deadline - spread.usualMs() - marginMs);
      const { sendAt, written } = writes.plan(call.bucket, { at: slot.from, guardMs: spread.guardMs() });
      let writtenAt: number | undefined;
      let countsAt = slot.due;
      const moveTo = (at: number): void => {
        void slots.postpone(call.bucket, slot.id, at);
        countsAt = at;
      };
      /** What the upstream answered, a refusal too, has arrived by now; anything else may have arrived late. */
      const ended = (answered: boolean): void => {
        if (writtenAt === undefined) return;
        const tripMs = answered ? clock.now() - writtenAt : Infinity;
        const beyondMs = spread.beyondMs(tripMs);
        if (beyondMs > 0) moveTo(Math.max(countsAt, writtenAt + beyondMs));
        if (answered) spread.add(tripMs);
      };
      try {
        const reply = await next({
          ...call,
          sendAt,
          sendBy: Math.min(Math.max(sendAt, slot.due) + graceMs, call.deadline),
          onWritten(at) {
            writtenAt = at;
            written(at);
            call.tally?.sent(call.brandId, call.bucket, Math.max(0, sendAt - asked));
            if (at > slot.due + lateMs) moveTo(at);
          },
        });
        ended(true);
        return reply;
      } catch (error) {
        ended(error instanceof AppError && error.upstream !== undefined);
        throw error;
      }
    };

    for (;;)
      try {
        return await sendInSlot();
      } catch (error) {
        // The slot is lost; sent now, the call would count against a second that others have filled.
        if (error instanceof SlotMissed) continue;
        if (refusedForRate(error)) await slots.penalise(call.bucket, error.retryAfterMs);
        throw error;
      }
  };

  return {
    wrapper,
    status(bucket) {
      const { available, waitMs } = slots.view(bucket);
      const queueDepth = queues.peek(bucket.id)?.queue.depth() ?? 0;
      return { available: queueDepth > 0 ? 0 : available, queueDepth, waitMs: Math.ceil(waitMs) };
    },
  };
};

/** By the upstream; that we found no slot says nothing about its limit. */
const refusedForRate = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'UPSTREAM_RATE_LIMITED' && error.upstream !== undefined;
