import type { Clock } from '../shared/clock';

/** Counts by key over the last while. */
export interface SlidingCounts {
  add(key: string): void;
  /** The counts of the last `windowMs`, to the length of a slice. */
  totals(): ReadonlyMap<string, number>;
}

export interface SlidingCountsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly windowMs: number;
}

const slices = 12;
/** Keys of one slice; further ones are counted together, so that memory stays bounded whatever the keys are. */
const maxKeys = 50;
const others = 'others';

export const createSlidingCounts = ({ clock, windowMs }: SlidingCountsOptions): SlidingCounts => {
  const sliceMs = windowMs / slices;
  let kept: { readonly number: number; readonly counts: Map<string, number> }[] = [];
  const passTime = (): number => {
    const number = Math.floor(clock.now() / sliceMs);
    if (kept[0] !== undefined && kept[0].number <= number - slices)
      kept = kept.filter((slice) => slice.number > number - slices);
    return number;
  };
  return {
    add(key) {
      const number = passTime();
      let last = kept.at(-1);
      if (last?.number !== number) {
        last = { number, counts: new Map() };
        kept.push(last);
      }
      const { counts } = last;
      const name = counts.has(key) || counts.size < maxKeys ? key : others;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    totals() {
      passTime();
      const totals = new Map<string, number>();
      for (const { counts } of kept)
        for (const [key, count] of counts) totals.set(key, (totals.get(key) ?? 0) + count);
      return totals;
    },
  };
};

/** The keys with the highest counts, e.g. `SYSTEM_ERROR 17, no response 6`. */
export const printCounts = (counts: ReadonlyMap<string, number>, max = 3): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, max)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');
