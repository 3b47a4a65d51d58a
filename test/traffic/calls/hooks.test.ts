import { AppError } from '../../../src/shared/errors';
import { createHosts } from '../../../src/traffic/retry/hosts';
import { SlotMissed, type Send } from '../../../src/traffic/calls/call';
import {
  observeAttempts,
  observeLookups,
  observeWaits,
  type TrafficHooks,
} from '../../../src/traffic/calls/hooks';
import { aBucket, aCall, anAttempt, aReply, aScheduledCall } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

/** Hooks that record every call. */
const recorder = () => {
  const operationEvent: unknown[] = [];
  let depth = 0;
  const hooks: TrafficHooks = {
    lookedUp: (...facts) => operationEvent.push(['lookedUp', ...facts]),
    waiting: (_, change) => {
      depth += change;
    },
    waited: ({ lane }, ms) => operationEvent.push(['waited', lane, ms]),
    refused: ({ lane }) => operationEvent.push(['refused', lane]),
    ceilingUsed: (of) => operationEvent.push(['ceilingUsed', of]),
    capped: (of) => operationEvent.push(['capped', of]),
    slotMissed: ({ lane }) => operationEvent.push(['missed', lane]),
    attempted: (event) => operationEvent.push(event),
  };
  return { hooks, operationEvent, depth: () => depth };
};
const stats = () => ({
  cacheHit: jest.fn(),
  cacheMiss: jest.fn(),
  sent: jest.fn(),
  refused: jest.fn(),
  answered: jest.fn(),
  wrote: jest.fn(),
});
const bucket = aBucket();

describe('the wait hooks', () => {
  it("counts a call as waiting until it is sent, and updates the operation's stats", async () => {
    const { hooks, operationEvent, depth } = recorder();
    const own = stats();
    const depths: number[] = [];
    const next: Send = (call) => {
      depths.push(depth());
      call.stats?.sent('1004', bucket, 40);
      depths.push(depth());
      call.stats?.wrote('subject', 3);
      call.stats?.answered('08-0');
      return Promise.resolve(aReply({}, 0));
    };
    await observeWaits(hooks)(next)(anAttempt({ stats: own }));
    expect([depths, depth(), operationEvent]).toEqual([[1, 0], 0, [['waited', 'interactive', 40]]]);
    expect(own.sent).toHaveBeenCalledWith('1004', bucket, 40);
    expect(own.wrote).toHaveBeenCalledWith('subject', 3);
    expect(own.answered).toHaveBeenCalledWith('08-0');
  });

  it('stops counting a call that was refused or whose caller disconnected', async () => {
    const { hooks, operationEvent, depth } = recorder();
    const refused: Send = (call) => {
      call.stats?.refused('1004', bucket, 100);
      return Promise.reject(new AppError('UPSTREAM_RATE_LIMITED', 'no slot'));
    };
    const left: Send = () => Promise.reject(new Error('the client has left'));
    // Without stats of its own, like a background refresh.
    await expect(observeWaits(hooks)(refused)(anAttempt({ lane: 'refresh' }))).rejects.toThrow();
    await expect(observeWaits(hooks)(left)(anAttempt())).rejects.toThrow();
    expect([depth(), operationEvent]).toEqual([0, [['refused', 'refresh']]]);
  });
});

describe('the lookup hooks', () => {
  const cache = { kind: 'userCard' as const, key: 'k', subject: 's' };

  it('reports hit, stale and miss', async () => {
    const { hooks, operationEvent } = recorder();
    const own = stats();
    const next: Send = (call) => {
      call.stats?.cacheHit('1004', bucket, { kind: 'userCard', stale: false, isCurrent: () => true });
      call.stats?.cacheHit('1004', bucket, { kind: 'userCard', stale: true, isCurrent: () => false });
      call.stats?.cacheMiss('1004', bucket);
      return Promise.resolve(aReply({}, 0));
    };
    await observeLookups(hooks)(next)(aCall({ cache, stats: own }));
    expect(operationEvent).toEqual([
      ['lookedUp', 'userCard', 'hit'],
      ['lookedUp', 'userCard', 'stale'],
      ['lookedUp', 'userCard', 'miss'],
    ]);
    expect([own.cacheHit.mock.calls.length, own.cacheMiss.mock.calls.length]).toEqual([2, 1]);
  });
});

describe('the attempt hooks', () => {
  const through = async (next: Send, changes = {}) => {
    const clock = fakeClock();
    const { hooks, operationEvent } = recorder();
    const sent = observeAttempts(
      hooks,
      clock,
    )((call) => {
      call.onWritten(clock.now());
      return clock.advance(30).then(() => next(call));
    })(aScheduledCall({ traceId: 'abc', host: 'backup', attempt: 2, ...changes }));
    await sent.catch(() => undefined);
    return operationEvent;
  };
  const names = {
    interface: 'GET_USER_CARD',
    route: 'brand',
    lane: 'interactive',
    brandId: '1004',
    caller: 'tests',
  };

  it('reports outcome and duration from the first byte', async () => {
    expect(await through(() => Promise.resolve({ ...aReply({}, 0), requestId: '08-0' }))).toEqual([
      {
        ...names,
        host: 'backup',
        attempt: 2,
        durationMs: 30,
        outcome: 'ok',
        requestId: '08-0',
        traceId: 'abc',
      },
    ]);
    const upstream = { status: 429, wechatCode: 'RATELIMIT_EXCEEDED', requestId: '08-1', verified: false };
    expect(
      await through(() => Promise.reject(new AppError('UPSTREAM_RATE_LIMITED', 'x', { upstream }))),
    ).toMatchObject([
      { outcome: 'UPSTREAM_RATE_LIMITED', status: 429, wechatCode: 'RATELIMIT_EXCEEDED', requestId: '08-1' },
    ]);
    expect(await through(() => Promise.reject(new Error('a bug')))).toMatchObject([
      { outcome: 'INTERNAL_SERVER_ERROR' },
    ]);
    const gone = { signal: AbortSignal.abort(new Error('the client has left')) };
    expect(await through(() => Promise.reject(new Error('the client has left')), gone)).toMatchObject([
      { outcome: 'left' },
    ]);
  });

  it('does not count a missed slot as an attempt', async () => {
    expect(await through(() => Promise.reject(new SlotMissed()))).toEqual([['missed', 'interactive']]);
  });
});

describe('a change of the host in use', () => {
  it('is reported in both directions', async () => {
    const clock = fakeClock();
    const changes: string[] = [];
    const hosts = createHosts(clock, { onSwitch: (to) => changes.push(to) });
    hosts.report('main', false);
    expect(changes).toEqual(['backup']);
    for (let probes = 0; probes < 2; probes += 1) {
      await clock.advance(60_000);
      hosts.report(hosts.choose(), true);
    }
    expect(changes).toEqual(['backup', 'main']);
  });
});
