import { readCard } from './operations';
import { membersOf, type Scenario } from './scenario';

/** All callers request the same card at once. */
export const herd: Scenario = {
  id: 'herd',
  title: 'Thundering herd: 200 equal operations within 50 ms',
  instances: [1, 2],
  states: ['cold', 'warm'],
  pace: 'alone',
  load(options) {
    const [member] = membersOf(options, '1001622624');
    if (member === undefined) return [];
    return Array.from({ length: 200 }, (_, index) => ({
      ...readCard(member),
      at: index / 4,
      instance: index % options.instances,
    }));
  },
};
