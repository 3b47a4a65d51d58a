import { createUpstreamClock } from '../../../src/wechatpay/crypto/upstream-clock';
import { fakeClock } from '../../support/fake-clock';

const now = Date.parse('2026-11-21T12:00:00Z');
const dateOf = (ms: number): string => new Date(ms).toUTCString();
const setUp = () => {
  const clock = fakeClock(now);
  return { clock, upstreamClock: createUpstreamClock(clock) };
};

describe("the upstream's clock", () => {
  it('is unknown before the first response with a date', () => {
    const { upstreamClock } = setUp();
    upstreamClock.saw(undefined);
    upstreamClock.saw('yesterday');
    expect(upstreamClock.skewMs()).toBeUndefined();
    expect(upstreamClock.now()).toBe(now);
  });

  it('is ahead or behind by what the Date header says, to half a second', () => {
    const ahead = setUp().upstreamClock;
    ahead.saw(dateOf(now + 90_000));
    expect([ahead.skewMs(), ahead.now() - now]).toEqual([90_500, 90_500]);
    const behind = setUp().upstreamClock;
    behind.saw(dateOf(now - 90_000));
    expect([behind.skewMs(), behind.now() - now]).toEqual([-89_500, -89_500]);
  });

  it("does not correct a skew below the header's resolution", () => {
    const { upstreamClock } = setUp();
    upstreamClock.saw(dateOf(now + 3_000));
    expect([upstreamClock.skewMs(), upstreamClock.correctionMs()]).toEqual([3_500, 0]);
  });

  it('ignores one delayed response, and follows a corrected clock', () => {
    const { upstreamClock } = setUp();
    for (let answers = 0; answers < 4; answers += 1) upstreamClock.saw(dateOf(now));
    upstreamClock.saw(dateOf(now - 300_000));
    expect(upstreamClock.skewMs()).toBe(500);
    for (let answers = 0; answers < 3; answers += 1) upstreamClock.saw(dateOf(now + 70_000));
    expect(upstreamClock.skewMs()).toBe(70_500);
  });

  it.each([-3_600_000, -20_000, 600_000])(
    'stays right at once when the machine’s clock is set by %d ms',
    (byMs) => {
      const { clock, upstreamClock } = setUp();
      upstreamClock.saw(dateOf(now));
      clock.setWall(byMs);
      expect(upstreamClock.skewMs()).toBe(500 - byMs);
      expect(upstreamClock.now()).toBe(now + 500);
    },
  );
});
