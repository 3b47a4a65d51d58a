import type { Clock } from '../../shared/clock';
import type { Redis } from '../../store/redis';

/** Which of how many instances this one is, as last known: what decides its share while the store is away. */
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
/** Who has not been heard of for this long no longer counts. */
const lostAfterMs = 5_000;

/** KEYS[1] the members by last heartbeat; ARGV: own id, ms until lost. Answers all ids in their order. */
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

/** Resolves after the first heartbeat, so that an outage right after the start finds everybody counted. */
export const joinFleet = async ({ redis, clock, id }: FleetOptions): Promise<Fleet> => {
  let members: readonly string[] = [id];
  let stopped = false;
  let cancel: () => void = () => undefined;

  const beat = async (): Promise<void> => {
    try {
      const answer = await redis.run(heartbeatScript, ['wxm:fleet'], [id, String(lostAfterMs)]);
      members = answer.map(String).sort();
    } catch {
      // The last known fleet is the best guess while the store is away.
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
