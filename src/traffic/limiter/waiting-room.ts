import { lanes, type Lane } from '../call';

/** What the order of waiting depends on. */
export interface Waiter {
  readonly lane: Lane;
  readonly caller: string;
}

/**
 * Who is served next: the most urgent lane first; inside a lane, each caller in turn. One turn in ten goes to bulk
 * while it waits, so that it never starves and never delays anybody by more than its one slot.
 */
export interface WaitingRoom<T extends Waiter> {
  readonly size: number;
  sizeOf(lane: Lane): number;
  add(waiter: T): void;
  /** Takes the next one to be served; `undefined` where nobody waits. */
  take(): T | undefined;
  /** Empties one lane. */
  takeAll(lane: Lane): readonly T[];
  /** Takes a waiter out of turn; false where it no longer waits. */
  leave(waiter: T): boolean;
}

const turnsBetweenBulk = 9;

export const createWaitingRoom = <T extends Waiter>(): WaitingRoom<T> => {
  const rows = {
    interactive: createRow<T>(),
    mutation: createRow<T>(),
    refresh: createRow<T>(),
    bulk: createRow<T>(),
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
    takeAll(lane) {
      const taken: T[] = [];
      for (let waiter = rows[lane].take(); waiter !== undefined; waiter = rows[lane].take())
        taken.push(waiter);
      return taken;
    },
    leave: (waiter) => rows[waiter.lane].leave(waiter),
  };
};

/** The waiters of one lane: first come, first served for one caller; round robin between callers. */
const createRow = <T extends Waiter>() => {
  // A Map iterates in insertion order: its first caller is the one whose turn it is.
  const callers = new Map<string, Set<T>>();
  let size = 0;
  return {
    size: () => size,
    add(waiter: T) {
      const queue = callers.get(waiter.caller);
      if (queue === undefined) callers.set(waiter.caller, new Set([waiter]));
      else queue.add(waiter);
      size += 1;
    },
    take(): T | undefined {
      for (const [caller, queue] of callers) {
        callers.delete(caller);
        for (const waiter of queue) {
          queue.delete(waiter);
          size -= 1;
          if (queue.size > 0) callers.set(caller, queue);
          return waiter;
        }
      }
      return undefined;
    },
    leave(waiter: T): boolean {
      const queue = callers.get(waiter.caller);
      if (queue?.delete(waiter) !== true) return false;
      size -= 1;
      if (queue.size === 0) callers.delete(waiter.caller);
      return true;
    },
  };
};
