import { createSpread } from '../../../src/traffic/limiter/spread';

const after = (...trips: readonly number[]) => {
  const spread = createSpread();
  for (const trip of trips) spread.add(trip);
  return spread;
};
const twice = (...trips: readonly number[]) => after(...trips, ...trips);

describe('the spread of round trips', () => {
  it('is taken for wide until enough is known', () => {
    expect(after().guardMs()).toBe(25);
    expect(after(5, 5, 5).guardMs()).toBe(25);
  });

  it('makes a narrow guard on an even path and a wider one on an uneven path, within bounds', () => {
    expect(twice(5, 5, 6, 5, 6, 5, 5, 6).guardMs()).toBe(10);
    expect(twice(40, 55, 42, 57, 41, 56, 43, 58).guardMs()).toBe(28);
    expect(twice(40, 140, 42, 150, 41, 160, 43, 170).guardMs()).toBe(30);
  });

  it('takes one long trip for a pause of this process', () => {
    expect(twice(5, 5, 6, 5, 6, 5, 300, 6).guardMs()).toBe(10);
  });

  it('knows the path from other buckets', () => {
    const path = createSpread();
    const busy = createSpread(path);
    for (let turn = 0; turn < 16; turn += 1) busy.add(5);
    expect(createSpread(path).guardMs()).toBe(10);
  });
});
