import type { Operation } from '../measure/operation';
import { readPlainCard, writeLevel } from './operations';
import { membersOf, type Scenario, type ScenarioOptions } from './scenario';

const cards = 8;
/** How long after the write's answer the readers ask, ms. */
const readsAfterMs = [50, 1_000];

/** A card is changed through one instance and read through the other, which holds it already. */
export const readAfterWrite: Scenario = {
  id: 'read-after-write',
  title: `Read after write: ${cards} cards changed through one instance, read through the other 50 ms and 1 s later`,
  instances: [1, 2],
  states: ['warm'],
  pace: 'light',
  before: (options) =>
    members(options).flatMap((member, index) =>
      Array.from({ length: options.instances }, (_, instance) => ({
        ...readPlainCard(member),
        at: index * 500 + instance * 250,
        instance,
      })),
    ),
  load: (options) =>
    members(options).map((member, index): Operation => {
      const level = `第${index}级会员`;
      return {
        ...writeLevel(member, level),
        at: index * 400,
        instance: 0,
        then: readsAfterMs.map((at) => ({
          ...readPlainCard({ ...member, level }),
          group: `${at} ms later`,
          at,
          instance: options.instances - 1,
        })),
      };
    }),
};

const members = (options: ScenarioOptions) => membersOf(options, '1002').slice(0, cards);
