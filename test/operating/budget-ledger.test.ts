import { createBudgetLedger } from '../../src/operating/budget-ledger';
import { fakeClock } from '../support/fake-clock';

const minute = 60_000;
const hour = 60 * minute;

const setUp = () => {
  const clock = fakeClock(1_700_000_040_000);
  const ledger = createBudgetLedger(clock);
  const names = (name = 'GET_USER_CARD') =>
    ({ interface: name, route: 'brand', lane: 'interactive' }) as const;
  const bucket = { id: 'brand/1004/GET_USER_CARD', callsPerSecond: 10 };
  const spend = (times: number, brandId: string, caller: string, name?: string): void => {
    for (let call = 0; call < times; call += 1)
      ledger.hooks.waited(names(name), 0, { brandId, caller, bucket });
  };
  const refuse = (brandId: string, caller: string): void => {
    ledger.hooks.refused(names(), { brandId, caller, bucket });
  };
  return { clock, ledger, spend, refuse };
};

describe('the ledger of the budget', () => {
  it('counts by brand and by caller, the heaviest first, and for one interface', () => {
    const { ledger, spend, refuse } = setUp();
    spend(3, '1004', 'shop');
    spend(5, '1005', 'till', 'LIST_USER_CARDS');
    spend(1, '1005', 'shop');
    spend(1, '', 'certificates');
    refuse('1004', 'till');
    expect(ledger.use({ lastMs: hour, by: 'BRAND' })).toMatchObject({
      calls: 10,
      refused: 1,
      users: [
        { id: '1005', calls: 6, refused: 0 },
        { id: '1004', calls: 3, refused: 1 },
        { id: undefined, calls: 1, refused: 0 },
      ],
    });
    expect(ledger.use({ lastMs: hour, by: 'CALLER', interface: 'GET_USER_CARD' }).users).toEqual([
      { id: 'shop', calls: 4, refused: 0 },
      { id: 'certificates', calls: 1, refused: 0 },
      { id: 'till', calls: 0, refused: 1 },
    ]);
  });

  it('counts the period only, and says from when on its counts are complete', async () => {
    const { clock, ledger, spend } = setUp();
    const began = clock.wallNow();
    spend(4, '1004', 'shop');
    await clock.advance(10 * minute);
    spend(1, '1004', 'shop');
    expect(ledger.use({ lastMs: hour, by: 'BRAND' })).toMatchObject({ calls: 5, since: began });
    expect(ledger.use({ lastMs: 5 * minute, by: 'BRAND' })).toMatchObject({
      calls: 1,
      since: began + 5 * minute,
    });
  });

  it('keeps 100 callers of a past minute apart; totals and brands stay exact', async () => {
    const { clock, ledger, spend } = setUp();
    for (let caller = 0; caller < 300; caller += 1)
      spend(1, caller % 2 === 0 ? '1004' : '1005', `user-${caller}`);
    spend(50, '1004', 'late and heavy');
    await clock.advance(minute);
    spend(1, '1004', 'shop');
    const { users, calls } = ledger.use({ lastMs: hour, by: 'CALLER' });
    expect([users.length, calls]).toEqual([102, 351]);
    expect(users.slice(0, 2)).toEqual([
      { id: undefined, calls: 201, refused: 0 },
      { id: 'late and heavy', calls: 50, refused: 0 },
    ]);
    expect(ledger.use({ lastMs: hour, by: 'BRAND' }).users).toEqual([
      { id: '1004', calls: 201, refused: 0 },
      { id: '1005', calls: 150, refused: 0 },
    ]);
  });

  it('bounds what one minute and one day can hold', async () => {
    const { clock, ledger, spend } = setUp();
    for (let caller = 0; caller < 10_500; caller += 1) spend(1, '1004', `user-${caller}`);
    expect(ledger.use({ lastMs: hour, by: 'CALLER' }).users[0]).toEqual({
      id: undefined,
      calls: 500,
      refused: 0,
    });
    const began = clock.wallNow();
    for (let passed = 0; passed < 25; passed += 1) {
      await clock.advance(minute);
      // More brands than anyone has configured.
      for (let brand = 0; brand < 5_000; brand += 1) spend(1, String(brand), 'shop');
    }
    const { since, calls } = ledger.use({ lastMs: 24 * hour, by: 'BRAND' });
    expect(since).toBeGreaterThan(began);
    expect(calls).toBeLessThanOrEqual(105_000);
    expect(since).toBe(clock.wallNow() - (calls / 5_000 - 1) * minute);
  });

  it('forgets what is older than a day', async () => {
    const { clock, ledger, spend } = setUp();
    spend(4, '1004', 'shop');
    await clock.advance(25 * hour);
    spend(1, '1004', 'shop');
    const { calls, since } = ledger.use({ lastMs: 48 * hour, by: 'BRAND' });
    expect(calls).toBe(1);
    expect(since).toBe(clock.wallNow() - 25 * hour + minute);
  });
});
