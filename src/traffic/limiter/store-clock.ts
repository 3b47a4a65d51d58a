/**
 * The store's clock against ours. A reply that was long under way, or lay unread in a busy process, must not move a slot:
 * the store answered between asking and hearing, so each exchange bounds the difference, and together they narrow it.
 */
export interface StoreClock {
  /** An exchange: when it was asked and heard by our clock, and what the store's clock said between, ms. */
  heard(exchange: { readonly asked: number; readonly at: number; readonly heard: number }): void;
  /** The store's clock minus ours, ms; 0 before the first exchange. */
  offsetMs(): number;
}

/** Both clocks are read in whole milliseconds. */
const grainMs = 1;

export const createStoreClock = (): StoreClock => {
  let min = -Infinity;
  let max = Infinity;
  return {
    heard({ asked, at, heard }) {
      const low = at - heard - grainMs;
      const high = at - asked + grainMs;
      // Bounds that exclude each other: a clock was set, or another server answers.
      const anew = low > max || high < min;
      min = anew ? low : Math.max(min, low);
      max = anew ? high : Math.min(max, high);
    },
    offsetMs: () => (min === -Infinity ? 0 : Math.round((min + max) / 2)),
  };
};
