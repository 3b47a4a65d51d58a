import type { Clock } from '../../shared/clock';
import type { Refusal, RefusalObserver } from './refusals';

/** Refusals of one kind, at one route, of one caller. */
export interface RefusalSample extends Refusal {
  /** How many there were, since the last sample of these. */
  readonly count: number;
}

export interface RefusalSamplesOptions {
  readonly clock: Clock;
  readonly report: (sample: RefusalSample) => void;
  /** Time between two samples of the same kind, ms. Default: 60 000. */
  readonly everyMs?: number;
}

/** Beyond so many combinations in one interval, callers are no longer told apart. */
const maxCallers = 1_000;

/**
 * Reports the first refusal of a kind at once and the following ones as a number per interval, so that whoever can reach the port
 * cannot fill the log.
 */
export const createRefusalSamples = ({
  clock,
  report,
  everyMs = 60_000,
}: RefusalSamplesOptions): { readonly observe: RefusalObserver; readonly flush: () => void } => {
  /** Refusals not yet reported. An entry without any suppresses the next report "at once". */
  let pending = new Map<string, { readonly refusal: Refusal; count: number }>();
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    const found = [...pending.values()].filter(({ count }) => count > 0);
    pending = new Map();
    for (const { refusal, count } of found) {
      report({ ...refusal, count });
      // It goes on: not "the first" of the next interval.
      observeLater(refusal);
    }
  };
  const schedule = (): void => {
    cancel ??= clock.after(everyMs, flush);
  };
  const observeLater = (refusal: Refusal): void => {
    pending.set(keyOf(refusal), { refusal, count: 0 });
    schedule();
  };

  return {
    flush,
    observe(refusal) {
      const isFull = pending.size >= maxCallers;
      const known =
        pending.get(keyOf(refusal)) ?? (isFull ? pending.get(keyOf(unnamed(refusal))) : undefined);
      if (known !== undefined) {
        known.count += 1;
        return;
      }
      const first = isFull ? unnamed(refusal) : refusal;
      report({ ...first, count: 1 });
      observeLater(first);
    },
  };
};

const keyOf = ({ route, kind, caller = '' }: Refusal): string => `${route} ${kind} ${caller}`;

const unnamed = ({ route, kind }: Refusal): Refusal => ({ route, kind });
