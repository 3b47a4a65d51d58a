import type { Redis } from '../store/redis';
import type { LoggedEvent, UserCardEvent } from './event';
import { markLifeMs, nonceLifeMs, type EventLog, type Standing } from './log';
import { openingKeyOf } from './openings';
import { asideOf, asideLife, createRedisOpenings, openingsOf, setAsideLua } from './redis-openings';
import { openEvent, sealEvent, type EventCipher } from './sealed-event';
import { createWakers } from './wakers';

export interface RedisLogDeps {
  readonly redis: Redis;
  readonly cipher: EventCipher;
  /** Events stored per brand, approximately. */
  readonly keep: number;
}

export interface RedisLog extends EventLog {
  stop(): void;
}

const channel = 'events';
/** The braces put all keys of a brand on one node of a cluster, as the script requires. */
const streamOf = (brandId: string): string => `events:{${brandId}}`;
const idOf = (brandId: string, id: string): string => `notified:{${brandId}}:${id}`;
const nonceOf = (brandId: string, nonce: string): string => `nonce:{${brandId}}:${nonce}`;
/** Stores marks, event and opening in one atomic step, so that a crash leaves all of them or none. */
const appendScript = `
${setAsideLua}
if redis.call('EXISTS', KEYS[2]) == 1 then return {'replayed'} end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[4])
if redis.call('EXISTS', KEYS[1]) == 1 then return {'duplicate'} end
local id = redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[2], '*', 'event', ARGV[1])
redis.call('SET', KEYS[1], id, 'PX', ARGV[3])
if ARGV[5] == 'QUEUED' then redis.call('XADD', KEYS[4], '*', 'event', ARGV[1]) end
if ARGV[5] == 'MANUAL' then setAside(KEYS[5], KEYS[6], ARGV[1], ARGV[5], ARGV[8]) end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return {'new'}
`;

/** The log of a fleet: one stream per brand, as durable as the store's configuration. */
export const createRedisLog = async ({ redis, cipher, keep }: RedisLogDeps): Promise<RedisLog> => {
  const wakers = createWakers();
  // Followers poll for what the listener misses.
  const listener = await redis.listen(channel, wakers.wake);

  const toEvent = (brandId: string, message: Readonly<Record<string, string>>): UserCardEvent | undefined =>
    openEvent(cipher, brandId, message.event ?? '');

  return {
    async standingOf(brandId, { notificationId, nonce }) {
      const [known, used] = await redis.ask((store) =>
        store.mGet([redis.key(idOf(brandId, notificationId)), redis.key(nonceOf(brandId, nonce))]),
      );
      if (used !== null && used !== undefined) return 'replayed';
      return known === null || known === undefined ? 'new' : 'duplicate';
    },
    async append(event, { mark: { notificationId, nonce }, opening }) {
      const { brandId } = event;
      const [standing] = await redis.run(
        appendScript,
        [
          idOf(brandId, notificationId),
          nonceOf(brandId, nonce),
          streamOf(brandId),
          openingsOf(brandId),
          ...asideOf(brandId, openingKeyOf(event)),
        ],
        [
          sealEvent(cipher, event),
          String(keep),
          String(markLifeMs),
          String(nonceLifeMs),
          opening === false ? '' : opening,
          redis.key(channel),
          brandId,
          asideLife,
        ],
      );
      return standing as Standing;
    },
    async read(brandId, after, count) {
      const found = await redis.ask((store) =>
        store.xRange(redis.key(streamOf(brandId)), `(${after}`, '+', { COUNT: count }),
      );
      return found.flatMap(({ id, message }): readonly LoggedEvent[] => {
        const event = toEvent(brandId, message);
        return event === undefined ? [] : [{ ...event, eventId: id }];
      });
    },
    async bounds(brandId) {
      const stream = redis.key(streamOf(brandId));
      const [[first], [last]] = await redis.ask((store) =>
        Promise.all([
          store.xRange(stream, '-', '+', { COUNT: 1 }),
          store.xRevRange(stream, '+', '-', { COUNT: 1 }),
        ]),
      );
      return first && last && { first: first.id, last: last.id };
    },
    subscribe: wakers.subscribe,
    openings: createRedisOpenings(redis, toEvent),
    stop() {
      listener.stop();
    },
  };
};
