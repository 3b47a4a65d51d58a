import { createPath, createSpread } from '../../../src/traffic/limiter/spread';

const after = (...trips: readonly number[]) => {
  const spread = createSpread(createPath());
  for (const trip of trips) spread.add(trip);
  return spread;
};

describe('the spread of round trips', () => {
  it('is taken for wide until anything is known', () => {
    expect(after().guardMs()).toBe(25);
    expect(after().beyondMs(500)).toBe(0);
    expect(after(5).guardMs()).toBe(6);
  });

  it('tells how much later than the shortest a call may have arrived', () => {
    const spread = after(5, 5, 6, 5, 6, 5, 5, 6);
    expect(spread.beyondMs(7)).toBe(0);
    expect(spread.beyondMs(20)).toBe(12);
    expect(spread.beyondMs(900)).toBe(100);
  });

  it('judges the first calls of a bucket by the shortest of the whole path', () => {
    const path = createPath();
    const known = createSpread(path);
    for (const trip of [60, 65, 70]) known.add(trip);
    const unknown = createSpread(path);
    expect(unknown.guardMs()).toBe(6);
    expect(unknown.beyondMs(60)).toBe(0);
    expect(unknown.beyondMs(232)).toBe(169);
    expect(unknown.beyondMs(5_000)).toBe(400);
  });

  it('takes a call that was never answered for as late as any', () => {
    expect(after().beyondMs(Infinity)).toBe(400);
    expect(after(5, 5, 6, 5, 6, 5, 5, 6).beyondMs(Infinity)).toBe(100);
  });

  it('does not take the upstream’s own work for a way that is uneven', () => {
    const spread = after(50, 140, 60, 150, 150, 70, 150, 80);
    expect(spread.beyondMs(128)).toBe(0);
    expect(spread.beyondMs(150)).toBe(22);
  });

  it('forgets', () => {
    const spread = after(40, 140, 42, 150, 41, 160, 43, 170);
    for (let turn = 0; turn < 32; turn += 1) spread.add(5);
    expect([spread.beyondMs(8), spread.usualMs()]).toEqual([0, 5]);
  });
});
