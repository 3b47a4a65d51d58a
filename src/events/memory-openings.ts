import type { Clock } from '../shared/clock';
import { comparePositions } from './event';
import {
  keptAsideMs,
  openingKeyOf,
  openingRetryMs,
  type OpeningQueue,
  type OpeningState,
  type WaitingOpening,
} from './openings';

/** Openings set aside that one process remembers; the oldest are forgotten first. */
const maxAside = 10_000;

interface Waiting {
  opening: WaitingOpening;
  readonly notificationId: string;
  readonly since: number;
  takenAt: number;
  /** Called when it is out of the queue. */
  readonly waiters: Set<() => void>;
}

export interface MemoryOpenings extends OpeningQueue {
  add(opening: WaitingOpening, notificationId: string): void;
}

/** Openings of a single process: lost at its end. */
export const createMemoryOpenings = (clock: Clock): MemoryOpenings => {
  const queued = new Map<string, Waiting>();
  const aside = new Map<string, Waiting>();
  const ofNotification = new Map<string, Waiting>();
  const keyOf = (brandId: string, notificationId: string): string => `${brandId} ${notificationId}`;
  const asideKeyOf = ({ event }: WaitingOpening): string => keyOf(event.brandId, openingKeyOf(event));

  const leaveQueue = (brandId: string, id: string): Waiting | undefined => {
    const found = queued.get(id);
    queued.delete(id);
    if (found !== undefined) {
      ofNotification.delete(keyOf(brandId, found.notificationId));
      for (const resolve of [...found.waiters]) resolve();
    }
    return found;
  };
  const putAside = (waiting: Waiting, state: OpeningState): void => {
    waiting.opening = { ...waiting.opening, state };
    const key = asideKeyOf(waiting.opening);
    aside.delete(key);
    aside.set(key, waiting);
    const [oldest] = aside.keys();
    if (aside.size > maxAside && oldest !== undefined) aside.delete(oldest);
  };
  return {
    add(opening, notificationId) {
      const { brandId } = opening.event;
      const since = clock.now();
      const added = { opening, notificationId, since, takenAt: -Infinity, waiters: new Set<() => void>() };
      if (opening.state !== 'QUEUED') {
        putAside(added, opening.state);
        return;
      }
      queued.set(opening.id, added);
      ofNotification.set(keyOf(brandId, notificationId), added);
    },
    take(brandId, count) {
      const due = [...queued.values()].filter(
        ({ opening, takenAt }) =>
          opening.event.brandId === brandId && clock.now() - takenAt >= openingRetryMs,
      );
      return Promise.resolve(
        due.slice(0, count).map((one) => {
          one.takenAt = clock.now();
          return one.opening;
        }),
      );
    },
    done(brandId, id) {
      leaveQueue(brandId, id);
      return Promise.resolve();
    },
    setAside(brandId, { id }, state) {
      const found = leaveQueue(brandId, id);
      if (found !== undefined) putAside(found, state);
      return Promise.resolve();
    },
    requeue(brandId) {
      for (const [key, one] of aside) {
        if (one.opening.event.brandId !== brandId || one.opening.state !== 'NEEDS_CODE') continue;
        aside.delete(key);
        one.opening = { ...one.opening, state: 'QUEUED' };
        one.takenAt = -Infinity;
        queued.set(one.opening.id, one);
      }
      return Promise.resolve();
    },
    settle(brandId, keys) {
      for (const key of keys) aside.delete(keyOf(brandId, key));
      return Promise.resolve();
    },
    list(brandId, { of, after, count }) {
      for (const [key, { since }] of aside) if (clock.now() - since >= keptAsideMs) aside.delete(key);
      return Promise.resolve(
        [...(of === 'QUEUED' ? queued : aside).values()]
          .map(({ opening }) => opening)
          .filter(({ id, event }) => event.brandId === brandId && comparePositions(id, after) > 0)
          .toSorted((a, b) => comparePositions(a.id, b.id))
          .slice(0, count),
      );
    },
    doneWithin(brandId, notificationId, timeoutMs) {
      const found = ofNotification.get(keyOf(brandId, notificationId));
      if (found === undefined) return Promise.resolve(true);
      return new Promise((resolve) => {
        const settle = (isDone: boolean): void => {
          cancel();
          found.waiters.delete(onDone);
          resolve(isDone);
        };
        const onDone = (): void => {
          settle(true);
        };
        const cancel = clock.after(timeoutMs, () => {
          settle(false);
        });
        found.waiters.add(onDone);
      });
    },
  };
};
