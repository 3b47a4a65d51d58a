import { lanes, type Lane } from '../calls/call';

/** What the order of waiting depends on. */
export interface Waiter {
  readonly lane: Lane;
  readonly caller: string;
  /** Clock time in ms after which a slot is of no use to it. */
  readonly latest: number;
}

/**
 * Who is served next: the most urgent lane first; inside a lane, each caller in turn; of one caller's waiters, who has the
 * least time left, so that an attempt that follows a failed one goes before what came later. One turn in ten goes to bulk
 * while it waits, so that it never starves and never delays anybody by more than its one slot.
 */
export interface WaitingRoom<T extends Waiter> {
  readonly size: number;
  sizeOf(lane: Lane): number;
  add(waiter: T): void;
  /** Takes the next one to be served; `undefined` where nobody waits. */
  take(): T | undefined;
  /** The next one of the urgent lanes. */
  firstUrgent(): T | undefined;
  /** Empties one lane. */
  takeAll(lane: Lane): readonly T[];
  /** Those of the urgent lanes who satisfy the condition. */
  urgent(condition: (waiter: T) => boolean): number;
  /** Whether the waiter still waits. */
  has(waiter: T): boolean;
  /**
   * Who must make room for this one where not all can be served: the most patient waiter of a less urgent lane, or of the
   * caller in its own lane who has the most waiting and more than its caller has.
   */
  pickVictimFor(waiter: T): T | undefined;
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
    firstUrgent: () => rows.interactive.first() ?? rows.mutation.first(),
    takeAll(lane) {
      const taken: T[] = [];
      for (let waiter = rows[lane].take(); waiter !== undefined; waiter = rows[lane].take())
        taken.push(waiter);
      return taken;
    },
    urgent: (condition) => rows.interactive.count(condition) + rows.mutation.count(condition),
    has: (waiter) => rows[waiter.lane].has(waiter),
    pickVictimFor({ lane, caller }) {
      const lessUrgent = lane === 'interactive' ? rows.mutation.lastOfBusiestCaller(0) : undefined;
      return lessUrgent ?? rows[lane].lastOfBusiestCaller(rows[lane].sizeOf(caller));
    },
    leave: (waiter) => rows[waiter.lane].leave(waiter),
  };
};

/** The waiters of one lane: first due, first served for one caller; round robin between callers. */
const createRow = <T extends Waiter>() => {
  // A Map iterates in insertion order: its first caller is the one whose turn it is.
  const callers = new Map<string, T[]>();
  let size = 0;
  return {
    size: () => size,
    sizeOf: (caller: string) => callers.get(caller)?.length ?? 0,
    has: (waiter: T) => callers.get(waiter.caller)?.includes(waiter) === true,
    count: (condition: (waiter: T) => boolean) =>
      [...callers.values()].reduce((sum, queue) => sum + queue.filter(condition).length, 0),
    /** The most patient waiter of the caller with the most, where those are more than so many. */
    lastOfBusiestCaller(moreThan: number): T | undefined {
      let busiest: readonly T[] | undefined;
      for (const queue of callers.values())
        if (queue.length > Math.max(moreThan, busiest?.length ?? 0)) busiest = queue;
      return busiest?.at(-1);
    },
    add(waiter: T) {
      const queue = callers.get(waiter.caller);
      if (queue === undefined) callers.set(waiter.caller, [waiter]);
      else queue.splice(queue.findLastIndex(({ latest }) => latest <= waiter.latest) + 1, 0, waiter);
      size += 1;
    },
    first(): T | undefined {
      const [queue] = callers.values();
      return queue?.[0];
    },
    take(): T | undefined {
      const [turn] = callers;
      if (turn === undefined) return undefined;
      const [caller, queue] = turn;
      callers.delete(caller);
      const waiter = queue.shift();
      size -= 1;
      if (queue.length > 0) callers.set(caller, queue);
      return waiter;
    },
    leave(waiter: T): boolean {
      const queue = callers.get(waiter.caller);
      const index = queue?.indexOf(waiter) ?? -1;
      if (queue === undefined || index < 0) return false;
      queue.splice(index, 1);
      size -= 1;
      if (queue.length === 0) callers.delete(waiter.caller);
      return true;
    },
  };
};
