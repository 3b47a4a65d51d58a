import { zipfReads } from './storefront';
import type { Scenario, ScenarioOptions } from './scenario';

const recoverySeconds = 3;
const failures = 0.5;
const timeouts = 0.2;

/** Share of the calls without a result: failures, and timeouts among the others. */
export const broughtNothing = failures + (1 - failures) * timeouts;

/**
 * The upstream answers half of the calls with 500 and a fifth of the others not at all. Warm: the same was asked before, while
 * it was well.
 */
export const brownOut = (seconds: number): Scenario => ({
  id: 'brown-out',
  title: `Brown-out: ${seconds} s in which half of the calls end in 500 and a fifth of the others in silence; 5 reads/s, Zipf`,
  instances: [1],
  states: ['cold', 'warm'],
  pace: 'long',
  before: (options) => (options.state === 'cold' ? [] : reads(options, { seconds, perSecond: 20 })),
  load: (options) => reads(options, { seconds, perSecond: 5 }),
  script: [
    {
      atMs: 0,
      faults: [
        { kind: 'systemError', probability: failures },
        { kind: 'blackHole', probability: timeouts },
      ],
    },
    { atMs: seconds * 1_000, faults: [] },
  ],
});

/** The same ones, at any speed. */
const reads = (
  options: ScenarioOptions,
  { seconds, perSecond }: { readonly seconds: number; readonly perSecond: number },
) => {
  const all = (seconds + recoverySeconds) * 5;
  return zipfReads(options, { perSecond, seconds: all / perSecond });
};
