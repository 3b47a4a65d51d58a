import type { Clock } from '../../shared/clock';
import type { Redis } from '../../store/redis';

/** This instance's number and the fleet's size, as last known. They decide its share while the store is unavailable. */
export interface Fleet {
  place(): { readonly instance: number; readonly instances: number };
  stop(): void;
}

export interface FleetOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  /** Unique to this process. */
  readonly id: string;
}

const everyMs = 1_000;
/** An instance without a heartbeat for this long no longer counts, ms. */
const lostAfterMs = 5_000;

/** KEYS[1] the members by last heartbeat; ARGV: own id, ms until lost. Returns all ids in order. */
const heartbeatScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Beats from the future are from before the clock was set back; who is alive beats again within a second.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) * 10)
return redis.call('ZRANGE', KEYS[1], 0, -1)
`;

/** Resolves after the first heartbeat, so that the whole fleet is counted if the store fails right after the start. */
export const joinFleet = async ({ redis, clock, id }: FleetOptions): Promise<Fleet> => {
  let members: readonly string[] = [id];
  let stopped = false;
  let cancel: () => void = () => undefined;

  const beat = async (): Promise<void> => {
    try {
      const answer = await redis.run(heartbeatScript, ['wxm:fleet'], [id, String(lostAfterMs)]);
      members = answer.map(String).sort();
    } catch {
      // While the store is unavailable, the last known fleet is the best estimate.
    }
    if (!stopped) cancel = clock.after(everyMs, () => void beat());
  };
  await beat();

  return {
    place: () => ({ instance: Math.max(0, members.indexOf(id)), instances: Math.max(1, members.length) }),
    stop() {
      stopped = true;
      cancel();
    },
  };
};
