import fc from 'fast-check';
import { AppError } from '../../../src/shared/errors';
import { cache } from '../../../src/traffic/cache/cache';
import { createMemoryWriteEpochs } from '../../../src/traffic/cache/write-epochs';
import type { CacheHit, CachePart, Call, Reply } from '../../../src/traffic/calls/call';
import { aCall, aReply, silentTally } from '../../support/calls';
import { fakeClock, type FakeClock } from '../../support/fake-clock';

const minute = 60_000;
const notFound = new AppError('NOT_FOUND', '', { sent: true, upstream: { status: 404, verified: true } });
const unsignedNotFound = new AppError('NOT_FOUND', '', {
  sent: true,
  upstream: { status: 404, verified: false },
});
const unavailable = new AppError('UPSTREAM_UNAVAILABLE', '', { sent: true });

/** An upstream with one object per key, whose answers can be delayed and failed. */
const setUp = () => {
  const clock = fakeClock();
  const objects = new Map<string, number>();
  const state = {
    calls: 0,
    fail: undefined as AppError | undefined,
    delayMs: 0,
    lanes: [] as string[],
    onLate: undefined as Call['onLate'],
    signal: undefined as AbortSignal | undefined,
  };
  const after = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  const part = (key: string, data: unknown): CachePart => ({
    kind: 'userCard',
    key,
    subjects: [`of ${key}`],
    data,
  });

  const upstream = async (call: Call): Promise<Reply> => {
    state.calls += 1;
    state.lanes.push(call.lane);
    state.onLate = call.onLate;
    state.signal = call.signal;
    const { delayMs, fail } = state;
    const key = call.request().target;
    if (fail !== undefined) {
      await after(delayMs);
      throw fail;
    }
    const write = call.request().method === 'PATCH';
    if (write) await after(delayMs / 2);
    if (write) objects.set(key, (objects.get(key) ?? 0) + 1);
    const value = objects.get(key) ?? 0;
    if (!write) await after(delayMs);
    else await after(delayMs / 2);
    return aReply({ value }, clock.now());
  };
  const send = cache({
    clock,
    random: () => 0.5,
    writeEpochs: createMemoryWriteEpochs(clock),
    maxBytes: 1_000_000,
  })(upstream);
  const read = (key = 'a', rule: Partial<Call['cache']> = {}, changes: Partial<Call> = {}) =>
    send(
      aCall({
        request: () => ({ method: 'GET', target: key, sealed: false }),
        cache: { kind: 'userCard', key, subject: `of ${key}`, ...rule },
        ...changes,
      }),
    );
  const write = (key = 'a', changes: Partial<Call> = {}) =>
    send(
      aCall({
        lane: 'mutation',
        idempotency: 'set',
        access: 'write',
        request: () => ({ method: 'PATCH', target: key, sealed: false }),
        writes: { subjects: () => [`of ${key}`], parts: (data) => [part(key, data)] },
        ...changes,
      }),
    );
  return { clock, state, objects, read, write };
};

const value = (reply: Reply): unknown => (reply.data as { value: number }).value;

describe('cache', () => {
  it('calls the upstream once and serves the cached entry while it is fresh', async () => {
    const { clock, state, read } = setUp();
    await clock.until(read());
    const again = await clock.until(read());
    expect([state.calls, again.stale]).toEqual([1, false]);
  });

  it('serves a stale entry at once and refreshes it once in the background, in its own lane', async () => {
    const { clock, state, read } = setUp();
    await clock.until(read());
    await clock.advance(15 * minute);
    state.delayMs = 100;
    const [first, second] = await clock.until(Promise.all([read(), read()]));
    expect([first.stale, second.stale]).toEqual([true, true]);
    await clock.advance(200);
    expect(state.lanes).toEqual(['interactive', 'refresh']);
    expect((await clock.until(read())).stale).toBe(false);
  });

  it('serves stale entries while the upstream is down for hours, and marks them', async () => {
    const { clock, state, read } = setUp();
    await clock.until(read());
    state.fail = unavailable;
    await clock.advance(3 * 60 * minute);
    expect((await clock.until(read())).stale).toBe(true);
    await clock.advance(24 * 60 * minute);
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('serves stale entries if WeChat Pay refuses the credential', async () => {
    const { clock, state, read } = setUp();
    await clock.until(read());
    state.fail = new AppError('MISCONFIGURED', '', { upstream: { status: 401, verified: false } });
    await clock.advance(3 * 60 * minute);
    expect((await clock.until(read())).stale).toBe(true);
    // A missing setting of ours is not WeChat Pay's refusal.
    state.fail = new AppError('MISCONFIGURED', '');
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'MISCONFIGURED' });
  });

  it('measures the age of an entry with the monotonic clock', async () => {
    const { clock, state, read } = setUp();
    await clock.until(read());
    clock.setWall(-3_600_000);
    expect((await clock.until(read())).stale).toBe(false);
    clock.setWall(2 * 86_400_000);
    expect((await clock.until(read())).stale).toBe(false);
    expect(state.calls).toBe(1);
    await clock.advance(30 * minute);
    expect((await clock.until(read())).stale).toBe(true);
  });

  it('does not serve an older entry if WeChat Pay refuses the read', async () => {
    const { clock, state, read } = setUp();
    await clock.until(read());
    state.fail = new AppError('UPSTREAM_FORBIDDEN', '', { upstream: { status: 403, verified: true } });
    await clock.advance(3 * 60 * minute);
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'UPSTREAM_FORBIDDEN' });
  });

  it("uses the caller's maximum age", async () => {
    const { clock, state, read } = setUp();
    await clock.until(read());
    await clock.advance(20 * minute);
    expect((await clock.until(read('a', { maxAgeMs: 30 * minute }))).stale).toBe(false);
    expect(state.calls).toBe(1);
    await clock.until(read('a', { maxAgeMs: 10 * minute }));
    expect(state.calls).toBe(2);
    await clock.until(read('a', { maxAgeMs: 0 }));
    expect(state.calls).toBe(3);
  });

  describe('a hit', () => {
    /** The hit of a read of a cached object. */
    const aHit = async ({ clock, read }: ReturnType<typeof setUp>): Promise<CacheHit> => {
      const hits: CacheHit[] = [];
      const stats = { ...silentTally, cacheHit: (_: string, __: unknown, hit: CacheHit) => hits.push(hit) };
      await clock.until(read());
      await clock.until(read('a', {}, { stats }));
      return hits[0] as CacheHit;
    };

    it('is current while the same read would find the same object', async () => {
      const parts = setUp();
      const hit = await aHit(parts);
      await parts.clock.until(parts.read('b'));
      await parts.clock.advance(minute);
      expect([hit.stale, hit.isCurrent()]).toEqual([false, true]);
      await parts.clock.advance(15 * minute);
      expect(hit.isCurrent()).toBe(false);
    });

    it('is not current once a write has begun', async () => {
      const parts = setUp();
      const hit = await aHit(parts);
      parts.state.delayMs = 100;
      const written = parts.write();
      await parts.clock.advance(10);
      expect(hit.isCurrent()).toBe(false);
      await parts.clock.until(written);
      expect(hit.isCurrent()).toBe(false);
    });

    it('is not current once another result is cached', async () => {
      const parts = setUp();
      const hit = await aHit(parts);
      await parts.clock.advance(1_000);
      await parts.clock.until(parts.read('a', { maxAgeMs: 0 }));
      expect(hit.isCurrent()).toBe(false);
    });

    it('that served a stale entry after a failure is not current', async () => {
      const parts = setUp();
      const hits: CacheHit[] = [];
      const stats = { ...silentTally, cacheHit: (_: string, __: unknown, hit: CacheHit) => hits.push(hit) };
      await parts.clock.until(parts.read());
      parts.state.fail = unavailable;
      await parts.clock.advance(3 * 60 * minute);
      await parts.clock.until(parts.read('a', {}, { stats }));
      expect(hits.map(({ stale, isCurrent }) => [stale, isCurrent()])).toEqual([[true, false]]);
    });
  });

  it('caches a signed "not found" for a short time', async () => {
    const { clock, state, read } = setUp();
    state.fail = notFound;
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(clock.until(read())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      upstream: { verified: true },
    });
    expect(state.calls).toBe(1);
    await clock.advance(20_000);
    state.fail = undefined;
    expect(value(await clock.until(read()))).toBe(0);
  });

  it('does not cache an unsigned "not found"', async () => {
    const { clock, state, read } = setUp();
    state.fail = unsignedNotFound;
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(state.calls).toBe(2);
  });

  it('shares one call between readers, and aborts it only when the last one leaves', async () => {
    const { clock, state, read } = setUp();
    state.delayMs = 100;
    const leaver = new AbortController();
    const left = read('a', {}, { signal: leaver.signal }).catch((error: unknown) => error);
    const stays = read();
    await clock.advance(10);
    leaver.abort(new Error('gone'));
    expect(await clock.until(left)).toEqual(new Error('gone'));
    expect(value(await clock.until(stays))).toBe(0);
    expect(state.calls).toBe(1);
  });

  it("retries for a reader whose deadline is later than the first one's", async () => {
    const { clock, state, read } = setUp();
    state.fail = new AppError('UPSTREAM_RATE_LIMITED', '', { retryAfterMs: 100 });
    state.delayMs = 50;
    const hasty = read('a', {}, { deadline: clock.now() + 60 }).catch((error: unknown) => error);
    const patient = read('a', {}, { deadline: clock.now() + 10_000 });
    await clock.advance(10);
    state.fail = undefined;
    expect(await clock.until(hasty)).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    expect(value(await clock.until(patient))).toBe(0);
    expect(state.calls).toBe(2);
  });

  it('serves the answer of a write to the next read', async () => {
    const { clock, state, read, write } = setUp();
    await clock.until(read());
    await clock.until(write());
    expect(value(await clock.until(read()))).toBe(1);
    expect(state.calls).toBe(2);
  });

  it('caches nothing after a write with an unknown outcome until it has settled', async () => {
    const { clock, state, read, write } = setUp();
    await clock.until(read());
    state.fail = unavailable;
    await expect(clock.until(write())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    state.fail = undefined;
    await clock.until(read());
    await clock.until(read());
    expect(state.calls).toBe(4);
    await clock.advance(20_001);
    await clock.until(read());
    await clock.until(read());
    expect(state.calls).toBe(5);
  });

  it('never serves a value older than one that a finished write returned, in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            write: fc.boolean(),
            key: fc.constantFrom('a', 'b'),
            delayMs: fc.integer({ min: 0, max: 500 }),
            pauseMs: fc.integer({ min: 0, max: 300 }),
          }),
          { minLength: 2, maxLength: 25 },
        ),
        async (steps) => {
          const { clock, state, read, write } = setUp();
          const settled = { a: 0, b: 0 };
          const underway: Promise<void>[] = [];
          for (const { write: isWrite, key, delayMs, pauseMs } of steps) {
            state.delayMs = delayMs;
            if (isWrite) {
              underway.push(
                write(key).then((reply) => {
                  settled[key] = Math.max(settled[key], value(reply) as number);
                }),
              );
            } else {
              const atLeast = settled[key];
              underway.push(
                read(key).then((reply) => {
                  expect(value(reply)).toBeGreaterThanOrEqual(atLeast);
                }),
              );
            }
            await clock.advance(pauseMs);
          }
          await settle(clock, underway);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const settle = async (clock: FakeClock, underway: readonly Promise<void>[]): Promise<void> => {
  await clock.advance(5_000);
  await Promise.all(underway);
};

describe('an attempt that was given up', () => {
  it('ends the call if its reply comes before that of the next attempt', async () => {
    const { clock, state, read } = setUp();
    state.delayMs = 2_000;
    const reading = read();
    await clock.advance(500);
    state.onLate?.(aReply({ value: 7 }, clock.now()));
    expect(await clock.until(reading)).toMatchObject({ data: { value: 7 } });
    // The next attempt gives its slot back.
    expect(state.signal?.aborted).toBe(true);
    expect(await read()).toMatchObject({ data: { value: 7 } });
    expect(state.calls).toBe(1);
  });

  it('fills the cache if its reply comes after the call has ended', async () => {
    const { clock, state, read } = setUp();
    state.fail = unavailable;
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    state.onLate?.(aReply({ value: 7 }, clock.now()));
    await clock.advance(1);
    expect(await read()).toMatchObject({ data: { value: 7 } });
    expect(state.calls).toBe(1);
  });

  it('fills nothing if a write came in between', async () => {
    const { clock, state, read, write } = setUp();
    state.fail = unavailable;
    await expect(clock.until(read())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const { onLate } = state;
    state.fail = undefined;
    await clock.until(write());
    onLate?.(aReply({ value: 0 }, clock.now()));
    await clock.advance(1);
    expect(await clock.until(read())).toMatchObject({ data: { value: 1 } });
  });
});

describe('a newer reply that could not be kept', () => {
  it('is not followed by an older entry, for a caller who knows of no write', async () => {
    const { clock, objects, read } = setUp();
    objects.set('a', 78);
    expect(value(await clock.until(read()))).toBe(78);
    await clock.advance(10);
    // Written in another process, of which only the owner of the token knows.
    objects.set('a', 79);
    const seen = new Map([['of a', clock.now() * 2_000]]);
    expect(value(await clock.until(read('a', {}, { seen })))).toBe(79);
    expect(value(await clock.until(read()))).toBe(79);
  });
});
