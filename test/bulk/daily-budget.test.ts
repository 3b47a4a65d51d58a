import { createDailyBudget } from '../../src/bulk/daily-budget';
import { beijingDay } from '../../src/bulk/daily-window';

const lastMinute = Date.parse('2026-11-26T23:59:00+08:00');
const midnight = Date.parse('2026-11-27T00:00:00+08:00');

describe('a budget of rows per day', () => {
  it('ends at midnight in Beijing, and begins with what was sent before', () => {
    const budget = createDailyBudget(5, { day: beijingDay(lastMinute), rows: 3 });
    expect(budget.free(lastMinute)).toBe(2);
    budget.spend(lastMinute, 2);
    expect([budget.free(midnight - 1), budget.free(midnight)]).toEqual([0, 5]);
    budget.spend(midnight, 1);
    expect(budget.free(midnight)).toBe(4);
  });

  it('is without limit if none is ordered', () => {
    expect(createDailyBudget(undefined, { day: 0, rows: 0 }).free(midnight)).toBe(Infinity);
  });
});
