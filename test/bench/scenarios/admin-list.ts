import { listCards } from './operations';
import { membersOf, type Scenario } from './scenario';

/** A clerk opens a list of so many cards that nobody has read yet. */
export const adminList = (cards: number): Scenario => ({
  id: `list-${cards}`,
  title: `Admin list: one operation over ${cards} cards of one brand (at 5 calls/s, 3 s allow about 16 to 20 calls)`,
  instances: [1],
  states: ['cold', 'warm'],
  pace: 'light',
  load: (options) => [
    { ...listCards(membersOf(options, '1001622624').slice(100, 100 + cards)), at: 0, instance: 0 },
  ],
});
