import { AppError } from '../../../src/shared/errors';
import {
  SlotMissed,
  type Attempt,
  type Reply,
  type ScheduledCall,
  type Send,
} from '../../../src/traffic/calls/call';
import type { SignedAhead } from '../../../src/traffic/calls/upstream-request';
import { createLimiter, type LimiterDeps } from '../../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../../src/traffic/limiter/memory-slots';
import type { SlotStore } from '../../../src/traffic/limiter/slot-store';
import { aBucket, anAttempt, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

const answered = (call: ScheduledCall): Promise<Reply> => {
  call.onWritten(call.sendAt);
  return Promise.resolve(aReply(call.caller, 0));
};
const setUp = (
  answer: (call: ScheduledCall) => Promise<Reply> = answered,
  signAhead?: LimiterDeps['signAhead'],
) => {
  const clock = fakeClock();
  const start = clock.now();
  const limiter = createLimiter({
    slots: createMemorySlots(clock),
    clock,
    random: () => 0.5,
    ...(signAhead === undefined ? {} : { signAhead }),
  });
  const sent: {
    readonly at: number;
    readonly caller: string;
    readonly lane: string;
    readonly timeoutMs: number;
  }[] = [];
  const send = limiter.wrapper((call) => {
    sent.push({
      at: call.sendAt - start,
      caller: call.caller,
      lane: call.lane,
      timeoutMs: call.deadline - start,
    });
    return answer(call);
  });
  const call = (changes: Partial<Attempt> = {}): Attempt =>
    anAttempt({ deadline: clock.now() + 60_000, ...changes });
  /** A caller that waits for a slot, and leaves after so many ms. */
  const leaveAfter = async (ms: number, changes: Partial<Attempt>): Promise<void> => {
    const leaver = new AbortController();
    const left = send(call({ ...changes, signal: leaver.signal })).catch((e: unknown) => e);
    await clock.advance(ms);
    leaver.abort(new Error('gone'));
    await left;
  };
  return { clock, start, limiter, sent, send, call, leaveAfter };
};

const refusal = (error: unknown): AppError => {
  if (!(error instanceof AppError)) throw error;
  return error;
};

describe('limiter', () => {
  it('sends a first screen of calls together, and the rest in the next window', async () => {
    const { clock, sent, send, call } = setUp();
    const all = Promise.all(Array.from({ length: 12 }, () => send(call())));
    await clock.until(all);
    expect(sent.slice(0, 5).every(({ at }) => at === 0)).toBe(true);
    expect(sent.slice(5, 10).every(({ at }) => at >= 1_000)).toBe(true);
    expect(sent).toHaveLength(12);
  });

  it('refuses a call at once if it could not be answered by its deadline', async () => {
    const { clock, sent, send, call } = setUp();
    const backlog = Array.from({ length: 25 }, () => send(call()));
    await clock.advance(0);
    const before = clock.now();
    const error = refusal(await clock.until(send(call({ deadline: before + 800 })).catch((e: unknown) => e)));
    expect(clock.now()).toBe(before);
    expect(error.code).toBe('UPSTREAM_RATE_LIMITED');
    // Five windows of five are taken; the sixth begins after 5 × (1000 + guard) ms.
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(5_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(5_250);
    await clock.until(Promise.all(backlog));
    expect(sent).toHaveLength(25);
  });

  it("does not mistake its own refusals for the upstream's", async () => {
    const { clock, sent, send, call } = setUp();
    const all = Array.from({ length: 30 }, () =>
      send(call({ deadline: clock.now() + 3_000 })).catch(() => undefined),
    );
    await clock.until(Promise.all(all));
    expect(sent).toHaveLength(15);
    const began = clock.now();
    await clock.advance(1_100);
    await clock.until(Promise.all(Array.from({ length: 5 }, () => send(call()))));
    expect(clock.now() - began).toBe(1_100);
  });

  it('voids slots that were reserved at a rate that the upstream then refused', async () => {
    let refusals = 0;
    const { clock, start, sent, send, call } = setUp((own) => {
      if (clock.now() - start < 1_000 || refusals > 0) return answered(own);
      own.onWritten(clock.now());
      refusals += 1;
      return Promise.reject(
        new AppError('UPSTREAM_RATE_LIMITED', 'upstream', { upstream: { status: 429, verified: true } }),
      );
    });
    const all = Array.from({ length: 15 }, () => send(call()).catch(() => undefined));
    await clock.until(Promise.all(all));
    const struckAt = sent[5]?.at ?? 0;
    // What was admitted already may follow; everything else keeps the pause.
    expect(sent.filter(({ at }) => at > struckAt && at < struckAt + 1_000).length).toBeLessThanOrEqual(1);
    expect(sent).toHaveLength(15);
  });

  it('counts a late-written call from when it was written, before its response arrives', async () => {
    let busy = false;
    const after = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
    const { clock, sent, send, call } = setUp(async (own) => {
      const [lateMs, answerMs] = busy ? [18, 2_000] : [0, 0];
      busy = false;
      await after(lateMs);
      own.onWritten(clock.now());
      await after(answerMs);
      return aReply(null, 0);
    });
    const bucket = aBucket(1);
    // Now the path is known, and a call counts from its slot.
    for (let round = 0; round < 5; round += 1) await clock.until(send(call({ bucket })));
    await clock.advance(5_000);
    busy = true;
    await clock.until(Promise.all([send(call({ bucket })), send(call({ bucket }))]));
    const [late = { at: 0 }, next = { at: 0 }] = sent.slice(5);
    // By its slot alone it would count from 10 ms, when it should have been signed.
    expect(next.at - late.at).toBe(18 + 1_006);
  });

  it('gives a slot that its caller did not use to the next one', async () => {
    const { clock, sent, send, call, leaveAfter } = setUp();
    const bucket = aBucket(1);
    await clock.until(send(call({ bucket })));
    await leaveAfter(500, { bucket });
    await clock.advance(700);
    await clock.until(send(call({ bucket })));
    expect(sent.map(({ at }) => at)).toEqual([0, 1_200]);
  });

  it('requests no further slot for a call that can have one whose caller has left', async () => {
    const clock = fakeClock();
    const start = clock.now();
    const bucket = aBucket(1);
    const slots = createMemorySlots(clock);
    const [one, other] = [0, 1].map(() =>
      createLimiter({ slots, clock, random: () => 0.5 }).wrapper(async (own) => {
        await answered(own);
        return aReply(own.sendAt - start, 0);
      }),
    ) as [Send<Attempt>, Send<Attempt>];
    const call = (signal?: AbortSignal): Attempt =>
      anAttempt({ bucket, deadline: start + 60_000, ...(signal === undefined ? {} : { signal }) });
    await clock.until(one(call()));
    const leaver = new AbortController();
    const left = one(call(leaver.signal)).catch((e: unknown) => e);
    await clock.advance(100);
    leaver.abort(new Error('gone'));
    await left;
    const inItsPlace = one(call());
    await clock.advance(100);
    const [second, third] = await clock.until(Promise.all([inItsPlace, other(call())]));
    expect([second.data, third.data]).toEqual([1_016, 2_022]);
  });

  it('tells a refused caller to come for a slot that has lost its caller, unless somebody waits for it', async () => {
    const { clock, sent, send, call, leaveAfter } = setUp();
    const bucket = aBucket(1);
    await clock.until(send(call({ bucket })));
    await leaveAfter(100, { bucket });
    const waitOf = async (): Promise<number | undefined> =>
      refusal(await clock.until(send(call({ bucket, deadline: clock.now() + 200 })).catch((e: unknown) => e)))
        .retryAfterMs;
    const retryAfterMs = (await waitOf()) ?? NaN;
    await clock.advance(retryAfterMs);
    const inTime = send(call({ bucket }));
    await expect(waitOf()).resolves.toBeGreaterThan(1_000);
    await clock.until(inTime);
    expect(sent.map(({ at }) => at)).toEqual([0, 1_016]);
    expect(retryAfterMs).toBe(1_016 - 300 - 100);
  });

  it('tells a caller that is refused because its slot has moved to come for that slot', async () => {
    const { clock, start, sent, send, call } = setUp(
      (own) =>
        new Promise((resolve) => {
          own.onWritten(own.sendAt);
          clock.after(5_000, () => {
            resolve(aReply({}, 0));
          });
        }),
    );
    const bucket = aBucket(1);
    const first = send(call({ bucket }));
    await clock.advance(10);
    const error = refusal(
      await clock.until(send(call({ bucket, deadline: start + 1_320 })).catch((e: unknown) => e)),
    );
    // The first call may arrive 700 ms after its writing, at 10 ms.
    expect([clock.now() - start, error.retryAfterMs]).toEqual([1_300, 1_716 - 300 - 1_300]);
    await clock.advance(116);
    await clock.until(Promise.all([first, send(call({ bucket }))]));
    expect(sent.map(({ at }) => at)).toEqual([0, 1_716]);
  });

  it('requests no slot at the very end of its time, where it is lost if it moves', async () => {
    const { clock, start, sent, send, call } = setUp();
    const bucket = aBucket(1);
    const backlog = Promise.all([0, 1, 2].map(() => send(call({ bucket }))));
    await clock.advance(0);
    // The fourth slot comes after 3028 ms.
    const answerIn = (ms: number): Promise<string> =>
      send(call({ bucket, deadline: start + ms + 20 })).then(
        () => 'sent',
        () => 'refused',
      );
    const outcomes = Promise.all([answerIn(3_028 + 50), answerIn(3_028 + 150)]);
    await clock.until(Promise.all([backlog, outcomes]));
    await expect(outcomes).resolves.toEqual(['refused', 'sent']);
    expect(sent).toHaveLength(4);
  });

  it('keeps as many refreshes as there are slots whose callers have left', async () => {
    const { clock, sent, send, call } = setUp();
    const bucket = aBucket(1);
    const leaver = new AbortController();
    await clock.until(send(call({ bucket })));
    const left = send(call({ bucket, signal: leaver.signal })).catch((e: unknown) => e);
    const stays = send(call({ bucket }));
    await clock.advance(100);
    leaver.abort(new Error('gone'));
    await left;
    const [first, second] = [0, 1].map(() =>
      send(call({ bucket, lane: 'refresh' })).then(
        () => 'sent',
        () => 'refused',
      ),
    );
    await clock.until(Promise.all([stays, first, second]));
    await expect(Promise.all([first, second])).resolves.toEqual(['sent', 'refused']);
    expect(sent.map(({ at, lane }) => [at, lane])).toEqual([
      [0, 'interactive'],
      [1_016, 'interactive'],
      [2_022, 'refresh'],
    ]);
  });

  it('requests no slot for a call that cannot be answered in time even if sent now', async () => {
    const clock = fakeClock();
    const memory = createMemorySlots(clock);
    let requested = 0;
    const slots: SlotStore = {
      ...memory,
      reserve(request) {
        requested += 1;
        return memory.reserve(request);
      },
    };
    const send = createLimiter({ slots, clock, random: () => 0.5 }).wrapper(async (own) => {
      own.onWritten(clock.now());
      await new Promise<void>((resolve) => clock.after(1_500, resolve));
      return aReply(null, 0);
    });
    await clock.until(send(anAttempt({ deadline: clock.now() + 3_000 })));
    const before = requested;
    const error = refusal(
      await clock.until(send(anAttempt({ deadline: clock.now() + 1_000 })).catch((e: unknown) => e)),
    );
    expect([error.code, requested - before]).toEqual(['UPSTREAM_RATE_LIMITED', 0]);
    // Such a refusal must not last for ever: it keeps the limiter from seeing that the upstream is fast again.
    await clock.advance(10_001);
    await expect(clock.until(send(anAttempt({ deadline: clock.now() + 1_000 })))).resolves.toBeDefined();
  });

  it('gives the slot of a call that could not be written to the next one', async () => {
    const unsent = new AppError('UPSTREAM_UNAVAILABLE', 'no connection', { sent: false });
    let isDown = true;
    const { clock, sent, send, call } = setUp((own) => (isDown ? Promise.reject(unsent) : answered(own)));
    const bucket = aBucket(1);
    await expect(clock.until(send(call({ bucket })))).rejects.toBe(unsent);
    isDown = false;
    await clock.until(send(call({ bucket })));
    expect(sent.map(({ at }) => at)).toEqual([0, 0]);
  });

  it('treats an unanswered call as one that arrived late', async () => {
    let silent = false;
    const { clock, sent, send, call } = setUp(async (own) => {
      own.onWritten(clock.now());
      if (silent) throw new AppError('UPSTREAM_UNAVAILABLE', '', { sent: true });
      await new Promise<void>((resolve) => clock.after(5, resolve));
      return aReply(null, 0);
    });
    const bucket = aBucket(1);
    for (let round = 0; round < 20; round += 1) await clock.until(send(call({ bucket })));
    silent = true;
    await clock.until(send(call({ bucket })).catch(() => undefined));
    silent = false;
    await clock.until(send(call({ bucket })));
    const [unanswered = 0, next = 0] = sent.slice(-2).map(({ at }) => at);
    expect(next - unanswered).toBeGreaterThanOrEqual(1_390);
  });

  it('treats a slow call as one that arrived late', async () => {
    let slow = false;
    const { clock, sent, send, call } = setUp(async (own) => {
      own.onWritten(clock.now());
      if (slow) await new Promise<void>((resolve) => clock.after(80, resolve));
      return aReply(null, 0);
    });
    const bucket = aBucket(1);
    for (let round = 0; round < 20; round += 1) {
      await clock.until(send(call({ bucket })));
      await clock.advance(2_000);
    }
    slow = true;
    await clock.until(Promise.all([send(call({ bucket })), send(call({ bucket }))]));
    const [first = { at: 0 }, second = { at: 0 }] = sent.slice(20);
    expect(second.at - first.at).toBeGreaterThanOrEqual(80 + 1_000);
  });

  it('gives the next slot to the most urgent waiter, not to the first', async () => {
    const { clock, sent, send, call } = setUp();
    const first = Array.from({ length: 5 }, () => send(call()));
    await clock.advance(0);
    const writers = Array.from({ length: 3 }, () => send(call({ lane: 'mutation', caller: 'writer' })));
    await clock.advance(100);
    const reader = send(call({ caller: 'reader' }));
    await clock.until(Promise.all([...first, ...writers, reader]));
    expect(sent[5]?.caller).toBe('reader');
  });

  it("gives a caller's next slot to its call with the least time left", async () => {
    const { clock, start, sent, send, call } = setUp();
    const first = Array.from({ length: 5 }, () => send(call()));
    await clock.advance(0);
    const later = [9_000, 5_000, 7_000, 5_000].map((ms) => send(call({ deadline: start + ms })));
    await clock.until(Promise.all([...first, ...later]));
    expect(sent.slice(5).map(({ timeoutMs }) => timeoutMs)).toEqual([5_000, 5_000, 7_000, 9_000]);
  });

  it('serves callers of one lane in turn', async () => {
    const { clock, sent, send, call } = setUp();
    const noisy = Array.from({ length: 13 }, () => send(call({ caller: 'noisy' })));
    await clock.advance(100);
    const quiet = Array.from({ length: 2 }, () => send(call({ caller: 'quiet' })));
    await clock.until(Promise.all([...noisy, ...quiet]));
    expect(sent.slice(5, 10).filter(({ caller }) => caller === 'quiet')).toHaveLength(2);
  });

  it('keeps interactive calls ahead of a saturating bulk load, which still uses the rest', async () => {
    const { clock, sent, send, call } = setUp();
    const bulk = Array.from({ length: 400 }, () =>
      send(call({ lane: 'bulk', caller: 'import', deadline: clock.now() + 1e9 })),
    );
    await clock.advance(5_000);
    const waits: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      const asked = clock.now();
      void send(call()).then(() => waits.push(clock.now() - asked));
      await clock.advance(1_000 + i * 7);
    }
    const sorted = waits.sort((a, b) => a - b);
    expect(sorted).toHaveLength(40);
    expect(sorted[19]).toBeLessThanOrEqual(200);
    expect(sorted[37]).toBeLessThanOrEqual(400);
    const span = sent.at(-1)?.at ?? 0;
    expect(sent.length / ((span / 1000) * 5)).toBeGreaterThanOrEqual(0.95);
    await clock.until(Promise.all(bulk));
  });

  it('gives bulk a tenth even while interactive calls take all they can', async () => {
    const { clock, sent, send, call } = setUp();
    for (let i = 0; i < 50; i += 1)
      send(call({ lane: 'bulk', deadline: clock.now() + 1e9 })).catch(() => undefined);
    for (let second = 0; second < 30; second += 1) {
      for (let i = 0; i < 6; i += 1) send(call({ deadline: clock.now() + 3_000 })).catch(() => undefined);
      await clock.advance(1_000);
    }
    const bulk = sent.filter(({ lane }) => lane === 'bulk').length;
    expect(bulk / sent.length).toBeGreaterThanOrEqual(0.09);
  });

  it('gives a caller its turn although another one requested every slot before its deadline', async () => {
    const { clock, sent, send, call } = setUp();
    const deadline = clock.now() + 3_000;
    const greedy = Array.from({ length: 20 }, () =>
      send(call({ caller: 'greedy', deadline })).then(
        () => 'served',
        (error: unknown) => refusal(error).code,
      ),
    );
    await clock.advance(100);
    await clock.until(send(call({ caller: 'modest', deadline })));
    expect(sent.find(({ caller }) => caller === 'modest')?.at).toBeLessThan(1_100);
    const outcomes = await clock.until(Promise.all(greedy));
    expect(outcomes.filter((outcome) => outcome === 'served')).toHaveLength(14);
    expect(outcomes.filter((outcome) => outcome === 'UPSTREAM_RATE_LIMITED')).toHaveLength(6);
  });

  it('refuses turns that come too late at once, even with greedy other callers', async () => {
    const { clock, start, send, call } = setUp();
    const greedy = Array.from({ length: 25 }, () => send(call({ caller: 'greedy' })));
    await clock.advance(100);
    const settled: { readonly outcome: string; readonly at: number }[] = [];
    const hasty = Array.from({ length: 20 }, (_, index) =>
      send(call({ caller: `hasty-${String(index)}`, deadline: clock.now() + 1_500 })).then(
        () => settled.push({ outcome: 'served', at: clock.now() - start }),
        () => settled.push({ outcome: 'refused', at: clock.now() - start }),
      ),
    );
    await clock.advance(10);
    expect(settled.filter(({ outcome }) => outcome === 'refused')).toHaveLength(15);
    await clock.until(Promise.all([...greedy, ...hasty]));
    expect(settled.filter(({ outcome, at }) => outcome === 'served' && at < 1_500).length).toBeGreaterThan(3);
  });

  it('sends a read before writes that requested every slot before its deadline', async () => {
    const { clock, sent, send, call } = setUp();
    const writes = Array.from({ length: 30 }, () =>
      send(call({ lane: 'mutation', deadline: clock.now() + 8_000 })).catch(() => undefined),
    );
    await clock.advance(100);
    await clock.until(send(call({ caller: 'reader', deadline: clock.now() + 3_000 })));
    expect(sent.find(({ caller }) => caller === 'reader')?.at).toBeLessThan(1_100);
    await clock.until(Promise.all(writes));
    expect(sent).toHaveLength(31);
  });

  it('frees the place of a caller who disconnects', async () => {
    const { clock, sent, send, call } = setUp();
    const first = Array.from({ length: 5 }, () => send(call()));
    await clock.advance(0);
    const leaver = new AbortController();
    const left = send(call({ caller: 'leaver', signal: leaver.signal })).catch((e: unknown) => e);
    const stays = send(call({ caller: 'stays' }));
    await clock.advance(100);
    leaver.abort(new Error('gone'));
    expect(await left).toEqual(new Error('gone'));
    await clock.until(Promise.all([...first, stays]));
    expect(sent.map(({ caller }) => caller)).not.toContain('leaver');
  });

  it('drops a refresh instead of queueing it', async () => {
    const { clock, send, call } = setUp();
    const all = Array.from({ length: 5 }, () => send(call()));
    const error = refusal(await clock.until(send(call({ lane: 'refresh' })).catch((e: unknown) => e)));
    expect(error.code).toBe('UPSTREAM_RATE_LIMITED');
    await clock.until(Promise.all(all));
  });

  it('pauses the bucket after a 429, so that every retry is paced', async () => {
    let refused = false;
    const { clock, sent, send, call } = setUp((own) => {
      own.onWritten(clock.now());
      if (refused) return Promise.resolve(aReply(null, 0));
      refused = true;
      return Promise.reject(
        new AppError('UPSTREAM_RATE_LIMITED', 'upstream', { upstream: { status: 429, verified: true } }),
      );
    });
    await expect(send(call())).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    await clock.until(send(call()));
    expect((sent[1]?.at ?? 0) - (sent[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('bounds its queue', async () => {
    const { clock, send, call } = setUp();
    const outcomes: unknown[] = [];
    for (let i = 0; i < 2_050; i += 1)
      send(call({ lane: 'bulk', deadline: clock.now() + 1e9 })).catch((e: unknown) => outcomes.push(e));
    await clock.advance(0);
    expect(outcomes.length).toBeGreaterThanOrEqual(45);
    expect(refusal(outcomes[0]).retryAfterMs).toBeGreaterThan(100_000);
  });

  it('shows the number of waiting calls', async () => {
    const { clock, limiter, send, call } = setUp();
    const all = Array.from({ length: 8 }, () => send(call()));
    await clock.advance(0);
    expect(limiter.status(aBucket())).toMatchObject({ available: 0, queueDepth: 3 });
    await clock.until(Promise.all(all));
  });
});

describe('a call that another process signs', () => {
  const signedAhead: SignedAhead = {
    request: { method: 'GET', target: '/x', sealed: false },
    body: undefined,
    serial: undefined,
    authorization: 'signed',
    correctionMs: 0,
    signedAt: 0,
  };

  it('is signed before it asks for a slot, and keeps its signature for the next slot if one is missed', async () => {
    const asked: (SignedAhead | undefined)[] = [];
    const used: (SignedAhead | undefined)[] = [];
    let misses = 1;
    const { clock, start, sent, send, call } = setUp(
      (given) => {
        used.push(given.signed);
        if (misses > 0) {
          misses -= 1;
          return Promise.reject(new SlotMissed());
        }
        return answered(given);
      },
      async (_, former) => {
        asked.push(former);
        if (former === undefined)
          await new Promise((resolve) => void clock.after(300, () => resolve(undefined)));
        return former ?? signedAhead;
      },
    );
    await clock.until(send(call()));
    expect(sent.every(({ at }) => at >= 300)).toBe(true);
    expect([asked, used]).toEqual([
      [undefined, signedAhead],
      [signedAhead, signedAhead],
    ]);
    expect(clock.now() - start).toBeGreaterThanOrEqual(300);
  });

  it('is not signed if it will be refused', async () => {
    let signatures = 0;
    const { clock, send, call } = setUp(answered, () => {
      signatures += 1;
      return Promise.resolve(signedAhead);
    });
    const backlog = Array.from({ length: 25 }, () => send(call()));
    await clock.advance(0);
    const before = signatures;
    await expect(clock.until(send(call({ deadline: clock.now() + 800 })))).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
    });
    expect(signatures).toBe(before);
    await clock.until(Promise.all(backlog));
  });
});
