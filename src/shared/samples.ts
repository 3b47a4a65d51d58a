import type { Clock } from './clock';

export interface SamplesOptions<T> {
  readonly clock: Clock;
  /** Called with the first of its kind and `1`, then once per interval with the latest and the number since the last call. */
  readonly report: (item: T, count: number) => void;
  /** Items with the same key are of one kind. */
  readonly keyOf: (item: T) => string;
  /** Kinds per interval. Default: 1 000. */
  readonly max?: number;
  /** Maps an item beyond `max` kinds to a coarser one, so that many share one kind. Default: the item itself. */
  readonly coarse?: (item: T) => T;
  /** Length of an interval, ms. Default: 60 000. */
  readonly everyMs?: number;
}

export interface Samples<T> {
  readonly observe: (item: T) => void;
  /** Reports what has been counted so far. */
  readonly flush: () => void;
}

/**
 * Reports the first item of a kind at once and the following ones as a number per interval, so that whoever causes them cannot fill
 * the log.
 */
export const createSamples = <T>({
  clock,
  report,
  keyOf,
  max = 1_000,
  coarse = (item) => item,
  everyMs = 60_000,
}: SamplesOptions<T>): Samples<T> => {
  /** Items not yet reported, by kind. A kind without any suppresses the next report "at once". */
  let pending = new Map<string, { item: T; count: number }>();
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    const found = [...pending.values()].filter(({ count }) => count > 0);
    pending = new Map();
    for (const { item, count } of found) {
      report(item, count);
      // Counting continues: the next item is not the first of its kind.
      begin(item);
    }
  };
  const begin = (item: T): void => {
    pending.set(keyOf(item), { item, count: 0 });
    cancel ??= clock.after(everyMs, flush);
  };

  return {
    flush,
    observe(item) {
      const isFull = pending.size >= max;
      const first = isFull ? coarse(item) : item;
      const alike = pending.get(keyOf(item));
      const known = alike ?? pending.get(keyOf(first));
      if (known !== undefined) {
        known.item = alike === undefined ? first : item;
        known.count += 1;
        return;
      }
      report(first, 1);
      begin(first);
    },
  };
};
