/**
 * Estimates the store's clock relative to ours. A reply that was delayed, or waited unread in a busy process, must not move
 * a slot. The store answers between request and reply, so each exchange bounds the difference and together they narrow it.
 */
export interface StoreClock {
  /** Adds an exchange: when we asked and got the reply by our clock, and the store's time in between, ms. */
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
      // Bounds that exclude each other: a clock was set, or another server replies.
      const anew = low > max || high < min;
      min = anew ? low : Math.max(min, low);
      max = anew ? high : Math.min(max, high);
    },
    offsetMs: () => (min === -Infinity ? 0 : Math.round((min + max) / 2)),
  };
};
