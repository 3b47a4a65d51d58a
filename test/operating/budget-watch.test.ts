import { createBudgetWatch } from '../../src/operating/budget-watch';
import type { CeilingOf, Lane } from '../../src/traffic/calls/call';
import { fakeClock } from '../support/fake-clock';

const minute = 60_000;
const names = (lane: Lane = 'interactive') => ({ interface: 'GET_USER_CARD', route: 'brand', lane }) as const;

const setUp = (instances?: () => number) => {
  // At the begin of a minute.
  const clock = fakeClock(1_700_000_040_000);
  const watch = createBudgetWatch({ clock, ...(instances === undefined ? {} : { instances }) });
  const spend = (calls: number, brandId = '1004', callsPerSecond = 10): void => {
    const bucket = { id: `brand/${brandId}/GET_USER_CARD`, callsPerSecond };
    for (let call = 0; call < calls; call += 1)
      watch.hooks.waited(names(), 0, { brandId, caller: 'tests', bucket });
  };
  const found = () => watch.findings().map(({ code, detail }) => `${code}: ${detail}`);
  return { clock, watch, spend, found };
};
const bucket = { id: 'brand/1004/GET_USER_CARD', callsPerSecond: 10 };
const spender = { brandId: '1004', caller: 'tests', bucket };

describe('the watch of the budget', () => {
  it('names a bucket that was above 80 % in each of five whole minutes, and stops when one was not', async () => {
    const { clock, spend, found } = setUp();
    for (let passed = 0; passed < 5; passed += 1) {
      expect(found()).toEqual([]);
      spend(480 + passed * 10);
      await clock.advance(minute);
    }
    expect(found()).toEqual([
      'budget.nearlyUsed: this process used at least 80 % of the limit in each of the last 5 minutes: brand/1004/GET_USER_CARD (80 % of 10 calls/s)',
    ]);
    spend(479);
    await clock.advance(minute);
    expect(found()).toEqual([]);
  });

  it('names the brands and callers that were refused at their ceiling, but no background work', async () => {
    const { clock, watch, found } = setUp();
    for (const part of ['brand', 'brand', 'caller', 'background'] as const)
      watch.hooks.capped(part, names(), spender);
    watch.hooks.capped('caller', names('refresh'), spender);
    expect(found()).toEqual([
      'budget.ceilingReached: 3 calls were refused in the last 60 s, because their brand or caller may use no more of the limit (brand 1004 2, caller tests 1)',
    ]);
    await clock.advance(minute);
    expect(found()).toEqual([]);
  });

  describe('of a ceiling', () => {
    const useAll = async (
      { clock, watch }: ReturnType<typeof setUp>,
      uses: readonly (readonly [of: CeilingOf, calls: number, callsPerSecond: number, lane?: Lane])[],
    ): Promise<void> => {
      for (let passed = 0; passed < 5; passed += 1) {
        for (const [of, calls, callsPerSecond, lane] of uses)
          for (let call = 0; call < calls; call += 1)
            watch.hooks.ceilingUsed(of, names(lane), spender, { id: `${of}/x`, callsPerSecond });
        await clock.advance(minute);
      }
    };

    it('names the brands and callers whose users used 80 % of it, and stops when it is raised', async () => {
      const all = setUp();
      await useAll(all, [
        ['brand', 150, 3],
        ['caller', 240, 5],
      ]);
      expect(all.found()).toEqual([
        'budget.ceilingNearlyUsed: calls of users in this process used at least 80 % of the ceiling in each of the last 5 minutes: ' +
          'brand 1004 on brand/1004/GET_USER_CARD (83 % of 3 calls/s), caller tests on brand/1004/GET_USER_CARD (80 % of 5 calls/s)',
      ]);
      for (const [of, callsPerSecond] of [
        ['brand', 4],
        ['caller', 6],
      ] as const)
        all.watch.hooks.ceilingUsed(of, names(), spender, { id: `${of}/x`, callsPerSecond });
      expect(all.found()).toEqual([]);
    });

    it('counts no background work, and nothing towards the limit', async () => {
      const all = setUp();
      await useAll(all, [
        ['background', 300, 5, 'bulk'],
        ['brand', 300, 5, 'bulk'],
        ['brand', 239, 5],
        ['caller', 300, 5, 'refresh'],
      ]);
      expect(all.found()).toEqual([]);
      expect(all.watch.used()).toEqual([]);
    });

    it('compares with its share if processes share it, and says so', async () => {
      const all = setUp(() => 2);
      await useAll(all, [['brand', 120, 5]]);
      expect(all.found()).toEqual([
        expect.stringMatching(/at least 40 % .*\(40 % of 5 calls\/s\); 2 processes share each ceiling$/),
      ]);
    });
  });

  it('takes a limit for the whole calls that it grants', async () => {
    const { clock, spend, found } = setUp();
    for (let passed = 0; passed < 5; passed += 1) {
      spend(50, '1004', 1.9);
      await clock.advance(minute);
    }
    expect(found()).toEqual([expect.stringContaining('(83 % of 1 calls/s)')]);
  });

  it('forgets minutes without a call', async () => {
    const { clock, spend, found } = setUp();
    for (let passed = 0; passed < 5; passed += 1) {
      spend(600);
      await clock.advance(minute);
    }
    expect(found()).toHaveLength(1);
    await clock.advance(minute);
    expect(found()).toEqual([]);
  });

  it('compares with its share if processes share the limit, and says so', async () => {
    const { clock, spend, found } = setUp(() => 2);
    for (let passed = 0; passed < 5; passed += 1) {
      spend(240);
      await clock.advance(minute);
    }
    expect(found()).toEqual([
      expect.stringMatching(/at least 40 % .*\(40 % of 10 calls\/s\); 2 processes share each limit$/),
    ]);
  });

  it('names five buckets, whatever their number', async () => {
    const { clock, spend, found } = setUp();
    for (let passed = 0; passed < 5; passed += 1) {
      for (let brand = 0; brand < 40; brand += 1) spend(60 + brand, String(brand), 1);
      await clock.advance(minute);
    }
    const [text = ''] = found();
    expect(text.match(/brand\//g)).toHaveLength(5);
    expect(text).toMatch(/brand\/39\/.* and 35 more$/);
  });

  it('gives the busiest bucket of an interface and route, of the last whole minute', async () => {
    const { clock, watch, spend } = setUp();
    spend(300);
    spend(450, '1005');
    expect(watch.used()).toEqual([]);
    await clock.advance(minute);
    expect(watch.used()).toEqual([{ interface: 'GET_USER_CARD', route: 'brand', share: 0.75 }]);
    await clock.advance(minute);
    expect(watch.used()).toEqual([]);
  });

  it('tells how many calls found no slot in the last minute; a refresh is none of them', async () => {
    const { clock, watch, found } = setUp();
    for (let call = 0; call < 9; call += 1) watch.hooks.refused(names('refresh'), spender);
    watch.hooks.refused(names(), spender);
    watch.hooks.refused(names(), spender);
    expect(found()).toEqual([]);
    watch.hooks.refused(names('bulk'), spender);
    expect(found()).toEqual([
      'budget.exhausted: 3 calls found no slot before their deadline in the last 60 s (GET_USER_CARD 3)',
    ]);
    await clock.advance(minute);
    expect(found()).toEqual([]);
  });

  it('tells of a queue that stays long for 30 s, not of one that drains, nor of background work', async () => {
    const { clock, watch, found } = setUp();
    const wait = (change: 1 | -1, times: number, lane?: Lane): void => {
      for (let call = 0; call < times; call += 1) watch.hooks.waiting(names(lane), change);
    };
    wait(1, 500, 'bulk');
    wait(1, 25);
    await clock.advance(29_000);
    expect(found()).toEqual([]);
    await clock.advance(1_000);
    expect(found()).toEqual([
      'queue.long: at least 20 calls of users have been waiting for a slot for 30 s; 25 wait now',
    ]);
    wait(-1, 6);
    wait(1, 6);
    expect(found()).toEqual([]);
  });
});
