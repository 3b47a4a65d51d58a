import { zipf } from '../measure/random';
import { readCard } from './operations';
import { atRate, membersOf, type Scenario } from './scenario';

const population = 200;

/** Members of one brand open their cards, a few of them again and again: 20 a second for 10 s, budget 5 a second. */
export const storefront: Scenario = {
  id: 'storefront',
  title: 'Storefront burst: 20 reads/s for 10 s over 200 cards of one brand, Zipf 1.1',
  instances: [1, 2],
  states: ['cold', 'warm'],
  light: true,
  load(parts) {
    const members = membersOf(parts, '1001622624').slice(0, population);
    const next = zipf(members.length, 1.1, parts.random);
    return atRate(
      { perSecond: 20, seconds: 10 },
      () => readCard(members[next()] ?? missing()),
      parts.instances,
    );
  },
};

const missing = (): never => {
  throw new Error('the population is smaller than it says');
};
