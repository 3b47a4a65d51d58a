import { lanes, type Lane } from '../calls/call';
import { createWaitingRow } from './waiting-row';

/** What the order of waiting depends on. */
export interface Waiter {
  readonly lane: Lane;
  readonly brandId: string;
  readonly caller: string;
  /** Clock time in ms after which a slot is no longer useful to it. */
  readonly latest: number;
}

/**
 * Decides who is served next. The most urgent lane comes first; brands share a lane in turn, and callers their brand's turns; of one
 * caller's waiters, the one with the least time left goes first, so that retries overtake later calls. One turn in ten goes to waiting bulk calls:
 * bulk never starves, and delays others by one slot at most.
 */
export interface WaitingRoom<T extends Waiter> {
  readonly size: number;
  sizeOf(lane: Lane): number;
  add(waiter: T): void;
  /** Removes and returns the next waiter; `undefined` if nobody waits. */
  take(): T | undefined;
  /** The next waiter of the urgent lanes, without removing it. */
  firstUrgent(): T | undefined;
  /** Empties one lane and returns its waiters. */
  takeAll(lane: Lane): readonly T[];
  /** Counts the waiters of the urgent lanes that satisfy the condition. */
  urgent(condition: (waiter: T) => boolean): number;
  /** Whether the waiter still waits. */
  has(waiter: T): boolean;
  /**
   * The waiter that yields to this one if not all can be served: the one with the latest limit in a less urgent lane, or in the
   * same lane of the brand that has more waiting than this one's, or of a caller that has more waiting for this brand.
   */
  pickVictimFor(waiter: T): T | undefined;
  /** Removes a waiter out of turn; false if it no longer waits. */
  leave(waiter: T): boolean;
}

const turnsBetweenBulk = 9;

export const createWaitingRoom = <T extends Waiter>(): WaitingRoom<T> => {
  const rows = {
    interactive: createWaitingRow<T>(),
    mutation: createWaitingRow<T>(),
    refresh: createWaitingRow<T>(),
    bulk: createWaitingRow<T>(),
  };
  let turnsSinceBulk = 0;
  return {
    get size() {
      return lanes.reduce((sum, lane) => sum + rows[lane].size(), 0);
    },
    sizeOf: (lane) => rows[lane].size(),
    add(waiter) {
      rows[waiter.lane].add(waiter);
    },
    take() {
      const bulkIsDue = rows.bulk.size() > 0 && turnsSinceBulk >= turnsBetweenBulk;
      const lane = bulkIsDue ? 'bulk' : lanes.find((candidate) => rows[candidate].size() > 0);
      if (lane === undefined) return undefined;
      turnsSinceBulk = lane === 'bulk' ? 0 : turnsSinceBulk + 1;
      return rows[lane].take();
    },
    firstUrgent: () => rows.interactive.first() ?? rows.mutation.first(),
    takeAll(lane) {
      const taken: T[] = [];
      for (let waiter = rows[lane].take(); waiter !== undefined; waiter = rows[lane].take())
        taken.push(waiter);
      return taken;
    },
    urgent: (condition) => rows.interactive.count(condition) + rows.mutation.count(condition),
    has: (waiter) => rows[waiter.lane].has(waiter),
    pickVictimFor(waiter) {
      const lessUrgent = waiter.lane === 'interactive' ? rows.mutation.lastOfBusiest() : undefined;
      return lessUrgent ?? rows[waiter.lane].lastOfBusiest(waiter);
    },
    leave: (waiter) => rows[waiter.lane].leave(waiter),
  };
};
