import { createUpstreamWatch } from '../../src/operating/upstream-watch';
import type { AttemptEvent } from '../../src/traffic/calls/hooks';
import { fakeClock } from '../support/fake-clock';

const setUp = () => {
  const clock = fakeClock();
  const watch = createUpstreamWatch(clock);
  const attempt = (times: number, facts: Partial<AttemptEvent>): void => {
    for (let count = 0; count < times; count += 1)
      watch.attempted({
        interface: 'GET_USER_CARD',
        route: 'brand',
        brandId: '1004',
        caller: 'tests',
        lane: 'interactive',
        host: 'main',
        attempt: 1,
        durationMs: 1,
        outcome: 'ok',
        ...facts,
      });
  };
  const found = () => watch.findings().map(({ code, detail }) => `${code}: ${detail}`);
  return { clock, watch, attempt, found };
};
const down = { outcome: 'UPSTREAM_UNAVAILABLE' } as const;
const systemError = { ...down, status: 500, wechatCode: 'SYSTEM_ERROR' };

describe('the watch of the upstream', () => {
  it('says nothing of a host without attempts, and little of very few', () => {
    const { attempt, found } = setUp();
    expect(found()).toEqual([]);
    attempt(2, down);
    expect(found()).toEqual([]);
  });

  it('tells how many calls were answered, by which host, and why not; until a minute has passed', async () => {
    const { clock, attempt, found } = setUp();
    attempt(17, systemError);
    attempt(6, down);
    attempt(1, { ...down, status: 502 });
    expect(found()).toEqual([
      'upstream.failing: WeChat Pay answered 0 of 24 calls to the main host in the last 60 s (SYSTEM_ERROR 17, no response 6, HTTP 502 1)',
    ]);
    await clock.advance(54_000);
    expect(found()).toHaveLength(1);
    await clock.advance(6_000);
    expect(found()).toEqual([]);
  });

  it('holds few attempts against half, and many against 90 %', () => {
    const { attempt, found } = setUp();
    attempt(3, {});
    attempt(3, down);
    expect(found()).toEqual([]);
    attempt(14, {});
    expect(found()).toEqual([expect.stringContaining('answered 17 of 20 calls')]);
    attempt(10, {});
    expect(found()).toEqual([]);
  });

  it('counts a refusal as an answer, and a client that left as neither', () => {
    const { attempt, found } = setUp();
    attempt(20, { outcome: 'UPSTREAM_REJECTED', status: 400 });
    attempt(20, { outcome: 'left' });
    expect(found()).toEqual([]);
  });

  it('shows nothing that is not a code of WeChat Pay, and keeps few of them', () => {
    const { attempt, found } = setUp();
    attempt(5, { ...systemError, wechatCode: '13812345678' });
    for (let code = 0; code < 200; code += 1)
      attempt(1, {
        ...systemError,
        wechatCode: `A${code.toString(26).replace(/./g, (digit) => String.fromCharCode(65 + parseInt(digit, 26)))}`,
      });
    const [text = ''] = found();
    expect(text).toMatch(/answered 0 of 205 calls .*\(others \d+, HTTP 500 5, A[A-Z]+ 1\)$/);
    expect(text).not.toContain('138');
  });

  it('tells since when calls go to the backup host, until they return', () => {
    const { clock, watch, found } = setUp();
    watch.hostChanged('backup');
    expect(found()).toEqual([
      `upstream.onBackup: calls go to the backup host since ${new Date(clock.wallNow()).toISOString()}, because the main host fails`,
    ]);
    watch.hostChanged('main');
    expect(found()).toEqual([]);
  });

  it('tells what WeChat Pay refused as too frequent', () => {
    const { attempt, found } = setUp();
    attempt(2, { outcome: 'UPSTREAM_RATE_LIMITED', status: 429 });
    expect(found()).toEqual([]);
    attempt(1, { outcome: 'UPSTREAM_RATE_LIMITED', status: 429, interface: 'LIST_USER_CARDS' });
    expect(found()).toEqual([
      'upstream.rateLimited: WeChat Pay refused 3 calls as too frequent in the last 60 s (GET_USER_CARD 2, LIST_USER_CARDS 1)',
    ]);
  });
});
