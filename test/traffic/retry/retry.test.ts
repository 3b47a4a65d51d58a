import { AppError } from '../../../src/shared/errors';
import { retry } from '../../../src/traffic/retry/retry';
import { createHosts, type HostsOptions } from '../../../src/traffic/retry/hosts';
import { createRetryBudget } from '../../../src/traffic/retry/retry-budget';
import type { Attempt, Call, Host, Reply } from '../../../src/traffic/calls/call';
import { aCall, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

const unsent = new AppError('UPSTREAM_UNAVAILABLE', '', { sent: false });
const unclear = new AppError('UPSTREAM_UNAVAILABLE', '', { sent: true });
const failing = new AppError('UPSTREAM_UNAVAILABLE', '', {
  sent: true,
  upstream: { status: 500, verified: true },
});
const throttled = new AppError('UPSTREAM_RATE_LIMITED', '', {
  sent: true,
  upstream: { status: 429, verified: false },
});
const ours = new AppError('UPSTREAM_RATE_LIMITED', '', { retryAfterMs: 1_000 });
const rejected = new AppError('UPSTREAM_REJECTED', '', {
  sent: true,
  upstream: { status: 400, verified: true },
});
const unusable = new AppError('UPSTREAM_MALFORMED', '', { sent: true, repeat: 'other-host' });
const redirected = new AppError('UPSTREAM_MALFORMED', '', { sent: true, repeat: 'never' });
const ok = aReply('ok', 0);

const setUp = (script: (host: Host, made: number) => Reply | AppError, options: HostsOptions = {}) => {
  const clock = fakeClock();
  const sent: Attempt[] = [];
  const hosts: Host[] = [];
  const send = retry({
    clock,
    random: () => 0.5,
    hosts: createHosts(clock, options),
    budget: createRetryBudget(),
  })((call) => {
    sent.push(call);
    hosts.push(call.host);
    const outcome = script(call.host, hosts.length);
    return outcome instanceof AppError ? Promise.reject(outcome) : Promise.resolve(outcome);
  });
  const call = (changes: Partial<Call> = {}) =>
    clock.until(send(aCall({ deadline: clock.now() + 30_000, ...changes })));
  return { clock, sent, hosts, call };
};

describe('a failure that would repeat at the same host', () => {
  const kinds = [
    ['a read', { access: 'read', idempotency: 'read' }, 'UPSTREAM_MALFORMED'],
    ['an upload', { access: 'write', idempotency: 'read' }, 'UPSTREAM_MALFORMED'],
    ['a write of the same values', { access: 'write', idempotency: 'set' }, 'OUTCOME_UNKNOWN'],
    ['a write refused as a duplicate', { access: 'write', idempotency: 'deduplicated' }, 'OUTCOME_UNKNOWN'],
    ['a write done twice', { access: 'write', idempotency: 'unsafe' }, 'OUTCOME_UNKNOWN'],
  ] as const;

  it.each(kinds)('is retried once, at the other host: %s', async (_, kind, code) => {
    const { hosts, call } = setUp(() => unusable);
    await expect(call(kind)).rejects.toMatchObject({ code });
    expect(hosts).toEqual(kind.idempotency === 'unsafe' ? ['main'] : ['main', 'backup']);
  });

  it.each(kinds)('is not retried if it is a redirect: %s', async (_, kind, code) => {
    const { hosts, call } = setUp(() => redirected);
    await expect(call(kind)).rejects.toMatchObject({ code });
    expect(hosts).toEqual(['main']);
  });

  it('is not retried if both names lead to the same host', async () => {
    const { hosts, call } = setUp(() => unusable, { isSingle: true });
    await expect(call()).rejects.toBe(unusable);
    expect(hosts).toEqual(['main']);
  });

  it('excludes its host even if the other one needs several attempts', async () => {
    const { hosts, call } = setUp((host, made) => (host === 'main' ? unusable : made < 4 ? unclear : ok));
    await expect(call()).resolves.toBe(ok);
    expect(hosts).toEqual(['main', 'backup', 'backup', 'backup']);
  });

  it('counts as a failure of its host, so that the other one is used', async () => {
    const { hosts, call } = setUp((host) => (host === 'main' ? unusable : ok));
    for (let i = 0; i < 20; i += 1) await call();
    expect(hosts.filter((host) => host === 'main').length).toBeLessThanOrEqual(2);
  });
});

describe('attempts', () => {
  it.each([
    ['never sent', unsent],
    ['unclear', unclear],
    ['throttled', throttled],
  ])('a read that was %s is retried', async (_, failure) => {
    const { hosts, call } = setUp((__, made) => (made === 1 ? failure : ok));
    await expect(call()).resolves.toBe(ok);
    expect(hosts).toHaveLength(2);
  });

  it.each([
    ['refused by a business rule', rejected],
    ['refused by our own limiter', ours],
  ])('a read that was %s is not retried', async (_, failure) => {
    const { hosts, call } = setUp(() => failure);
    await expect(call()).rejects.toBe(failure);
    expect(hosts).toHaveLength(1);
  });

  it.each([
    ['a read', { access: 'read', idempotency: 'read' }, 12],
    ['an upload', { access: 'write', idempotency: 'read' }, 3],
    ['a write of the same values', { access: 'write', idempotency: 'set' }, 3],
    ['a write that is refused as a duplicate', { access: 'write', idempotency: 'deduplicated' }, 3],
  ] as const)('limits the attempts of %s', async (_, kind, max) => {
    const { sent, call } = setUp(() => unclear);
    await call(kind).catch(() => undefined);
    expect(sent).toHaveLength(max);
  });

  it('retries a read until its deadline, with ever shorter pauses', async () => {
    const { clock, sent, call } = setUp(() => failing);
    const deadline = clock.now() + 3_000;
    await expect(call({ deadline })).rejects.toBe(failing);
    expect(sent).toHaveLength(12);
    expect(clock.now()).toBeLessThan(deadline);
  });

  it('passes each attempt the number of earlier timeouts', async () => {
    const { sent, call } = setUp((_, made) => [unclear, failing, unclear][made - 1] ?? ok);
    await call();
    expect(sent.map(({ timeouts }) => timeouts)).toEqual([0, 1, 1, 2]);
  });

  it("rejects with the last attempt's error if there is no slot for another", async () => {
    const { call } = setUp((_, made) => (made === 1 ? failing : ours));
    await expect(call()).rejects.toBe(failing);
  });

  it.each([
    ['a read', { access: 'read', idempotency: 'read' }, 8_000, 8_000],
    ['an upload', { access: 'write', idempotency: 'read' }, 8_000, 8_000],
    ['a write', { access: 'write', idempotency: 'deduplicated' }, 8_000, 6_500],
    ['a write that has little time', { access: 'write', idempotency: 'unsafe' }, 1_000, 750],
  ] as const)('leaves time for a look-up after %s', async (_, kind, givenMs, attemptsMs) => {
    const { clock, sent, call } = setUp(() => ok);
    const now = clock.now();
    await call({ ...kind, deadline: now + givenMs });
    expect(sent.map(({ deadline }) => deadline - now)).toEqual([attemptsMs]);
  });

  it('does not start an attempt that could not end before the deadline', async () => {
    const { clock, hosts, call } = setUp(() => unclear);
    await expect(call({ deadline: clock.now() + 50 })).rejects.toBe(unclear);
    expect(hosts).toHaveLength(1);
  });

  it('retries rarely while no call is answered', async () => {
    const { hosts, call } = setUp(() => unclear);
    for (let i = 0; i < 200; i += 1) await call().catch(() => undefined);
    expect(hosts.length).toBeLessThanOrEqual(220);
  });

  it('retries as long as every fourth attempt is answered', async () => {
    const { sent, call } = setUp((_, made) => (made % 4 === 0 ? ok : failing));
    for (let i = 0; i < 100; i += 1) await call();
    expect(sent).toHaveLength(400);
  });

  it.each(['set', 'deduplicated', 'unsafe'] as const)(
    'an unclear %s write is OUTCOME_UNKNOWN, never "not done"',
    async (idempotency) => {
      const { hosts, call } = setUp(() => unclear);
      await expect(call({ access: 'write', idempotency })).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        cause: unclear,
      });
      expect(hosts).toHaveLength(idempotency === 'unsafe' ? 1 : 3);
    },
  );

  it('treats the refusal of a retry as a possible echo of the first attempt', async () => {
    const { call } = setUp((_, made) => (made === 1 ? unclear : rejected));
    await expect(call({ access: 'write', idempotency: 'deduplicated' })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      upstream: { status: 400 },
    });
  });

  it('does not retry a write once a newer one has begun', async () => {
    const { hosts, call } = setUp(() => unclear);
    await expect(
      call({ access: 'write', idempotency: 'set', isNewestWrite: () => Promise.resolve(false) }),
    ).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(hosts).toHaveLength(1);
  });

  it('uses the backup host while the main one is unreachable, and returns when it recovers', async () => {
    let mainIsDown = true;
    const { clock, hosts, call } = setUp((host) => (host === 'main' && mainIsDown ? unsent : ok));
    await expect(call()).resolves.toBe(ok);
    expect(hosts).toEqual(['main', 'backup']);
    hosts.length = 0;
    for (let i = 0; i < 200; i += 1) {
      await call();
      await clock.advance(100);
    }
    expect(hosts.filter((host) => host === 'main').length).toBeLessThanOrEqual(4);
    mainIsDown = false;
    for (let i = 0; i < 1_200; i += 1) {
      await call();
      await clock.advance(100);
    }
    expect(hosts.slice(-100).filter((host) => host === 'main').length).toBeGreaterThanOrEqual(99);
  });

  it('stays on the main host for business refusals', async () => {
    const { hosts, call } = setUp(() => rejected);
    for (let i = 0; i < 50; i += 1) await call().catch(() => undefined);
    expect(new Set(hosts)).toEqual(new Set(['main']));
  });
});
