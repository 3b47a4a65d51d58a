import { createUpstreamClock } from '../../src/wechatpay/upstream-clock';

const now = Date.parse('2026-11-21T12:00:00Z');
const dateOf = (ms: number): string => new Date(ms).toUTCString();

describe("the upstream's clock", () => {
  it('is not known before the first answer, nor by an answer without a date', () => {
    const clock = createUpstreamClock();
    clock.saw(undefined, now);
    clock.saw('yesterday', now);
    expect(clock.skewMs()).toBeUndefined();
  });

  it('is ahead or behind by what the Date header says, to half a second', () => {
    const clock = createUpstreamClock();
    clock.saw(dateOf(now + 90_000), now);
    expect(clock.skewMs()).toBe(90_500);
    const other = createUpstreamClock();
    other.saw(dateOf(now - 90_000), now);
    expect(other.skewMs()).toBe(-89_500);
  });

  it('stands one answer that was long under way, and follows a clock that was set right', () => {
    const clock = createUpstreamClock();
    for (let answers = 0; answers < 4; answers += 1) clock.saw(dateOf(now), now);
    clock.saw(dateOf(now - 300_000), now);
    expect(clock.skewMs()).toBe(500);
    for (let answers = 0; answers < 3; answers += 1) clock.saw(dateOf(now + 70_000), now);
    expect(clock.skewMs()).toBe(70_500);
  });
});
