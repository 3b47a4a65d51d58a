import { AppError } from '../../../src/shared/errors';
import { adaptiveTimeout } from '../../../src/traffic/retry/adaptive-timeout';
import type { Reply, ScheduledCall } from '../../../src/traffic/calls/call';
import { aScheduledCall, aReply } from '../../support/calls';
import type { RoundTripTexts } from '../../../src/traffic/retry/shared-round-trips';
import { fakeClock } from '../../support/fake-clock';

const refusal = new AppError('UPSTREAM_UNAVAILABLE', '', {
  sent: true,
  upstream: { status: 500, verified: true },
});

/** Calls that are answered after the given ms, or never. */
const setUp = (texts?: RoundTripTexts) => {
  const clock = fakeClock();
  let outcome: { readonly afterMs: number; readonly error?: AppError } = { afterMs: 0 };
  const send = adaptiveTimeout({ clock, texts })(
    (call) =>
      new Promise<Reply>((resolve, reject) => {
        const { afterMs, error } = outcome;
        clock.after(Math.max(0, call.sendAt - clock.now()), () => {
          call.onWritten(clock.now());
          call.signal?.addEventListener('abort', () => {
            reject(call.signal?.reason as Error);
          });
          if (afterMs < Infinity)
            clock.after(afterMs, () => {
              if (error === undefined) resolve(aReply('ok', clock.now()));
              else reject(error);
            });
        });
      }),
  );
  const ask = (
    changes: Partial<ScheduledCall> = {},
    given: typeof outcome = { afterMs: 80 },
  ): Promise<Reply> => {
    outcome = given;
    return send(aScheduledCall({ deadline: clock.now() + 30_000, ...changes }));
  };
  const answered = (given?: typeof outcome) => clock.until(ask({}, given).catch(() => undefined));
  /** How long a call waits for a response that does not arrive. */
  const wait = async (changes: Partial<ScheduledCall> = {}): Promise<number> => {
    const began = Math.max(clock.now(), changes.sendAt ?? 0);
    await expect(clock.until(ask(changes, { afterMs: Infinity }))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      sent: true,
    });
    return clock.now() - began;
  };
  return { clock, ask, answered, wait };
};

describe('the adaptive timeout', () => {
  it('is two seconds for an unknown interface, and doubles up to five until a response comes', async () => {
    const { answered, wait } = setUp();
    expect([await wait(), await wait(), await wait(), await wait()]).toEqual([2_000, 4_000, 5_000, 5_000]);
    await answered();
    expect(await wait()).toBe(250);
  });

  it('shrinks to what the round trips allow, including those of refusals', async () => {
    const { answered, wait } = setUp();
    for (let i = 0; i < 5; i += 1) await answered({ afterMs: 300, error: refusal });
    const bound = await wait();
    expect(bound).toBeGreaterThan(300);
    expect(bound).toBeLessThan(600);
  });

  it('doubles for a call whose earlier attempts timed out', async () => {
    const { answered, wait } = setUp();
    const waits: number[] = [];
    for (const timeouts of [0, 1, 2, 9]) {
      await answered();
      waits.push(await wait({ timeouts }));
    }
    expect(waits).toEqual([250, 500, 1_000, 5_000]);
  });

  it('does not change if other calls are answered meanwhile', async () => {
    const { clock, ask, answered, wait } = setUp();
    for (let i = 0; i < 9; i += 1) await answered();
    const silent = ask({}, { afterMs: Infinity }).catch(() => undefined);
    await clock.advance(1);
    await answered();
    await clock.until(silent);
    expect(await wait()).toBe(250);
  });

  it('waits for an upstream that is merely slow', async () => {
    const { answered, wait } = setUp();
    await answered();
    for (let i = 0; i < 4; i += 1) await wait();
    for (let i = 0; i < 4; i += 1) await answered({ afterMs: 1_500 });
    expect(await wait()).toBeGreaterThan(1_500);
  });

  it('is all the time left if there is no time for another attempt', async () => {
    const { clock, answered, wait } = setUp();
    expect(await wait({ deadline: clock.now() + 1_200 })).toBe(1_200);
    await answered();
    const sendAt = clock.now() + 300;
    expect(await wait({ deadline: sendAt + 450, sendAt })).toBe(450);
  });

  it('still awaits the reply to an attempt that it gave up: four at a time, for two seconds', async () => {
    const { clock, ask } = setUp();
    const late: unknown[] = [];
    const gaveUp: unknown[] = [];
    const six = (afterMs: number) => {
      for (let call = 0; call < 6; call += 1)
        void ask({ onLate: (reply) => late.push(reply) }, { afterMs }).catch((error: unknown) =>
          gaveUp.push(error),
        );
    };
    six(3_500);
    await clock.advance(2_100);
    expect([gaveUp.length, late.length]).toEqual([6, 0]);
    await clock.advance(1_500);
    expect([gaveUp.length, late.length]).toEqual([6, 4]);
    // It has learnt that the upstream is slow, so that nothing is given up.
    six(3_500);
    await clock.advance(3_600);
    expect([gaveUp.length, late.length]).toEqual([6, 4]);
    six(20_000);
    await clock.advance(20_100);
    expect([gaveUp.length, late.length]).toEqual([12, 4]);
  });

  it('begins with what another process of the fleet has learnt, and is told to others', async () => {
    const shared = new Map<string, string>();
    const texts: RoundTripTexts = {
      get: (id) => Promise.resolve(shared.get(id)),
      set: (id, text) => Promise.resolve(void shared.set(id, text)),
    };
    const one = setUp(texts);
    for (let i = 0; i < 5; i += 1) await one.answered({ afterMs: 900 });
    await one.clock.advance(5_000);
    await one.answered({ afterMs: 900 });
    const other = setUp(texts);
    await other.answered({ afterMs: 900 });
    const known = await other.wait();
    // Its own single round trip would make it 2 250: 900 + 4 × 450 × 0.75.
    expect(known).toBeGreaterThan(900);
    expect(known).toBeLessThan(1_500);
  });

  it('is separate for each interface', async () => {
    const { answered, wait } = setUp();
    await answered();
    expect(await wait({ bucket: { id: 'brand/1004/ANOTHER', callsPerSecond: 5 } })).toBe(2_000);
  });

  it('aborts when the caller disconnects', async () => {
    const { clock, ask } = setUp();
    const left = new AbortController();
    const answer = ask({ signal: left.signal }, { afterMs: Infinity });
    await clock.advance(1);
    left.abort(new Error('the client has left'));
    await expect(answer).rejects.toThrow('the client has left');
  });

  it('rejects a write at its deadline', async () => {
    const { clock, ask } = setUp();
    const began = clock.now();
    const answer = ask({ access: 'write', deadline: began + 1_500 }, { afterMs: 4_000 });
    await expect(clock.until(answer)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', sent: true });
    expect(clock.now() - began).toBe(1_500);
  });

  it('aborts a write that was not sent by its deadline', async () => {
    const { clock, ask } = setUp();
    const now = clock.now();
    const answer = ask({ access: 'write', deadline: now + 500, sendAt: now + 900 });
    await expect(clock.until(answer)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', sent: false });
    expect(clock.now() - now).toBe(500);
  });

  it('never aborts a write that was sent', async () => {
    const { clock, ask } = setUp();
    const answer = ask({ access: 'write' }, { afterMs: 20_000 });
    await expect(clock.until(answer)).resolves.toMatchObject({ data: 'ok' });
  });
});
