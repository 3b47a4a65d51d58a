/**
 * The time by which validities end and objects are dated. It can be moved; signatures, certificates, limits and deliveries
 * follow the real time, or a moved clock would look like a wrong one.
 */
export interface MovableClock {
  /** ms. */
  readonly now: () => number;
  /** How far it is ahead of the real time, in ms. */
  readonly aheadMs: () => number;
  moveTo(ms: number): void;
  reset(): void;
}

export const createMovableClock = (realNow: () => number): MovableClock => {
  let ahead = 0;
  return {
    now: () => realNow() + ahead,
    aheadMs: () => ahead,
    moveTo(ms) {
      ahead = ms - realNow();
    },
    reset() {
      ahead = 0;
    },
  };
};
