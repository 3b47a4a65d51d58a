import { createBudgetWatch } from '../../../src/operating/budget-watch';
import { createBudgetRules, type BudgetSettings } from '../../../src/traffic/limiter/budget-rules';
import { budgets } from '../../../src/traffic/limiter/budgets';
import { createLimiter } from '../../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../../src/traffic/limiter/memory-slots';
import type { Attempt } from '../../../src/traffic/calls/call';
import { aBucket, anAttempt, aReply, silentTally } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

const setUp = (settings: Partial<BudgetSettings>, callsPerSecond = 10) => {
  const clock = fakeClock();
  const slots = createMemorySlots(clock);
  const random = (): number => 0.5;
  const rules = createBudgetRules({ brands: [], callers: [], ...settings });
  const capped: string[] = [];
  const watch = createBudgetWatch({ clock });
  const divide = budgets({
    slots,
    clock,
    random,
    rules,
    hooks: {
      capped: (of, _, { brandId, caller }) => capped.push(`${of} ${brandId} ${caller}`),
      ceilingUsed: (...facts) => {
        watch.hooks.ceilingUsed(...facts);
      },
    },
  });
  const began = clock.now();
  const sent: {
    readonly brandId: string;
    readonly caller: string;
    readonly lane: string;
    readonly at: number;
  }[] = [];
  const send = divide(
    createLimiter({ slots, clock, random }).wrapper((call) => {
      call.onWritten(clock.now());
      const { brandId, caller, lane } = call;
      sent.push({ brandId, caller, lane, at: clock.now() - began });
      return Promise.resolve(aReply('', 0));
    }),
  );
  const ask = (changes: Partial<Attempt>, deadlineMs = 60_000): Promise<unknown> =>
    send(
      anAttempt({
        bucket: aBucket(callsPerSecond, 'mchid/1/X'),
        account: { route: 'partner', id: '1' },
        deadline: clock.now() + deadlineMs,
        ...changes,
      }),
    ).then(
      () => 'sent',
      (error: unknown) => error,
    );
  const flood = (
    count: number,
    changes: Partial<Attempt>,
    deadlineMs?: number,
  ): readonly Promise<unknown>[] => Array.from({ length: count }, () => ask(changes, deadlineMs));
  const within = (ms: number, changes: Partial<Attempt>): number =>
    sent.filter(
      (one) =>
        one.at <= ms && Object.entries(changes).every(([name, value]) => Reflect.get(one, name) === value),
    ).length;
  const found = () => watch.findings().map(({ code, detail }) => `${code}: ${detail}`);
  return { clock, rules, capped, found, sent, ask, flood, within };
};

describe('a ceiling', () => {
  it.each<[string, Partial<BudgetSettings>]>([
    ['of one brand', { brands: [{ brandId: 'a', ceiling: { callsPerSecond: 3 }, sharedWith: '1' }] }],
    ['of every brand', { brandCeiling: { share: 0.3 } }],
    ['of one caller', { callers: [{ caller: 'key:a', ceiling: { callsPerSecond: 3 } }] }],
    ['of every caller', { callerCeiling: { share: 0.3 } }],
  ])('%s holds in every second, and leaves the rest to the others', async (_, settings) => {
    const { clock, within, flood } = setUp(settings);
    void flood(60, { brandId: 'a', caller: 'key:a' });
    void flood(4, { brandId: 'b', caller: 'key:b' });
    await clock.advance(10_000);
    expect(within(0, { brandId: 'b' })).toBeGreaterThanOrEqual(3);
    const ofA = within(10_000, { brandId: 'a' });
    expect(ofA).toBeGreaterThan(24);
    expect(ofA).toBeLessThanOrEqual(33);
  });

  it('is named if it refuses a call: who has reached it, and to the caller that it is theirs', async () => {
    const { clock, ask, flood, capped } = setUp({ callerCeiling: { callsPerSecond: 1 } });
    const refused = jest.fn();
    void flood(10, { caller: 'key:a' });
    const error = await clock.until(ask({ caller: 'key:a', stats: { ...silentTally, refused } }, 3_000));
    expect(error).toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      retryAfterMs: expect.any(Number) as number,
      publicMessage: [expect.stringContaining('share'), expect.stringContaining('份额')],
    });
    expect(capped).toEqual(['caller 1004 key:a']);
    // Clients know one bucket, the upstream's.
    expect(refused).toHaveBeenCalledWith('1004', aBucket(10, 'mchid/1/X'), expect.any(Number));
  });

  /** Six minutes of calls, one each `everyMs`. */
  const spend = async (
    { clock, ask }: ReturnType<typeof setUp>,
    changes: Partial<Attempt>,
    everyMs: number,
  ) => {
    for (let passed = 0; passed < 6 * 60_000; passed += everyMs) {
      void ask(changes);
      await clock.advance(everyMs);
    }
  };
  const desk = { brandId: 'a', caller: 'key:desk' };

  it.each<[string, Partial<BudgetSettings>, number, string]>([
    ['a brand', { brandCeiling: { callsPerSecond: 3 } }, 400, 'brand a on mchid/1/X (83 % of 3 calls/s)'],
    ['a caller', { callerCeiling: { share: 0.3 } }, 400, 'caller key:desk on mchid/1/X (83 % of 3 calls/s)'],
    // Whole calls are granted, so a ceiling of 1.9 calls is used up at 1 a second.
    [
      'a brand in whole calls',
      { brandCeiling: { share: 0.19 } },
      1_050,
      'brand a on mchid/1/X (95 % of 1 calls/s)',
    ],
    [
      'a brand below 1 a second',
      { brandCeiling: { share: 0.05 } },
      2_100,
      'brand a on mchid/1/X (93 % of 0.5 calls/s)',
    ],
  ])('warns of its use by %s before a call is refused', async (_, settings, everyMs, detail) => {
    const all = setUp(settings);
    await spend(all, desk, everyMs);
    expect(all.capped).toEqual([]);
    expect(all.found()).toEqual([
      `budget.ceilingNearlyUsed: calls of users in this process used at least 80 % of the ceiling in each of the last 5 minutes: ${detail}`,
    ]);
  });

  it.each([0.5, 1, 1.9, 3])(
    'of %d calls a second is nearly used up if it is used up',
    async (callsPerSecond) => {
      const all = setUp({ brandCeiling: { callsPerSecond } }, 100);
      await spend(all, desk, 900 / callsPerSecond);
      expect(all.found()).toEqual([expect.stringContaining('budget.ceilingNearlyUsed')]);
    },
  );

  it('gives no warning of background work, which people come before', async () => {
    const all = setUp({ brandCeiling: { callsPerSecond: 3 } });
    await spend(all, { ...desk, lane: 'bulk' }, 400);
    expect(all.within(360_000, { lane: 'bulk' })).toBe(900);
    expect(all.found()).toEqual([]);
  });

  it('changes for the next call', async () => {
    const { clock, rules, flood, within } = setUp({ brandCeiling: { callsPerSecond: 1 } });
    void flood(3, { brandId: 'a' });
    expect(within(0, {})).toBe(0);
    await clock.advance(500);
    expect(within(500, {})).toBe(1);
    rules.replace({ brands: [], callers: [] });
    void flood(5, { brandId: 'a' });
    await clock.advance(10);
    expect(within(600, {})).toBe(6);
  });
});

describe('the reserve of a brand', () => {
  const settings = { brands: [{ brandId: 'a', reserve: { share: 0.3 }, sharedWith: '1' }] };

  it('is free whenever the brand asks, while others use all the rest', async () => {
    const { clock, flood, sent, within } = setUp(settings);
    for (const brandId of ['b', 'c', 'd']) void flood(60, { brandId });
    await clock.advance(5_000);
    expect(within(5_000, {})).toBeGreaterThan(28);
    const began = clock.now();
    await clock.until(Promise.all(flood(3, { brandId: 'a' })));
    // Without it, the brand would wait for its turn behind slots that are reserved already.
    expect(clock.now() - began).toBeLessThanOrEqual(10);
    await clock.advance(5_000);
    for (let from = 0; from < 9_000; from += 100)
      expect(sent.filter(({ at }) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(10);
  });

  it('is not the most that it may use', async () => {
    const { clock, flood, within } = setUp(settings);
    void flood(40, { brandId: 'a' });
    await clock.advance(3_000);
    expect(within(3_000, {})).toBeGreaterThan(25);
  });

  it('has no effect on a limit that is the brand’s own', async () => {
    const { clock, flood, within } = setUp(settings);
    void flood(10, { brandId: 'b', account: { route: 'brand', id: 'b' }, bucket: aBucket(10, 'brand/b/X') });
    await clock.advance(10);
    expect(within(10, {})).toBe(10);
  });
});

describe('the interactive reserve', () => {
  it('is free for people while background work uses all the rest', async () => {
    const { clock, flood, within } = setUp({ interactiveReserve: { share: 0.4 } });
    void flood(100, { lane: 'bulk', caller: 'key:crm' });
    await clock.advance(5_000);
    const sent = within(5_000, { lane: 'bulk' });
    expect(sent).toBeGreaterThan(24);
    expect(sent).toBeLessThanOrEqual(33);
    const began = clock.now();
    await clock.until(Promise.all(flood(4, { lane: 'interactive', caller: 'key:desk' })));
    expect(clock.now() - began).toBeLessThanOrEqual(10);
  });
});
