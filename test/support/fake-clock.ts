import type { Clock } from '../../src/shared/clock';

export interface FakeClock extends Clock {
  /** Advances the time by `ms`: runs due actions in order, and the promises in between. */
  advance(ms: number): Promise<void>;
  /** Sets the machine's clock forward or, with a negative number, back. Elapsed time does not change. */
  setWall(byMs: number): void;
  /** Advances until the promise settles; fails after `maxMs`. */
  until<T>(promise: Promise<T>, maxMs?: number): Promise<T>;
}

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/**
 * Virtual time: nothing really waits, and everything happens in the order of its time. It does not pass while a file is read or
 * written (`node:fs/promises`). The test itself must wait for what comes through a socket.
 */
export const fakeClock = (start = 1_700_000_000_000): FakeClock => {
  let now = start;
  let wallAhead = 0;
  const timers = new Set<Timer>();

  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  /** Promises settle in microtasks; some of ours take a macrotask (crypto, DataLoader), and file operations end at any time. */
  const settle = async (): Promise<void> => {
    await turns();
    while (process.getActiveResourcesInfo().includes('FSReqPromise')) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await turns();
    }
  };
  const next = (): Timer | undefined => {
    let first: Timer | undefined;
    // Those of the same time are in the order in which they were set.
    for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  };

  const advance = async (ms: number): Promise<void> => {
    const end = now + ms;
    await settle();
    for (let timer = next(); timer !== undefined && timer.at <= end; timer = next()) {
      timers.delete(timer);
      now = Math.max(now, timer.at);
      timer.action();
      await settle();
    }
    now = end;
  };

  return {
    now: () => now,
    wallNow: () => now + wallAhead,
    setWall(byMs) {
      wallAhead += byMs;
    },
    after(ms, action) {
      const timer: Timer = { at: now + Math.max(0, ms), action };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance,
    async until(promise, maxMs = 600_000) {
      let settled = false as boolean;
      const mark = (): void => {
        settled = true;
      };
      promise.then(mark, mark);
      const end = now + maxMs;
      await settle();
      while (!settled) {
        const timer = next();
        if (timer === undefined || timer.at > end)
          throw new Error('nothing left that could settle the promise');
        await advance(Math.max(0, timer.at - now));
      }
      return promise;
    },
  };
};
