/** How far the upstream's clock is from ours, by the `Date` headers of its answers. */
export interface UpstreamClock {
  /** The header of an answer that was read at `at`, clock time in ms. */
  readonly saw: (date: string | undefined, at: number) => void;
  /** The upstream's clock less ours, ms, true to about a second; `undefined` before the first answer. */
  readonly skewMs: () => number | undefined;
}

/** An odd number: the median of so many answers stands one that was long under way. */
const remembered = 5;
/** `Date` has whole seconds; on average half of one is cut off. */
const halfSecondMs = 500;

export const createUpstreamClock = (): UpstreamClock => {
  const skews: number[] = [];
  return {
    saw(date, at) {
      const sent = Date.parse(date ?? '');
      if (Number.isNaN(sent)) return;
      skews.push(sent + halfSecondMs - at);
      if (skews.length > remembered) skews.shift();
    },
    skewMs: () => skews.toSorted((a, b) => a - b)[Math.floor(skews.length / 2)],
  };
};
