import type { Clock } from '../shared/clock';

/**
 * How many rows are under way at once. The limiter below decides when a call is sent; this keeps just enough waiting for it, so that
 * no slot is lost and a killed process leaves few rows in doubt.
 */
export interface Pace {
  /** How many more rows may begin. */
  free(underWay: number): number;
  sent(): void;
  /** Rows have ended, by default one: more may be under way. */
  finished(rows?: number): void;
  /** A call found no slot in time: too many are under way. */
  slower(): void;
  /** Rows per second that ended in the last minute; `undefined` before the first. */
  rate(): number | undefined;
}

const min = 2;
const max = 24;
const windowMs = 60_000;

export const createPace = (clock: Clock, maxPerSecond: number | undefined): Pace => {
  const began = clock.now();
  let limit = 4;
  let nextAt = 0;
  const ends: { readonly at: number; readonly rows: number }[] = [];
  return {
    free(underWay) {
      const room = Math.floor(limit) - underWay;
      if (room <= 0) return 0;
      if (maxPerSecond === undefined) return room;
      return clock.now() >= nextAt ? 1 : 0;
    },
    sent() {
      if (maxPerSecond !== undefined) nextAt = Math.max(clock.now(), nextAt) + 1_000 / maxPerSecond;
    },
    finished(rows = 1) {
      limit = Math.min(max, limit + 0.25);
      ends.push({ at: clock.now(), rows });
    },
    slower() {
      limit = Math.max(min, limit * 0.7);
    },
    rate() {
      const now = clock.now();
      while (ends[0] !== undefined && ends[0].at <= now - windowMs) ends.shift();
      const seconds = Math.min(windowMs, now - began) / 1_000;
      const rows = ends.reduce((sum, end) => sum + end.rows, 0);
      return rows === 0 || seconds <= 0 ? undefined : rows / seconds;
    },
  };
};
