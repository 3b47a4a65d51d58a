import { createCallerLimit } from '../../../src/server/http/caller-limit';
import { fakeClock } from '../../support/fake-clock';

describe('the limit of a caller', () => {
  it('accepts a burst, then so many requests a second, and returns the wait until the next', async () => {
    const clock = fakeClock();
    const admit = createCallerLimit({ perSecond: 10, burst: 5, clock });
    const taken = (count: number) =>
      Array.from({ length: count }, () => admit('a')).filter((wait) => wait === undefined).length;
    expect(taken(20)).toBe(5);
    const waitMs = admit('a') ?? 0;
    expect(waitMs).toBeCloseTo(100);
    await clock.advance(waitMs);
    expect(taken(20)).toBe(1);
    let inTenSeconds = 0;
    for (let step = 0; step < 1_000; step += 1) {
      await clock.advance(10);
      inTenSeconds += taken(1);
    }
    expect(inTenSeconds).toBe(100);
    await clock.advance(10_000);
    expect(taken(20)).toBe(5);
  });

  it('is separate for each caller', () => {
    const admit = createCallerLimit({ perSecond: 1, burst: 1, clock: fakeClock() });
    expect([admit('a'), admit('b'), admit('a')]).toEqual([undefined, undefined, 1_000]);
  });
});
