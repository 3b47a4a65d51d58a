import type { Operation } from '../measure/operation';
import { zipf } from '../measure/random';
import { readCard } from './operations';
import { atRate, membersOf, nth, type Scenario, type ScenarioOptions } from './scenario';

const population = 200;
const exponent = 1.1;
const seconds = 6;

/** Members of one brand open their cards, a few of them again and again. */
export const zipfReads = (
  options: Omit<ScenarioOptions, 'state'>,
  load: { readonly perSecond: number; readonly seconds: number },
): readonly Operation[] => {
  const members = membersOf(options, '1001622624').slice(0, population);
  const next = zipf(members.length, exponent, options.random);
  return atRate(load, () => readCard(nth(members, next())), options.instances);
};

export const storefront: Scenario = {
  id: 'storefront',
  title: `Storefront burst: 20 reads/s for ${seconds} s over ${population} cards of one brand, Zipf ${exponent}`,
  instances: [1, 2],
  states: ['cold', 'warm'],
  pace: 'light',
  load: (options) => zipfReads(options, { perSecond: 20, seconds }),
};
