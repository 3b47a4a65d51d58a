import { zipfReads } from './storefront';
import type { Scenario } from './scenario';

const recoverySeconds = 3;

/** The upstream answers half of the calls with 500 and a fifth not at all, after some normal seconds. */
export const brownOut = (seconds: number): Scenario => ({
  id: 'brown-out',
  title: `Brown-out: ${seconds} s in which half of the calls end in 500 and a fifth of the others in silence; 5 reads/s, Zipf`,
  instances: [1],
  states: ['warm'],
  light: true,
  before: (parts) => zipfReads(parts, { perSecond: 10, seconds: 6 }),
  load: (parts) => zipfReads(parts, { perSecond: 5, seconds: seconds + recoverySeconds }),
  script: [
    {
      atMs: 0,
      faults: [
        { kind: 'systemError', probability: 0.5 },
        { kind: 'blackHole', probability: 0.2 },
      ],
    },
    { atMs: seconds * 1_000, faults: [] },
  ],
});
