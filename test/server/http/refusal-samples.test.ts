import { createRefusalSamples, type RefusalSample } from '../../../src/server/http/refusal-samples';
import type { Refusal } from '../../../src/server/http/refusals';
import { fakeClock } from '../../support/fake-clock';

const wrongKey: Refusal = { route: '/graphql', kind: 'unauthenticated' };

describe('refused requests in the log', () => {
  const setUp = () => {
    const clock = fakeClock();
    const reported: RefusalSample[] = [];
    return { clock, reported, ...createRefusalSamples({ clock, report: (one) => reported.push(one) }) };
  };

  it('appear at once if they are the first of their kind, then as a number per minute', async () => {
    const { clock, reported, observe } = setUp();
    for (let times = 0; times < 1_000; times += 1) observe(wrongKey);
    expect(reported.splice(0)).toEqual([{ ...wrongKey, count: 1 }]);
    await clock.advance(60_000);
    expect(reported.splice(0)).toEqual([{ ...wrongKey, count: 999 }]);
    observe(wrongKey);
    expect(reported).toEqual([]);
    await clock.advance(60_000);
    expect(reported.splice(0)).toEqual([{ ...wrongKey, count: 1 }]);
    await clock.advance(60_000);
    observe(wrongKey);
    expect(reported).toEqual([{ ...wrongKey, count: 1 }]);
  });

  it('are distinguished by route, kind and caller', () => {
    const { reported, observe } = setUp();
    observe(wrongKey);
    observe({ ...wrongKey, route: '/images' });
    observe({ ...wrongKey, kind: 'rateLimited', caller: 'key:a' });
    observe({ ...wrongKey, kind: 'rateLimited', caller: 'key:b' });
    expect(reported).toHaveLength(4);
  });

  it('cannot fill log or memory with many callers', async () => {
    const { clock, reported, observe } = setUp();
    for (let index = 0; index < 5_000; index += 1)
      observe({ ...wrongKey, kind: 'rateLimited', caller: `token:${index}` });
    expect(reported).toHaveLength(1_001);
    expect(reported.at(-1)).toEqual({ route: '/graphql', kind: 'rateLimited', count: 1 });
    await clock.advance(60_000);
    expect(reported.slice(1_001)).toEqual([{ route: '/graphql', kind: 'rateLimited', count: 3_999 }]);
  });

  it('are not lost when the server stops', () => {
    const { reported, observe, flush } = setUp();
    observe(wrongKey);
    observe(wrongKey);
    flush();
    expect(reported).toEqual([
      { ...wrongKey, count: 1 },
      { ...wrongKey, count: 1 },
    ]);
  });
});
