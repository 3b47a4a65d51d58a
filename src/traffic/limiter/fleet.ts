import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock';
import type { Redis } from '../../store/redis';

/** The processes that share the limits, as this one knows them. */
export interface Fleet {
  /** This instance's place, which decides its share while the store is unavailable. */
  place(): Place;
  /**
   * How many of `place().instances` no longer say that they live and have not left. Such a process may only be cut off from the
   * store, and then uses its own share of the limits.
   */
  vanished(): number;
  /**
   * Clock times in ms at which the others notice if this instance can no longer reach the store: the first of them, and all of
   * them. `undefined` if they have never known it.
   */
  missed(): { readonly from: number; readonly by: number } | undefined;
  /** Leaves the fleet, so that the others need not leave it a share. */
  stop(): Promise<void>;
}

export interface Place {
  /** The number of this instance, from 0; any number if the fleet is not known. */
  readonly instance: number;
  readonly instances: number;
  /** True if the store has not told the fleet yet: numbers of other instances may be the same, and `instances` is the most. */
  readonly isPresumed: boolean;
}

export interface FleetOptions {
  readonly redis: Pick<Redis, 'run'>;
  readonly clock: Clock;
  /** Unique to this process. */
  readonly id: string;
  /** The fleet's size until the store has told it. Too small a number would let each process take too much. */
  readonly presumed: number;
}

const everyMs = 200;
/** An instance without a heartbeat for this long may be cut off, ms. */
const vanishedAfterMs = 700;
/** How old the last reply of the store may be, ms. */
const onTheWayMs = 50;
/** The share of a vanished instance is left to it for this long, ms. */
const rememberedMs = 60_000;

/**
 * A store that does not know a member which it has known has lost its data. The members that this one knows are then told to
 * it, and count as vanished until they are there: they may still be using their shares.
 *
 * KEYS[1]  the members by last heartbeat
 * ARGV     own id, ms until vanished, ms until forgotten, ids of members that the store has forgotten…
 * Returns  {1 if the store did not know this member, how many have vanished, all ids…}
 */
const heartbeatScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Beats from the future are from before the clock was set back; who is alive beats again within a second.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
local isNew = redis.call('ZADD', KEYS[1], now, ARGV[1])
for index = 4, #ARGV do redis.call('ZADD', KEYS[1], 'NX', now - tonumber(ARGV[2]), ARGV[index]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[3]) * 2)
local members = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local reply = { isNew, 0 }
for index = 1, #members, 2 do
  reply[#reply + 1] = members[index]
  if tonumber(members[index + 1]) <= now - tonumber(ARGV[2]) then reply[2] = reply[2] + 1 end
end
return reply
`;
const leaveScript = `return redis.call('ZREM', KEYS[1], ARGV[1])`;

/** Resolves after the first heartbeat, so that the whole fleet is counted if the store fails right after the start. */
export const joinFleet = async ({ redis, clock, id, presumed }: FleetOptions): Promise<Fleet> => {
  let members: readonly string[] | undefined;
  let vanished = 0;
  let beatAt: number | undefined;
  let stopped = false;
  let cancel: () => void = () => undefined;

  const tell = (forgotten: readonly string[]) =>
    redis.run(heartbeatScript, ['fleet'], [id, String(vanishedAfterMs), String(rememberedMs), ...forgotten]);
  const beat = async (): Promise<void> => {
    const asked = clock.now();
    try {
      let reply = await tell([]);
      if (reply[0] === 1 && members !== undefined) reply = await tell(members);
      const [, gone, ...ids] = reply;
      members = ids.map(String).sort();
      vanished = Number(gone);
      beatAt = asked;
    } catch {
      // While the store is unavailable, the last known fleet is the best estimate.
    }
    if (!stopped) cancel = clock.after(everyMs, () => void beat());
  };
  await beat();

  return {
    place: () =>
      members === undefined
        ? { instance: numberOf(id), instances: presumed, isPresumed: true }
        : {
            instance: Math.max(0, members.indexOf(id)),
            instances: Math.max(1, members.length),
            isPresumed: false,
          },
    vanished: () => vanished,
    missed: () =>
      beatAt === undefined
        ? undefined
        : { from: beatAt + vanishedAfterMs, by: beatAt + vanishedAfterMs + everyMs + onTheWayMs },
    async stop() {
      stopped = true;
      cancel();
      await redis.run(leaveScript, ['fleet'], [id]).catch(() => undefined);
    },
  };
};

const numberOf = (id: string): number => createHash('sha256').update(id).digest().readUInt32BE();
