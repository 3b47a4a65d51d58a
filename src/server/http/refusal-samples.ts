import type { Clock } from '../../shared/clock';
import { createSamples, type Samples } from '../../shared/samples';
import type { Refusal } from './refusals';

/** Refusals of one kind, at one route, of one caller. */
export interface RefusalSample extends Refusal {
  /** How many there were, since the last sample of these. */
  readonly count: number;
}

export interface RefusalSamplesOptions {
  readonly clock: Clock;
  readonly report: (sample: RefusalSample) => void;
}

/** Samples of refused requests by route, kind and caller. If there are very many, callers are not distinguished. */
export const createRefusalSamples = ({ clock, report }: RefusalSamplesOptions): Samples<Refusal> =>
  createSamples<Refusal>({
    clock,
    report(refusal, count) {
      report({ ...refusal, count });
    },
    keyOf: ({ route, kind, caller = '', detail = '' }) => `${route} ${kind} ${caller} ${detail}`,
    coarse: ({ route, kind }) => ({ route, kind }),
  });
