import { defaults } from '../../../src/config/config';
import { createClientAbort } from '../../../src/server/http/client-abort';
import { AppError } from '../../../src/shared/errors';
import { createDeferredReads } from '../../../src/traffic/cache/deferred-reads';
import type { Call, Reply } from '../../../src/traffic/calls/call';
import { aBucket, aCall, aReply, silentTally } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';
import { pipelineOver } from '../../support/pipeline-over';

const roundTripMs = 80;
const { queryDeadlineMs } = defaults.server;

/** The application's pipeline, an upstream that answers after 80 ms, and the times at which its calls were written. */
const setUp = (answer: (key: string) => unknown = () => ({})) => {
  const clock = fakeClock();
  const began = clock.now();
  const written: { readonly key: string; readonly at: number; readonly lane: Call['lane'] }[] = [];
  const send = pipelineOver(clock, async (call) => {
    const { onWritten, lane, cache, signal } = call;
    const key = cache?.key ?? '';
    const at = Math.max(clock.now(), call.sendAt);
    onWritten(at);
    written.push({ key, at: at - began, lane });
    await new Promise<void>((resolve) => clock.after(roundTripMs, resolve));
    signal?.throwIfAborted();
    return aReply(answer(key), clock.now());
  });
  const ask = (key: string, changes: Partial<Call> = {}): Promise<Reply> =>
    send(
      aCall({
        cache: { kind: 'userCard', key, subject: `cards of ${key}` },
        deadline: clock.now() + queryDeadlineMs,
        ...changes,
      }),
    );
  /** One operation: what each key got. Virtual time passes until all have ended. */
  const askAll = async (keys: readonly string[], changes?: Partial<Call>) => {
    const ends = await clock.until(Promise.allSettled(keys.map((key) => ask(key, changes))));
    const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as AppError] : []));
    return { served: ends.length - errors.length, errors };
  };
  const keysWritten = (): readonly string[] => written.map(({ key }) => key);
  return { clock, written, keysWritten, ask, askAll };
};

const cards = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `card ${index}`);
const unique = (keys: readonly string[]): number => new Set(keys).size;
const longestWait = (errors: readonly AppError[]): number =>
  Math.max(...errors.map(({ retryAfterMs }) => retryAfterMs ?? NaN));

describe('a cold list of keys', () => {
  it('of one page has no error before the default deadline', async () => {
    const { askAll, written } = setUp();
    expect(await askAll(cards(20))).toEqual({ served: 20, errors: [] });
    expect(written).toHaveLength(20);
  });

  it('of the longest length is served in part, and complete after the longest retryAfterMs, without a further call', async () => {
    const { clock, askAll, written, keysWritten } = setUp();
    const asked = clock.now();
    const first = await askAll(cards(100));
    expect(first.served).toBeGreaterThanOrEqual(20);
    expect(first.served + first.errors.length).toBe(100);
    expect(new Set(first.errors.map(({ code }) => code))).toEqual(new Set(['UPSTREAM_RATE_LIMITED']));
    expect(clock.now() - asked).toBeLessThanOrEqual(queryDeadlineMs);

    await clock.advance(longestWait(first.errors));
    expect(written).toHaveLength(100);
    expect(await askAll(cards(100))).toEqual({ served: 100, errors: [] });
    expect([written.length, unique(keysWritten())]).toEqual([100, 100]);
  });

  it('says for each key when it is in the cache', async () => {
    const { clock, askAll, written } = setUp();
    const { errors, served } = await askAll(cards(60));
    await clock.advance(60_000);
    // Each was refused at the start, and is written within one round trip and one interval of what it was told.
    errors.forEach(({ retryAfterMs = NaN }, index) => {
      const { key, at } = written[served + index] ?? { key: '', at: NaN };
      expect(key).toBe(`card ${served + index}`);
      expect(at + roundTripMs).toBeLessThanOrEqual(retryAfterMs);
      expect(at).toBeGreaterThan(retryAfterMs / 2);
    });
  });

  it('never has a key fetched twice, however often it is asked for again', async () => {
    const { clock, askAll, written, keysWritten } = setUp();
    let missing = 100;
    for (let asked = 0; missing > 0 && asked < 20; asked += 1) {
      missing = (await askAll(cards(100))).errors.length;
      await clock.advance(333 * asked);
    }
    expect(missing).toBe(0);
    await clock.advance(60_000);
    expect([written.length, unique(keysWritten())]).toEqual([100, 100]);
  });

  it('waits for a read that is under way in the background', async () => {
    const { clock, ask, askAll, written } = setUp();
    const { served } = await askAll(cards(40));
    while (written.length === served) await clock.advance(10);
    const key = written.at(-1)?.key ?? '';
    await clock.until(ask(key));
    expect(written.filter((one) => one.key === key)).toHaveLength(1);
  });

  it('never exceeds the limit', async () => {
    const { clock, askAll, written } = setUp();
    await askAll(cards(100));
    await clock.advance(5_000);
    await askAll(cards(100));
    await clock.advance(60_000);
    const times = written.map(({ at }) => at).sort((a, b) => a - b);
    times.forEach((at, index) => {
      if (index >= 5) expect(at - (times[index - 5] ?? NaN)).toBeGreaterThanOrEqual(1_000);
    });
  });
});

describe('reads that continue in the background', () => {
  it('leave a slot free for an interactive read at any time', async () => {
    const { clock, ask, askAll } = setUp();
    await askAll(cards(60));
    const waits: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      // Later in the window each time, and far enough apart that the reads themselves leave slots free.
      await clock.advance(1_237);
      const stats = {
        ...silentTally,
        sent: (_: string, __: unknown, waitedMs: number) => waits.push(waitedMs),
      };
      await clock.until(ask(`other ${turn}`, { caller: 'another', stats }));
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('give way while interactive reads use the whole limit', async () => {
    const { clock, ask, askAll, written } = setUp();
    const { errors } = await askAll(cards(60));
    expect(errors.length).toBeGreaterThan(20);
    const before = written.length;
    for (let second = 0; second < 10; second += 1) {
      const screen = cards(5).map((card) => ask(`${card} of screen ${second}`, { caller: 'another' }));
      await clock.advance(1_010);
      await clock.until(Promise.all(screen));
    }
    expect(written.slice(before).filter(({ key }) => !key.includes(' of ')).length).toBeLessThanOrEqual(3);
  });

  it('are dropped if they get no slot for a minute', async () => {
    const { clock, ask, askAll, written } = setUp();
    await askAll(cards(40));
    for (let second = 0; second < 65; second += 1) {
      void Promise.all(
        cards(10).map((card) => ask(`${card} of second ${second}`, { caller: 'another' })),
      ).catch(() => undefined);
      await clock.advance(1_010);
    }
    const ownOf = (keys: readonly { readonly key: string }[]) =>
      keys.filter(({ key }) => !key.includes(' of '));
    const before = ownOf(written).length;
    expect(before).toBeLessThan(35);
    await clock.advance(180_000);
    expect(ownOf(written)).toHaveLength(before);
  });

  it('stop when the only client that was refused leaves before its response, and only then', async () => {
    const { clock, ask, keysWritten } = setUp();
    const leaver = createClientAbort();
    const stayer = createClientAbort();
    const both = Promise.allSettled([
      ...cards(60).map((key) => ask(key, { signal: leaver.signal })),
      ...cards(30).map((key) => ask(key, { signal: stayer.signal, caller: 'another' })),
    ]);
    await clock.advance(100);
    leaver.abort(new Error('the client has left'));
    // Time is up for this one, but its client is there.
    stayer.abort(new AppError('UPSTREAM_UNAVAILABLE', 'the operation took too long'));
    await clock.until(both);
    await clock.advance(60_000);
    const fetched = new Set(keysWritten());
    const [ofBoth, ofLeaver] = [cards(30).slice(25), cards(60).slice(30)];
    expect(ofLeaver.filter((key) => fetched.has(key))).toEqual([]);
    expect(ofBoth.filter((key) => fetched.has(key))).toEqual(ofBoth);
  });

  it('stop when the upstream fails, but not for an answer about one object', async () => {
    let failing = false;
    const refusal = new AppError('UPSTREAM_REJECTED', 'not this one', {
      upstream: { status: 400, wechatCode: 'PARAM_ERROR', verified: true },
    });
    const { clock, askAll, written } = setUp((key) => {
      if (key === 'card 30') throw refusal;
      if (failing)
        throw new AppError('UPSTREAM_FORBIDDEN', 'no permission', {
          upstream: { status: 403, verified: false },
        });
      return {};
    });
    const { served } = await askAll(cards(60));
    expect(served).toBeLessThan(30);
    while (written.length < 32) await clock.advance(100);
    failing = true;
    await clock.advance(2_000);
    const failed = written.length;
    await clock.advance(60_000);
    // Calls that were under way beside the first failing one.
    expect(written.length).toBe(failed);
    expect(failed).toBeLessThan(60);
  });

  it("are limited per caller and by the time that they take; others are told the limiter's wait", async () => {
    const { clock, askAll, written } = setUp();
    const { errors, served } = await askAll(cards(300));
    const first = written.length;
    expect(first).toBe(served);
    await clock.advance(120_000);
    const continued = written.length - first;
    expect(continued).toBeLessThanOrEqual(100);
    expect(continued).toBeGreaterThan(80);
    expect(errors).toHaveLength(300 - served);
    expect(errors.every(({ retryAfterMs = 0 }) => retryAfterMs > 0)).toBe(true);

    // 30 s at 70 % of five calls a second, whoever asks.
    const before = written.length;
    const asked = await Promise.all(
      ['x', 'y', 'z'].map((caller) =>
        askAll(
          cards(50).map((card) => `${card} of ${caller}`),
          { caller },
        ),
      ),
    );
    const servedNow = asked.reduce((sum, one) => sum + one.served, 0);
    await clock.advance(120_000);
    expect(written.length - before - servedNow).toBeLessThanOrEqual(105);
    expect(written.length - before - servedNow).toBeGreaterThan(100);
  });

  it('are none of background work, of reads that always go upstream, and of what another bucket can serve', async () => {
    const { clock, askAll, ask, written } = setUp();
    await askAll(cards(60), { lane: 'bulk' });
    const anew = (key: string) => ({
      cache: { kind: 'userCard', key, subject: 'cards', maxAgeMs: 0 } as const,
    });
    await clock.until(Promise.allSettled(cards(60).map((key) => ask(key, anew(key)))));
    const before = written.length;
    await clock.advance(60_000);
    expect(written.length).toBe(before);
    await clock.until(ask('card 0', { bucket: aBucket(10, 'mchid/1/GET_USER_CARD') }));
  });

  it('begin as soon as the newest refusal says, but no faster than their share of the limit', async () => {
    const clock = fakeClock();
    const began = clock.now();
    const { defer } = createDeferredReads(clock);
    const begun: (readonly [string, number])[] = [];
    const refuse = (key: string, retryAfterMs: number): unknown =>
      defer(new AppError('UPSTREAM_RATE_LIMITED', 'no free slot', { retryAfterMs }), {
        call: aCall(),
        rule: { kind: 'userCard', key, subject: 'cards' },
        read() {
          begun.push([key, clock.now() - began]);
          return Promise.resolve(aReply({}, clock.now()));
        },
      });
    refuse('first', 5_000);
    refuse('second', 4_000);
    await clock.advance(100);
    // Asked for again, while a slot has lost its caller.
    refuse('second', 1);
    await clock.advance(1);
    refuse('third', 1);
    refuse('fourth', 1);
    await clock.advance(4_000);
    // A share of 0.7 of five calls a second is one in 286 ms.
    expect(begun).toEqual([
      ['first', 101],
      ['second', 387],
      ['third', 673],
      ['fourth', 959],
    ]);
  });
});
