import { zipfReads } from './storefront';
import type { Scenario, ScenarioParts } from './scenario';

const recoverySeconds = 3;
const failures = 0.5;
const silences = 0.2;

/** Share of the calls that bring nothing: failures, and silences among the others. */
export const broughtNothing = failures + (1 - failures) * silences;

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
  before: (parts) => (parts.state === 'cold' ? [] : reads(parts, { seconds, perSecond: 20 })),
  load: (parts) => reads(parts, { seconds, perSecond: 5 }),
  script: [
    {
      atMs: 0,
      faults: [
        { kind: 'systemError', probability: failures },
        { kind: 'blackHole', probability: silences },
      ],
    },
    { atMs: seconds * 1_000, faults: [] },
  ],
});

/** The same ones, however fast. */
const reads = (
  parts: ScenarioParts,
  { seconds, perSecond }: { readonly seconds: number; readonly perSecond: number },
) => {
  const all = (seconds + recoverySeconds) * 5;
  return zipfReads(parts, { perSecond, seconds: all / perSecond });
};
