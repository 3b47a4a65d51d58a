import { AppError } from '../../../src/shared/errors';
import { patience } from '../../../src/traffic/attempts/patience';
import type { Call, Reply } from '../../../src/traffic/call';
import { aCall, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

const silence = new AppError('UPSTREAM_UNAVAILABLE', '', { sent: true });
const refusal = new AppError('UPSTREAM_UNAVAILABLE', '', {
  sent: true,
  upstream: { status: 500, verified: true },
});

/** Calls that are answered after the given ms, or end as the error says. */
const setUp = () => {
  const clock = fakeClock();
  let next: { afterMs: number; error?: AppError } = { afterMs: 0 };
  let asked: Call | undefined;
  const send = patience({ clock })(async (call): Promise<Reply> => {
    asked = call;
    call.onWritten?.(clock.now());
    await new Promise<void>((resolve) => clock.after(next.afterMs, resolve));
    if (next.error !== undefined) throw next.error;
    return aReply('ok', clock.now());
  });
  /** The bound that the call is given. */
  const bound = async (changes: Partial<Call> = {}, outcome: typeof next = { afterMs: 80 }) => {
    next = outcome;
    const call = aCall({ deadline: clock.now() + 30_000, ...changes });
    await clock.until(send(call).catch(() => undefined));
    return asked?.answerMs;
  };
  return { clock, bound };
};

describe('patience with a silent upstream', () => {
  it('is a second before anything is known of an interface', async () => {
    const { bound } = setUp();
    expect(await bound()).toBe(1_000);
  });

  it('comes down to what the round trips allow', async () => {
    const { bound } = setUp();
    for (let i = 0; i < 5; i += 1) await bound();
    expect(await bound()).toBe(400);
  });

  it('counts refusals as round trips', async () => {
    const { bound } = setUp();
    for (let i = 0; i < 5; i += 1) await bound({}, { afterMs: 80, error: refusal });
    expect(await bound()).toBe(400);
  });

  it('doubles with each silence, up to five seconds, until an answer comes', async () => {
    const { bound } = setUp();
    const bounds: (number | undefined)[] = [];
    for (let i = 0; i < 5; i += 1) bounds.push(await bound({}, { afterMs: 500, error: silence }));
    expect(bounds).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    for (let i = 0; i < 40; i += 1) await bound();
    expect(await bound()).toBe(400);
  });

  it('waits for an upstream that is merely slow', async () => {
    const { bound } = setUp();
    for (let i = 0; i < 20; i += 1) await bound({}, { afterMs: 1_500 });
    expect(await bound()).toBeGreaterThan(1_500);
  });

  it('is the wire’s own where there is no time for another attempt', async () => {
    const { clock, bound } = setUp();
    expect(await bound({ deadline: clock.now() + 2_000 })).toBeUndefined();
    expect(await bound({ deadline: clock.now() + 2_500, sendAt: clock.now() + 2_000 })).toBeUndefined();
  });

  it('is that of each interface', async () => {
    const { bound } = setUp();
    for (let i = 0; i < 5; i += 1) await bound();
    expect(await bound({ bucket: { id: 'brand/1004/ANOTHER', callsPerSecond: 5 } })).toBe(1_000);
  });

  it.each(['absolute', 'keyed', 'once'] as const)('is the wire’s own for a write (%s)', async (repeat) => {
    const { bound } = setUp();
    expect(await bound({ repeat })).toBeUndefined();
  });
});
