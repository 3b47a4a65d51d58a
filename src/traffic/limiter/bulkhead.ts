import type { Clock } from '../../shared/clock';
import type { Attempt, Place, ScheduledCall, Wrapper } from '../calls/call';
import { noConnection } from './refusals';
import { createWaitingRoom, type Waiter, type WaitingRoom } from './waiting-room';

export interface BulkheadLimits {
  /** Exchanges under way in this process. */
  readonly max: number;
  /** The same for one brand. */
  readonly maxPerBrand: number;
}

/**
 * Divides the connections to the upstream among the brands, so that one brand whose calls are not answered cannot take those of
 * all. A brand may have `maxPerBrand` exchanges under way, and no more than a quarter of those that are still free: many silent
 * brands together leave places for the others. Every brand may have one while any is free.
 */
export interface Bulkhead {
  /** Whether a new call of the brand must wait for a place. */
  isFull(brandId: string): boolean;
  /** A place at once; `undefined` if there is none for the brand. */
  take(brandId: string): Place | undefined;
  /**
   * Waits for a place, in the order of lanes and callers. Rejects with UPSTREAM_BUSY if there is none by `latest` (clock time in
   * ms), at once for a refresh, or with the reason of the caller's signal.
   */
  wait(call: Attempt, latest: number): Promise<Place>;
}

interface Waiting extends Waiter {
  readonly admit: (place: Place) => void;
}

const unbounded: BulkheadLimits = { max: Infinity, maxPerBrand: Infinity };

export const createBulkhead = (
  clock: Pick<Clock, 'now' | 'after'>,
  { max, maxPerBrand }: BulkheadLimits = unbounded,
): Bulkhead => {
  const used = new Map<string, number>();
  /** Brands with waiting calls. A Map iterates in insertion order: its first brand has the turn. */
  const rooms = new Map<string, WaitingRoom<Waiting>>();
  let total = 0;

  const hasPlace = (brandId: string): boolean => {
    const free = max - total;
    const most = Math.min(maxPerBrand, Math.max(1, Math.floor(free / 4)));
    return free > 0 && (used.get(brandId) ?? 0) < most;
  };

  const release = (brandId: string): void => {
    const left = (used.get(brandId) ?? 1) - 1;
    if (left === 0) used.delete(brandId);
    else used.set(brandId, left);
    total -= 1;
    admitWaiting();
  };

  const occupy = (brandId: string): Place => {
    used.set(brandId, (used.get(brandId) ?? 0) + 1);
    total += 1;
    let ended: Promise<unknown> | undefined;
    let isLeft = false;
    return {
      keepUntil(exchange) {
        ended = exchange;
      },
      leave() {
        if (isLeft) return;
        isLeft = true;
        const free = (): void => {
          release(brandId);
        };
        if (ended === undefined) free();
        else ended.then(free, free);
      },
    };
  };

  const admitWaiting = (): void => {
    for (const [brandId, room] of [...rooms]) {
      if (!hasPlace(brandId)) continue;
      const waiter = room.take();
      rooms.delete(brandId);
      // To the end of the line.
      if (room.size > 0) rooms.set(brandId, room);
      waiter?.admit(occupy(brandId));
    }
  };

  const leave = (waiter: Waiting): boolean => {
    const { brandId } = waiter;
    const room = rooms.get(brandId);
    const left = room?.leave(waiter) === true;
    if (room?.size === 0) rooms.delete(brandId);
    return left;
  };

  return {
    isFull: (brandId) => rooms.has(brandId) || !hasPlace(brandId),
    take: (brandId) => (hasPlace(brandId) ? occupy(brandId) : undefined),
    wait: ({ lane, brandId, caller, signal }, latest) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        // A refresh is optional; it must not take a place from those who wait.
        if (lane === 'refresh') {
          reject(noConnection(brandId));
          return;
        }
        const waiter: Waiting = {
          lane,
          brandId,
          caller,
          latest,
          admit(place) {
            stop();
            resolve(place);
          },
        };
        const onAbort = (): void => {
          stop();
          if (leave(waiter)) reject(signal?.reason as Error);
        };
        const cancelTimer = clock.after(Math.max(0, latest - clock.now()), () => {
          stop();
          if (leave(waiter)) reject(noConnection(brandId));
        });
        const stop = (): void => {
          cancelTimer();
          signal?.removeEventListener('abort', onAbort);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        const room = rooms.get(brandId) ?? createWaitingRoom<Waiting>();
        rooms.set(brandId, room);
        room.add(waiter);
        // A place may have become free since the caller asked.
        admitWaiting();
      }),
  };
};

/** Placed directly above the transport, which may need its connection for longer than its caller waits. */
export const keepPlaceWhileUnderWay: Wrapper<ScheduledCall> = (next) => (call) => {
  const exchange = next(call);
  call.place.keepUntil(exchange);
  return exchange;
};
