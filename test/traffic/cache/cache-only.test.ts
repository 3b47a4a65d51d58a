import { createHosts } from '../../../src/traffic/retry/hosts';
import { createRetryBudget } from '../../../src/traffic/retry/retry-budget';
import { createMemoryWriteEpochs } from '../../../src/traffic/cache/write-epochs';
import type { Call } from '../../../src/traffic/calls/call';
import { createLimiter } from '../../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../../src/traffic/limiter/memory-slots';
import type { CallEvent } from '../../../src/traffic/calls/hooks';
import { pipeline } from '../../../src/traffic/pipeline';
import { aCall, aReply, silentMeter } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

const minute = 60_000;

const setUp = () => {
  const clock = fakeClock();
  const sent: Call[] = [];
  const observed: CallEvent[] = [];
  const send = pipeline(
    {
      clock,
      random: () => 0.5,
      observer: (event) => observed.push(event),
      cache: { writeEpochs: createMemoryWriteEpochs(clock), maxBytes: 1_000_000 },
      hosts: createHosts(clock),
      budget: createRetryBudget(),
      limiter: createLimiter({ slots: createMemorySlots(clock), clock, random: () => 0.5 }),
      hooks: silentMeter,
    },
    (call) => {
      sent.push(call);
      return Promise.resolve(aReply('gold', clock.now()));
    },
  );
  const cache = { kind: 'userCard', key: 'card', subject: 'cards' } as const;
  const read = (changes: Partial<Call> = {}) =>
    clock.until(send(aCall({ cache, deadline: clock.now() + minute, ...changes })));
  const look = (maxAgeMs?: number) =>
    read({ cacheOnly: true, cache: { ...cache, ...(maxAgeMs === undefined ? {} : { maxAgeMs }) } });
  return { clock, sent, observed, read, look };
};

describe('a cache-only read', () => {
  it('sends nothing if nothing is cached', async () => {
    const { sent, look } = setUp();
    await expect(look()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', sent: false });
    expect(sent).toEqual([]);
  });

  it('returns the cached entry and starts no refresh', async () => {
    const { clock, sent, read, look } = setUp();
    await read();
    await expect(look()).resolves.toMatchObject({ data: 'gold', stale: false });
    await clock.advance(15 * minute);
    await expect(look()).resolves.toMatchObject({ data: 'gold', stale: true });
    await clock.advance(minute);
    expect(sent).toHaveLength(1);
  });

  it('sends nothing if the cached entry is too old for the caller', async () => {
    const { clock, sent, read, look } = setUp();
    await read();
    await clock.advance(minute);
    await expect(look(minute / 2)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(sent).toHaveLength(1);
  });

  it('is not observed as a call', async () => {
    const { observed, read, look } = setUp();
    await look().catch(() => undefined);
    await read();
    await look();
    expect(observed.map(({ outcome }) => outcome)).toEqual(['ok']);
  });
});
