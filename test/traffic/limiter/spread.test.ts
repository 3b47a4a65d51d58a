import { createPath, createSpread } from '../../../src/traffic/limiter/spread';

const after = (...trips: readonly number[]) => {
  const spread = createSpread(createPath());
  for (const trip of trips) spread.add(trip);
  return spread;
};

describe('the spread of round trips', () => {
  it('is taken for wide until enough is known', () => {
    expect(after().guardMs()).toBe(25);
    expect(after(5, 5, 5).guardMs()).toBe(25);
  });

  it('makes a narrow guard on an even path and a wider one on an uneven path, within bounds', () => {
    expect(after(5, 5, 6, 5, 6, 5, 5, 6).guardMs()).toBe(6);
    expect(after(40, 50, 42, 52, 41, 51, 43, 53).guardMs()).toBe(17);
    expect(after(40, 140, 42, 150, 41, 160, 43, 170).guardMs()).toBe(30);
  });

  it('takes one long trip for a pause, which the guard does not pay for', () => {
    const spread = after(5, 5, 6, 5, 6, 5, 300, 6);
    expect(spread.guardMs()).toBe(6);
  });

  it('tells what the guard does not cover', () => {
    const spread = after(5, 5, 6, 5, 6, 5, 5, 6);
    expect(spread.beyondMs(7, 6)).toBe(0);
    expect(spread.beyondMs(20, 6)).toBe(12);
    expect(spread.beyondMs(900, 6)).toBe(100);
  });

  it('judges the first calls of a bucket by the shortest of the whole path', () => {
    const path = createPath();
    const known = createSpread(path);
    for (const trip of [60, 65, 70]) known.add(trip);
    const unknown = createSpread(path);
    expect(unknown.beyondMs(60, 25)).toBe(0);
    expect(unknown.beyondMs(232, 25)).toBe(169);
    expect(unknown.beyondMs(5_000, 25)).toBe(400);
  });

  it('does not take the upstream’s own work for a way that is uneven', () => {
    const spread = after(50, 140, 60, 150, 150, 70, 150, 80);
    expect(spread.beyondMs(140, spread.guardMs())).toBe(0);
  });

  it('forgets', () => {
    const spread = after(40, 140, 42, 150, 41, 160, 43, 170);
    for (let turn = 0; turn < 32; turn += 1) spread.add(5);
    expect([spread.guardMs(), spread.usualMs()]).toEqual([6, 5]);
  });
});
