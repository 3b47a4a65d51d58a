import type { Member } from '../harness/members';
import { seededRandom } from '../measure/random';
import { scenariosFor } from './scenarios';
import type { ScenarioOptions, State } from './scenario';

const brandIds = ['1004', '1001622624', '1002'];
const members = new Map(
  brandIds.map((brandId): [string, Member[]] => [
    brandId,
    Array.from({ length: 600 }, (_, index) => ({
      brandId,
      cardId: 'p1',
      openid: `o${index}`,
      userCardCode: `${brandId}${index}`,
      level: 'gold',
    })),
  ]),
);
const parts = (instances: number, state: State = 'cold'): ScenarioOptions => ({
  members,
  instances,
  state,
  random: seededRandom(1),
});

describe.each(scenariosFor({ short: true }).map((scenario) => [scenario.id, scenario] as const))(
  'scenario %s',
  (_, scenario) => {
    it('sends the same to every contender', () => {
      for (const state of scenario.states)
        expect(scenario.load(parts(1, state))).toEqual(scenario.load(parts(1, state)));
    });

    it('uses every instance, and no other', () => {
      for (const instances of [1, 2]) {
        const flat = scenario.load(parts(instances)).flatMap((one) => [one, ...(one.then ?? [])]);
        expect(new Set(flat.map(({ instance }) => instance)).size).toBe(Math.min(instances, flat.length));
        for (const { instance } of flat) expect(instance).toBeLessThan(instances);
      }
    });
  },
);
