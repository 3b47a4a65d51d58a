import type { Attempt, Bucket, Call, CallStats, Reply, ScheduledCall } from '../../src/traffic/calls/call';
import type { TrafficHooks } from '../../src/traffic/calls/hooks';

export const aBucket = (callsPerSecond = 5, id = 'brand/1004/GET_USER_CARD'): Bucket => ({
  id,
  callsPerSecond,
});

export const aCall = (changes: Partial<Call> = {}): Call => ({
  interfaceName: 'GET_USER_CARD',
  brandId: '1004',
  account: { route: 'brand', id: '1004' },
  bucket: aBucket(),
  access: 'read',
  owner: 'brand',
  idempotency: 'read',
  request: () => ({ method: 'GET', target: '/brand/card-member/user-cards/1', sealed: false }),
  lane: 'interactive',
  caller: 'tests',
  canAccess: () => true,
  deadline: Number.MAX_SAFE_INTEGER,
  ...changes,
});

export const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  ...aCall(),
  host: 'main',
  attempt: 1,
  timeouts: 0,
  ...changes,
});

/** A call at its slot. */
export const aScheduledCall = (changes: Partial<ScheduledCall> = {}): ScheduledCall => ({
  ...anAttempt(),
  sendAt: 0,
  sendBy: Infinity,
  onWritten: () => undefined,
  place: { keepUntil: () => undefined },
  ...changes,
});

export const aReply = (data: unknown, fetchedAt: number): Reply => ({
  data,
  bytes: JSON.stringify(data).length,
  fetchedAt,
  asOf: fetchedAt,
  stale: false,
});

/** Hooks that do nothing. */
export const silentMeter: TrafficHooks = {
  lookedUp: () => undefined,
  waiting: () => undefined,
  waited: () => undefined,
  refused: () => undefined,
  ceilingUsed: () => undefined,
  capped: () => undefined,
  slotMissed: () => undefined,
  attempted: () => undefined,
};

/** Stats that the test does not read. */
export const silentTally: CallStats = {
  cacheHit: () => undefined,
  cacheMiss: () => undefined,
  sent: () => undefined,
  refused: () => undefined,
  answered: () => undefined,
  wrote: () => undefined,
};
