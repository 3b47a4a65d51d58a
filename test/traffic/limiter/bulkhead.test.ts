import { createBulkhead } from '../../../src/traffic/limiter/bulkhead';
import { createLimiter } from '../../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../../src/traffic/limiter/memory-slots';
import type { Place, Reply, ScheduledCall, Send } from '../../../src/traffic/calls/call';
import { aBucket, aCall, anAttempt, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';
import { pipelineOver } from '../../support/pipeline-over';

/** Takes places for the brand until it gets no more. */
const takeAll = (bulkhead: ReturnType<typeof createBulkhead>, brandId: string): readonly Place[] => {
  const places: Place[] = [];
  for (let place = bulkhead.take(brandId); place !== undefined; place = bulkhead.take(brandId))
    places.push(place);
  return places;
};

describe('the places of a bulkhead', () => {
  it('are not all taken by one brand', () => {
    const bulkhead = createBulkhead(fakeClock(), { max: 100, maxPerBrand: 20 });
    expect(takeAll(bulkhead, 'silent')).toHaveLength(20);
    expect(bulkhead.isFull('silent')).toBe(true);
    expect(bulkhead.isFull('other')).toBe(false);
  });

  it('are not all taken by many brands of which nobody is answered', () => {
    const bulkhead = createBulkhead(fakeClock(), { max: 100, maxPerBrand: 20 });
    const taken = Array.from({ length: 12 }, (_, index) => takeAll(bulkhead, `silent${index}`).length);
    expect(Math.min(...taken)).toBeGreaterThanOrEqual(1);
    expect(bulkhead.take('healthy')).toBeDefined();
  });

  it('go to those who wait, the most urgent of a brand first and brands in turn', async () => {
    const clock = fakeClock();
    const bulkhead = createBulkhead(clock, { max: 2, maxPerBrand: 1 });
    const places = ['a', 'b'].map((brandId) => bulkhead.take(brandId));
    const served: string[] = [];
    const wait = (brandId: string, lane: 'interactive' | 'bulk'): void => {
      void bulkhead.wait(anAttempt({ brandId, lane }), clock.now() + 1_000).then((place) => {
        served.push(`${brandId} ${lane}`);
        place.leave();
      });
    };
    wait('a', 'bulk');
    wait('a', 'interactive');
    wait('c', 'interactive');
    await clock.advance(1);
    expect(served).toEqual([]);
    for (const place of places) place?.leave();
    await clock.advance(1);
    expect(served).toEqual(['a interactive', 'c interactive', 'a bulk']);
    expect(['a', 'b', 'c'].map((brandId) => bulkhead.isFull(brandId))).toEqual([false, false, false]);
  });

  it('are kept until the exchange has ended, however early the caller leaves', async () => {
    const clock = fakeClock();
    const bulkhead = createBulkhead(clock, { max: 2, maxPerBrand: 1 });
    let end: () => void = () => undefined;
    const place = bulkhead.take('a');
    place?.keepUntil(new Promise<void>((_, reject) => (end = reject)));
    place?.leave();
    place?.leave();
    await clock.advance(1);
    expect(bulkhead.isFull('a')).toBe(true);
    end();
    await clock.advance(1);
    expect(takeAll(bulkhead, 'a')).toHaveLength(1);
  });

  it('are not waited for by a caller who has left, nor beyond the deadline, nor by a refresh', async () => {
    const clock = fakeClock();
    const bulkhead = createBulkhead(clock, { max: 2, maxPerBrand: 1 });
    const place = bulkhead.take('a');
    const leaving = new AbortController();
    const latest = clock.now() + 500;
    const code = (error: unknown): unknown => (error as { code?: unknown; message?: unknown }).code ?? error;
    const waits = [
      bulkhead.wait(anAttempt({ brandId: 'a' }), latest),
      bulkhead.wait(anAttempt({ brandId: 'a', signal: leaving.signal }), latest),
      bulkhead.wait(anAttempt({ brandId: 'a', lane: 'refresh' }), latest),
    ].map((one) => one.catch(code));
    leaving.abort('left');
    await clock.advance(500);
    expect(await Promise.all(waits)).toEqual(['UPSTREAM_BUSY', 'left', 'UPSTREAM_BUSY']);
    place?.leave();
    expect(takeAll(bulkhead, 'a')).toHaveLength(1);
  });
});

describe('calls of a brand that is not answered', () => {
  const setUp = () => {
    const clock = fakeClock();
    const limiter = createLimiter({
      slots: createMemorySlots(clock),
      clock,
      random: () => 0.5,
      connections: { max: 10, maxPerBrand: 2 },
    });
    const open: (() => void)[] = [];
    const send = limiter.wrapper((call) => {
      call.onWritten(clock.now());
      if (call.brandId !== 'silent') return Promise.resolve(aReply(call.brandId, 0));
      const exchange = new Promise<Reply>((resolve) => {
        open.push(() => {
          resolve(aReply('late', 0));
        });
      });
      call.place.keepUntil(exchange);
      return exchange;
    });
    const ask = (brandId: string, deadlineMs = 4_000): Promise<unknown> =>
      send(anAttempt({ brandId, bucket: aBucket(5, 'mchid/1/X'), deadline: clock.now() + deadlineMs })).then(
        ({ data }) => data,
        (error: unknown) => (error as { code: unknown }).code,
      );
    return { clock, open, ask };
  };

  it('leave the slots that they share with other brands, as they have no connection for them', async () => {
    const { clock, open, ask } = setUp();
    const silent = Array.from({ length: 10 }, () => ask('silent'));
    await clock.advance(2_500);
    expect(open).toHaveLength(2);
    const began = clock.now();
    // A whole window of slots is free, as nothing was sent for a second.
    expect(await clock.until(Promise.all(Array.from({ length: 5 }, () => ask('other'))))).toEqual(
      Array.from({ length: 5 }, () => 'other'),
    );
    expect(clock.now()).toBe(began);
    await clock.advance(2_000);
    for (const answer of open) answer();
    expect(await clock.until(Promise.all(silent))).toEqual([
      ...['late', 'late'],
      ...Array.from({ length: 8 }, () => 'UPSTREAM_BUSY'),
    ]);
  });

  it('go on as connections become free', async () => {
    const { clock, open, ask } = setUp();
    const silent = Array.from({ length: 4 }, () => ask('silent'));
    await clock.advance(1_100);
    for (const answer of open) answer();
    await clock.advance(1_100);
    expect(open).toHaveLength(4);
    for (const answer of open) answer();
    expect(await clock.until(Promise.all(silent))).toEqual(['late', 'late', 'late', 'late']);
  });
});

describe('a limit of thousands of calls a second', () => {
  it('is never named as the reason while connections are what lacks', async () => {
    const clock = fakeClock();
    const limiter = createLimiter({
      slots: createMemorySlots(clock),
      clock,
      random: () => 0.5,
      connections: { max: 20, maxPerBrand: 20 },
    });
    const send = limiter.wrapper(async (call) => {
      call.onWritten(clock.now());
      await new Promise<void>((resolve) => clock.after(900, resolve));
      return aReply('', 0);
    });
    const bucket = aBucket(5_000, 'mchid/1/X');
    const lanes = ['interactive', 'mutation', 'bulk', 'refresh'] as const;
    const codes = Array.from({ length: 400 }, (_, index) =>
      send(anAttempt({ bucket, lane: lanes[index % 4] ?? 'bulk', deadline: clock.now() + 4_000 })).then(
        () => 'sent',
        (error: unknown) => (error as { code: unknown }).code,
      ),
    );
    const seen = await clock.until(Promise.all(codes));
    expect(new Set(seen)).toEqual(new Set(['sent', 'UPSTREAM_BUSY']));
  });
});

describe('more calls than this process can hold, although the limit allows them', () => {
  it('are refused as busy; beyond the limit they are refused for their rate', async () => {
    const clock = fakeClock();
    const limiter = createLimiter({ slots: createMemorySlots(clock), clock, random: () => 0.5 });
    const send = limiter.wrapper(() => Promise.resolve(aReply('', 0)));
    const codes = async (callsPerSecond: number, lane: 'bulk' | 'interactive'): Promise<unknown[]> => {
      const bucket = aBucket(callsPerSecond, `mchid/${callsPerSecond}/X`);
      const all = Array.from({ length: 2_001 }, () =>
        send(anAttempt({ bucket, lane, deadline: clock.now() + 8_000 })).then(
          () => 'sent',
          (error: unknown) => (error as { code: unknown }).code,
        ),
      );
      const last = await clock.until(all[2_000] as Promise<unknown>);
      void Promise.all(all);
      return [last];
    };
    expect(await codes(5_000, 'bulk')).toEqual(['UPSTREAM_BUSY']);
    expect(await codes(5, 'bulk')).toEqual(['UPSTREAM_RATE_LIMITED']);
  });
});

describe('a write whose caller no longer waits', () => {
  it('keeps its place until its connection is free', async () => {
    const clock = fakeClock();
    const ends: (() => void)[] = [];
    const silence: Send<ScheduledCall> = (call) => {
      call.onWritten(clock.now());
      return new Promise((_, reject) => ends.push(reject));
    };
    const send = pipelineOver(clock, silence, { max: 2, maxPerBrand: 1 });
    const write = (): Promise<unknown> =>
      send(
        aCall({
          access: 'write',
          idempotency: 'unsafe',
          lane: 'mutation',
          recordIntent: () => Promise.resolve(),
          deadline: clock.now() + 4_000,
        }),
      ).catch((error: unknown) => (error as { code: unknown }).code);
    expect(await clock.until(write())).toBe('OUTCOME_UNKNOWN');
    expect(await clock.until(write())).toBe('UPSTREAM_BUSY');
    expect(ends).toHaveLength(1);
    for (const end of ends) end();
    expect(await clock.until(write())).toBe('OUTCOME_UNKNOWN');
    expect(ends).toHaveLength(2);
  });
});
