import { seededRandom, zipf } from './random';

const draw = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next);

describe('seededRandom', () => {
  it('gives every contender the same numbers, and every run others', () => {
    expect(draw(5, seededRandom(7))).toEqual(draw(5, seededRandom(7)));
    expect(draw(5, seededRandom(7))).not.toEqual(draw(5, seededRandom(8)));
  });

  it('spreads evenly over [0, 1)', () => {
    const numbers = draw(20_000, seededRandom(1));
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => numbers.filter((number) => Math.floor(number * 10) === tenth).length,
    );
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});

describe('zipf', () => {
  it('draws rank r in proportion to 1 / r ** exponent', () => {
    const drawn = draw(50_000, zipf(100, 1, seededRandom(3)));
    const share = (index: number): number => drawn.filter((one) => one === index).length / drawn.length;
    const harmonic = Array.from({ length: 100 }, (_, index) => 1 / (index + 1)).reduce((a, b) => a + b, 0);
    for (const index of [0, 1, 9]) expect(share(index)).toBeCloseTo(1 / (index + 1) / harmonic, 2);
  });

  it('stays within the population', () => {
    const drawn = draw(5_000, zipf(3, 1.1, seededRandom(4)));
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2]));
    expect(zipf(3, 1.1, () => 0.999_999_999_999_999_9)()).toBe(2);
  });
});
