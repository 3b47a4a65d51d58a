import type { Bucket, Call, Reply, Tally } from '../../src/traffic/call';
import type { Meter } from '../../src/traffic/meter';

export const aBucket = (callsPerSecond = 5, id = 'brand/1004/GET_USER_CARD'): Bucket => ({
  id,
  callsPerSecond,
});

export const aCall = (changes: Partial<Call> = {}): Call => ({
  name: 'GET_USER_CARD',
  brandId: '1004',
  account: { route: 'brand', id: '1004' },
  bucket: aBucket(),
  access: 'read',
  repeat: 'safe',
  request: () => ({ method: 'GET', target: '/brand/card-member/user-cards/1', sealed: false }),
  lane: 'interactive',
  caller: 'tests',
  mayReach: () => true,
  deadline: Number.MAX_SAFE_INTEGER,
  ...changes,
});

export const aReply = (data: unknown, fetchedAt: number): Reply => ({
  data,
  bytes: JSON.stringify(data).length,
  fetchedAt,
  asOf: fetchedAt,
  stale: false,
});

/** A meter that nobody reads. */
export const silentMeter: Meter = {
  lookedUp: () => undefined,
  waiting: () => undefined,
  waited: () => undefined,
  refused: () => undefined,
  missed: () => undefined,
  exchanged: () => undefined,
};

/** A tally that nobody reads. */
export const silentTally: Tally = {
  cacheHit: () => undefined,
  cacheMiss: () => undefined,
  sent: () => undefined,
  refused: () => undefined,
  answered: () => undefined,
  wrote: () => undefined,
};
