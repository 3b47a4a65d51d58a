import type { Clock } from '../../shared/clock';
import { isBackground, type Bucket, type Call } from '../calls/call';
import { rules } from './bucket-state';
import { noSlot, tooManyWaiting } from './refusals';
import { slotOf, type Slot } from './slot';
import type { SlotStore } from './slot-store';
import { createWaitingRoom, type Waiter } from './waiting-room';

/**
 * This process's callers of one bucket. Slots are reserved as callers arrive but belong to the process: when a slot falls
 * due, the most urgent caller takes it.
 */
export interface BucketQueue {
  /**
   * Resolves shortly before the call's slot. Rejects with UPSTREAM_RATE_LIMITED if there is no slot before `latest` (clock
   * time in ms), with UPSTREAM_BUSY if too many calls wait although the limit would allow them, or with the reason of the caller's
   * signal.
   */
  wait(call: Call, latest: number): Promise<Slot>;
  depth(): number;
}

export interface BucketQueueDeps {
  readonly slots: SlotStore;
  readonly clock: Clock;
  /** 0 ≤ x < 1; spreads the moments at which instances ask again. */
  readonly random: () => number;
  /** What is currently known about how late a call may arrive. */
  readonly expected: () => Pick<Slot, 'latenessMs' | 'open'>;
  /** Called shortly before a slot falls due. */
  readonly onSoon: () => void;
}

interface Waiting extends Waiter {
  readonly admit: (slot: Slot) => void;
  /** `waitMs`: how long it would wait for a new slot. */
  readonly refuse: (waitMs: number) => void;
}

/** Signing takes about a millisecond; a call admitted this early, ms, is signed when its slot comes. */
const admitAheadMs = 10;
/** Bulk and refresh calls reserve no further ahead than this, ms, so that an interactive call finds the next slot free. */
const backgroundHorizonMs = 50;
/** Spreads instances that were told to ask again at the same moment, ms. */
const askAgainSpreadMs = 20;
/** How early `onSoon` is called, ms: long enough for a handshake with a host in the same country. */
const soonMs = 300;
/** A slot that comes this close to the end of its caller's time, as a share of the wait and in ms, is lost if it moves: it is not requested. */
const edgeShare = 0.05;
const maxEdgeMs = 100;
const maxWaiting = 2_000;

export const createBucketQueue = ({
  slots,
  clock,
  random,
  expected,
  onSoon,
}: BucketQueueDeps): BucketQueue => {
  const room = createWaitingRoom<Waiting>();
  /** Slots that are being requested, or are reserved and not yet due. */
  let promised = 0;
  /** The reserved slots that are not yet due. */
  const held = new Set<Slot>();
  let backgroundReserving = false;

  const urgent = (): number => room.sizeOf('interactive') + room.sizeOf('mutation');

  /** Resolves when the reserved slot falls due; returns the wait in ms if it was refused. */
  const obtainSlot = async (
    bucket: Bucket,
    maxWaitMs: number,
    spacing: 'burst' | 'pace',
  ): Promise<number | 'due'> => {
    promised += 1;
    try {
      const assumed = expected();
      const answer = await slots.reserve({ bucket, maxWaitMs, spacing, ...assumed });
      if (!answer.granted) return answer.waitMs;
      void use(bucket, slotOf(answer, assumed));
      return 'due';
    } finally {
      promised -= 1;
    }
  };

  /** Waits for a reserved slot and gives it to the most urgent caller. */
  const use = async (bucket: Bucket, reserved: Slot): Promise<void> => {
    promised += 1;
    held.add(reserved);
    const slot = await confirmed(bucket, reserved);
    if (slot !== undefined) {
      await after(slot.from - admitAheadMs - clock.now());
      held.delete(slot);
    }
    promised -= 1;
    if (slot !== undefined && !admitNext(bucket, slot))
      void slots.settle({ bucket, slotId: slot.id, arrivesBy: undefined, open: false });
    if (urgent() > promised)
      void obtainForUrgent(bucket, slot === undefined ? room.firstUrgent() : undefined);
    void reserveForBackground(bucket);
  };

  /** The slot when it is nearly due; `undefined` if it has become void. */
  const confirmed = async (bucket: Bucket, reserved: Slot): Promise<Slot | undefined> => {
    let slot = reserved;
    const waitMs = slot.from - clock.now();
    if (waitMs > admitAheadMs) void after(waitMs - soonMs).then(onSoon);
    // A slot that moved is confirmed again, because it may move once more before it is due.
    while (slot.from - clock.now() > rules.confirmAheadMs) {
      await after(slot.from - rules.confirmAheadMs - clock.now());
      const answer = await slots.confirm({ bucket, slotId: slot.id, due: slot.due });
      held.delete(slot);
      if (!answer.granted) return undefined;
      slot = slotOf(answer, slot);
      held.add(slot);
    }
    return slot;
  };

  /** How soon somebody should come for a held slot that nobody waits for, because otherwise it is lost, ms. */
  const spareInMs = (): number => {
    const spare = [...held].map(({ from }) => from).sort((a, b) => a - b)[room.size] ?? Infinity;
    return spare - soonMs - clock.now();
  };

  /** Gives the slot to the most urgent waiter that can still use it; false if there is none. */
  const admitNext = (bucket: Bucket, slot: Slot): boolean => {
    for (let waiter = room.take(); waiter !== undefined; waiter = room.take()) {
      if (slot.from <= waiter.latest) {
        waiter.admit(slot);
        return true;
      }
      waiter.refuse(slots.view(bucket).waitMs);
    }
    return false;
  };

  const after = (ms: number): Promise<void> =>
    ms <= 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          clock.after(ms, resolve);
        });

  /** Whether the held slots suffice for all urgent waiters with this or an earlier limit, without one of them. */
  const areServed = (latest: number, yielding?: Waiting): boolean =>
    room.urgent((other) => other !== yielding && other.latest <= latest) <=
    [...held].filter(({ from }) => from <= latest).length;

  /** The waiter that yields to this one, if that serves this one. */
  const pickVictimFor = (waiter: Waiting): Waiting | undefined => {
    const yielding = room.pickVictimFor(waiter);
    return areServed(waiter.latest, yielding) ? yielding : undefined;
  };

  /** Requests one slot for an urgent waiter, as far ahead as that waiter allows. */
  const obtainForUrgent = async (bucket: Bucket, waiter?: Waiting): Promise<void> => {
    const maxWaitMs = (waiter?.latest ?? clock.now() + backgroundHorizonMs) - clock.now();
    const edgeMs = Math.min(maxEdgeMs, maxWaitMs * edgeShare);
    const outcome = await obtainSlot(bucket, Math.max(0, maxWaitMs - edgeMs), 'burst');
    if (outcome === 'due' || waiter === undefined || !room.has(waiter)) return;
    // Held slots go to waiters in turn, so the one that lacks a slot may be another.
    const yielding = pickVictimFor(waiter);
    if (yielding !== undefined) void obtainForUrgent(bucket, yielding);
    else if (room.leave(waiter)) waiter.refuse(outcome);
  };

  /** Requests slots for the background lanes, one at a time and only shortly before they are due. */
  const reserveForBackground = async (bucket: Bucket): Promise<void> => {
    if (backgroundReserving || room.size <= promised) return;
    backgroundReserving = true;
    const outcome = await obtainSlot(bucket, backgroundHorizonMs, 'pace');
    if (outcome !== 'due') {
      // A refresh is optional, so it is dropped if the bucket is busy, unless it can have a slot whose caller has left.
      const spare = promised - urgent();
      for (const [index, waiter] of room.takeAll('refresh').entries())
        if (index < spare) room.add(waiter);
        else waiter.refuse(outcome);
      await after(Math.max(1, outcome - backgroundHorizonMs) + random() * askAgainSpreadMs);
    }
    backgroundReserving = false;
    void reserveForBackground(bucket);
  };

  const wait = (call: Call, latest: number): Promise<Slot> =>
    new Promise((resolve, reject) => {
      const { bucket, lane, brandId, caller, signal } = call;
      const settle = (finish: () => void) => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const waiter: Waiting = {
        lane,
        brandId,
        caller,
        latest,
        admit: (slot) => {
          settle(() => {
            resolve(slot);
          });
        },
        refuse: (waitMs) => {
          settle(() => {
            const retryAfterMs = Math.max(1, Math.min(waitMs, spareInMs()));
            call.stats?.refused(call.brandId, bucket, Math.ceil(retryAfterMs));
            reject(noSlot(bucket, retryAfterMs));
          });
        },
      };
      const onAbort = (): void => {
        if (room.leave(waiter))
          settle(() => {
            reject(signal?.reason as Error);
          });
      };
      const cancelTimer = clock.after(latest - clock.now(), () => {
        if (room.leave(waiter)) waiter.refuse(slots.view(bucket).waitMs);
      });
      if (signal?.aborted === true) {
        settle(() => {
          reject(signal.reason as Error);
        });
        return;
      }
      // A slot would be granted and lost.
      if (latest < clock.now()) {
        waiter.refuse(slots.view(bucket).waitMs);
        return;
      }
      if (room.size >= maxWaiting) {
        const waitMs = (room.size / bucket.callsPerSecond) * 1000;
        // The budget would have sufficed for all who wait; this process does not.
        if (clock.now() + waitMs <= latest)
          settle(() => {
            reject(tooManyWaiting(bucket, { waiting: room.size, waitMs }));
          });
        else waiter.refuse(waitMs);
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      room.add(waiter);
      if (isBackground(lane)) void reserveForBackground(bucket);
      // A slot whose caller has left serves this one; a new slot would be later.
      else if (urgent() > promised || !areServed(latest)) void obtainForUrgent(bucket, waiter);
    });

  return { wait, depth: () => room.size };
};
