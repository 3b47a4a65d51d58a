import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Bucket, Call } from '../calls/call';
import type { SlotAnswer, SlotStore } from './slot-store';
import { createWaitingRoom, type Waiter } from './waiting-room';

/**
 * This process' callers of one bucket. Slots are reserved as callers come, but belong to the process: when one falls
 * due, whoever is then the most urgent takes it.
 */
export interface BucketQueue {
  /**
   * Resolves shortly before the call's slot. Rejects with UPSTREAM_RATE_LIMITED where there
   * is no slot before `latest`, or with the reason of the caller's signal.
   */
  wait(call: Call, latest: number): Promise<Slot>;
  depth(): number;
}

/** Clock times in ms. */
export interface Slot {
  /** What the store names it by. */
  readonly id: number;
  /** The call may be written from then on. */
  readonly from: number;
  /** The call should be written by then: what comes after keeps its distance from it. */
  readonly due: number;
  /** How late the call is taken to arrive, ms, and whether it counts as under way until its end is reported. */
  readonly latenessMs: number;
  readonly open: boolean;
}

export interface BucketQueueDeps {
  readonly slots: SlotStore;
  readonly clock: Clock;
  /** 0 ≤ x < 1; spreads the moments at which instances ask again. */
  readonly random: () => number;
  /** What is known now of the way that a call takes. */
  readonly arrival: () => Pick<Slot, 'latenessMs' | 'open'>;
  /** Told a moment before a slot falls due. */
  readonly onSoon: () => void;
}

interface Waiting extends Waiter {
  readonly admit: (slot: Slot) => void;
  readonly refuse: (retryAfterMs: number) => void;
}

/** Signing takes about a millisecond; admitted this early, the signed request is ready when its slot comes. */
const admitAheadMs = 10;
/** Asked again this early, a slot that has moved is known before its call is signed. */
const confirmAheadMs = 30;
/** Bulk and refresh reserve no further ahead than this, so that an interactive call finds the next slot free. */
const backgroundHorizonMs = 50;
/** Instances that were told to ask again at the same moment spread over this. */
const askAgainSpreadMs = 20;
/** Long enough for a handshake with a host in the same country. */
const soonMs = 300;
const maxWaiting = 2_000;

export const createBucketQueue = ({
  slots,
  clock,
  random,
  arrival,
  onSoon,
}: BucketQueueDeps): BucketQueue => {
  const room = createWaitingRoom<Waiting>();
  /** Slots that are reserved and not yet due, or being asked for. */
  let promised = 0;
  /** When the reserved ones fall due. */
  const held = new Set<Slot>();
  let backgroundReserving = false;

  const urgent = (): number => room.sizeOf('interactive') + room.sizeOf('mutation');

  /** Resolves when the reserved slot falls due; answers the wait where it was refused. */
  const obtainSlot = async (
    bucket: Bucket,
    maxWaitMs: number,
    spacing: 'burst' | 'pace',
  ): Promise<number | 'due'> => {
    promised += 1;
    try {
      const expected = arrival();
      const answer = await slots.reserve({ bucket, maxWaitMs, spacing, ...expected });
      if (!answer.granted) return answer.waitMs;
      void use(bucket, slotOf(answer, expected));
      return 'due';
    } finally {
      promised -= 1;
    }
  };

  /** Waits for a reserved slot and gives it to whoever is the most urgent then. */
  const use = async (bucket: Bucket, reserved: Slot): Promise<void> => {
    promised += 1;
    held.add(reserved);
    const slot = await confirmed(bucket, reserved);
    if (slot !== undefined) await after(slot.from - admitAheadMs - clock.now());
    held.delete(reserved);
    promised -= 1;
    if (slot !== undefined && !admitNext(bucket, slot))
      void slots.settle({ bucket, slotId: slot.id, arrivesBy: undefined, open: false });
    if (urgent() > promised)
      void obtainForUrgent(bucket, slot === undefined ? room.firstUrgent() : undefined);
    void reserveForBackground(bucket);
  };

  /** The slot as it is when it is nearly due; `undefined` where it has become void. */
  const confirmed = async (bucket: Bucket, reserved: Slot): Promise<Slot | undefined> => {
    let slot = reserved;
    const waitMs = slot.from - clock.now();
    if (waitMs > admitAheadMs) void after(waitMs - soonMs).then(onSoon);
    // One that has moved is asked for again: more may move before it is due.
    while (slot.from - clock.now() > confirmAheadMs) {
      await after(slot.from - confirmAheadMs - clock.now());
      const answer = await slots.confirm({ bucket, slotId: slot.id, due: slot.due });
      if (!answer.granted) return undefined;
      slot = slotOf(answer, slot);
    }
    return slot;
  };

  /** Gives the slot to the most urgent waiter for whom it is still early enough; false if there is none. */
  const admitNext = (bucket: Bucket, slot: Slot): boolean => {
    for (let waiter = room.take(); waiter !== undefined; waiter = room.take()) {
      if (slot.from <= waiter.latest) {
        waiter.admit(slot);
        return true;
      }
      waiter.refuse(Math.max(1, slots.view(bucket).waitMs));
    }
    return false;
  };

  const after = (ms: number): Promise<void> =>
    ms <= 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          clock.after(ms, resolve);
        });

  /** Who yields to this waiter, where the held slots then suffice for it and for all who are no more patient. */
  const pickVictimFor = (waiter: Waiting): Waiting | undefined => {
    const yielding = room.pickVictimFor(waiter);
    const { latest } = waiter;
    const inTime = [...held].filter(({ from }) => from <= latest).length;
    const served = room.urgent((other) => other !== yielding && other.latest <= latest) <= inTime;
    return served ? yielding : undefined;
  };

  /** One slot for the urgent ones, however far ahead the most patient of them allows. */
  const obtainForUrgent = async (bucket: Bucket, waiter?: Waiting): Promise<void> => {
    const maxWaitMs = (waiter?.latest ?? clock.now() + backgroundHorizonMs) - clock.now();
    const outcome = await obtainSlot(bucket, Math.max(0, maxWaitMs), 'burst');
    if (outcome === 'due' || waiter === undefined || !room.has(waiter)) return;
    // The slots that this process holds go to its waiters in turn, so the one who lacks a slot may be another.
    const yielding = pickVictimFor(waiter);
    if (yielding !== undefined) void obtainForUrgent(bucket, yielding);
    else if (room.leave(waiter)) waiter.refuse(outcome);
  };

  /** Asks for the patient lanes, one slot at a time, only for what is nearly due. */
  const reserveForBackground = async (bucket: Bucket): Promise<void> => {
    if (backgroundReserving || room.size <= promised) return;
    backgroundReserving = true;
    const outcome = await obtainSlot(bucket, backgroundHorizonMs, 'pace');
    if (outcome !== 'due') {
      // A refresh is a courtesy: where the bucket is busy it is dropped.
      for (const waiter of room.takeAll('refresh')) waiter.refuse(outcome);
      await after(Math.max(1, outcome - backgroundHorizonMs) + random() * askAgainSpreadMs);
    }
    backgroundReserving = false;
    void reserveForBackground(bucket);
  };

  const wait = (call: Call, latest: number): Promise<Slot> =>
    new Promise((resolve, reject) => {
      const { bucket, lane, caller, signal } = call;
      const settle = (finish: () => void) => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const waiter: Waiting = {
        lane,
        caller,
        latest,
        admit: (slot) => {
          settle(() => {
            resolve(slot);
          });
        },
        refuse: (retryAfterMs) => {
          settle(() => {
            call.stats?.refused(call.brandId, bucket, Math.ceil(retryAfterMs));
            reject(refusal(bucket, retryAfterMs));
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
        if (room.leave(waiter)) waiter.refuse(Math.max(1, slots.view(bucket).waitMs));
      });
      if (signal?.aborted === true) {
        settle(() => {
          reject(signal.reason as Error);
        });
        return;
      }
      if (room.size >= maxWaiting) {
        waiter.refuse((room.size / bucket.callsPerSecond) * 1000);
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      room.add(waiter);
      if (lane === 'refresh' || lane === 'bulk') void reserveForBackground(bucket);
      else void obtainForUrgent(bucket, waiter);
    });

  return { wait, depth: () => room.size };
};

const slotOf = (
  { slotId, at, waitMs, dueMs }: SlotAnswer,
  { latenessMs, open }: Pick<Slot, 'latenessMs' | 'open'>,
): Slot => ({ id: slotId, from: at + waitMs, due: at + dueMs, latenessMs, open });

const refusal = ({ id }: Bucket, retryAfterMs: number): AppError =>
  new AppError('UPSTREAM_RATE_LIMITED', `no slot of ${id} before the deadline`, {
    retryAfterMs: Math.ceil(retryAfterMs),
  });
