import { median, quantile, summarize } from './quantile';

describe('quantile', () => {
  it('is the nearest rank', () => {
    const values = [15, 20, 35, 40, 50];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((q) => quantile(values, q))).toEqual([15, 20, 20, 35, 50]);
  });

  it('orders by size, not by text', () => {
    expect(quantile([100, 9, 20], 0.5)).toBe(20);
  });

  it('is undefined if nothing was measured', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('lies between the two middle values of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([30, 4, 200])).toBe(30);
  });
});

describe('summarize', () => {
  it('has the spread', () => {
    expect(summarize([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
  });
});
