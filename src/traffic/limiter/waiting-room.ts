import { lanes, type Lane } from '../calls/call';

/** What the order of waiting depends on. */
export interface Waiter {
  readonly lane: Lane;
  readonly caller: string;
  /** Clock time in ms after which a slot is no longer useful to it. */
  readonly latest: number;
}

/**
 * Decides who is served next. The most urgent lane comes first; callers share a lane in turn; of one caller's waiters, the
 * one with the least time left goes first, so that retries overtake later calls. One turn in ten goes to waiting bulk calls:
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
   * The waiter that yields to this one if not all can be served: the one with the latest limit in a less urgent lane, or of
   * the busiest caller in the same lane if that has more waiting than this caller.
   */
  pickVictimFor(waiter: T): T | undefined;
  /** Removes a waiter out of turn; false if it no longer waits. */
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

/** The waiters of one lane: round robin between callers; earliest limit first within one caller. */
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
    /** The last waiter of the busiest caller, if that caller has more than `moreThan`. */
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
