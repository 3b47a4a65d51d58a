import type { Operation } from '../measure/operation';
import { readPlainCard } from './operations';
import { atRate, membersOf, nth, type Scenario, type ScenarioOptions } from './scenario';

const seconds = 8;
const noisyPerSecond = 15;
const quietPerSecond = 3;

/** One brand requests three times its budget, always for cards that were not read before; two others stay within theirs. */
export const overload: Scenario = {
  id: 'overload',
  title: `Overload: one brand asks ${noisyPerSecond}/s of a budget of 5/s for ${seconds} s, two others ${quietPerSecond}/s each`,
  instances: [1],
  states: ['cold'],
  pace: 'light',
  load: (options) => [
    ...unread(options, { brandId: '1001622624', perSecond: noisyPerSecond, group: 'noisy' }),
    ...unread(options, { brandId: '1004', perSecond: quietPerSecond, group: 'quiet' }),
    ...unread(options, { brandId: '1002', perSecond: quietPerSecond, group: 'quiet' }),
  ],
};

interface Brand {
  readonly brandId: string;
  readonly perSecond: number;
  readonly group: string;
}

const unread = (options: ScenarioOptions, { brandId, perSecond, group }: Brand): readonly Operation[] => {
  const members = membersOf(options, brandId).slice(0, seconds * perSecond);
  return atRate(
    { perSecond, seconds },
    (index) => ({ ...readPlainCard(nth(members, index)), group }),
    options.instances,
  );
};
