import type { Clock } from '../../shared/clock';

/** The result of work that took too long, or had to make room for other work. */
export const dropped = Symbol('dropped');

export interface DropOldestOptions {
  /** Work under way at a time. If there is more, the oldest is given up. */
  readonly max: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Bounds how much work is under way, and for how long, by giving up the oldest. A limit that refuses new work instead would let
 * slow senders keep everybody else out.
 */
export const dropOldest = ({ max, timeoutMs, clock }: DropOldestOptions) => {
  /** How to give up each piece of work, the oldest first. */
  const underway = new Set<() => void>();
  return <T>(work: Promise<T>): Promise<T | typeof dropped> =>
    new Promise((resolve, reject) => {
      const drop = (): void => {
        underway.delete(drop);
        resolve(dropped);
      };
      const cancel = clock.after(timeoutMs, drop);
      underway.add(drop);
      const [oldest] = underway;
      if (underway.size > max) oldest?.();
      work.then(resolve, reject).finally(() => {
        cancel();
        underway.delete(drop);
      });
    });
};
