import { LRUCache } from 'lru-cache';

/**
 * Keeps the `max` entries that were used last. Its memory grows with its entries: given as `max`, the bound would have
 * `lru-cache` reserve the memory of all of them at once.
 */
export const keepMostRecent = <V extends object | string | number | true>(max: number): LRUCache<string, V> =>
  new LRUCache<string, V>({ maxSize: max, sizeCalculation: () => 1 });
