import type { Redis, RedisClient } from '../store/redis';
import type { LoggedEvent, UserCardEvent } from './event';
import {
  markLifeMs,
  nonceLifeMs,
  openingRetryMs,
  type EventLog,
  type OpeningQueue,
  type Standing,
} from './log';
import { createWakers } from './wakers';

/** Encrypts what leaves the process; a text belongs to its name. */
export interface EventCipher {
  encrypt(name: string, plain: string): string;
  /** `undefined` where it was not sealed by us under this name. */
  decrypt(name: string, sealed: string): string | undefined;
}

export interface RedisLogDeps {
  readonly redis: Redis;
  /** Events name users, so they are kept encrypted. */
  readonly cipher: EventCipher;
  /** Events kept per brand, about. */
  readonly keep: number;
}

export interface RedisLog extends EventLog {
  stop(): void;
}

const channel = 'wxm:events';
/** The braces put all keys of a brand on one node of a cluster, as the script needs it. */
const streamOf = (brandId: string): string => `wxm:events:{${brandId}}`;
const openingsOf = (brandId: string): string => `wxm:openings:{${brandId}}`;
const idOf = (brandId: string, id: string): string => `wxm:notified:{${brandId}}:${id}`;
const nonceOf = (brandId: string, nonce: string): string => `wxm:nonce:{${brandId}}:${nonce}`;
const group = 'confirm';
/** One consumer for the fleet: an opening belongs to nobody, and the store's idle time says when it may be taken again. */
const consumer = 'fleet';

/** Marks, event and opening in one step: whatever dies before or after it, there is all of it or nothing. */
const appendScript = `
if redis.call('EXISTS', KEYS[2]) == 1 then return {'replayed'} end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[4])
if redis.call('EXISTS', KEYS[1]) == 1 then return {'duplicate'} end
local id = redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[2], '*', 'event', ARGV[1])
redis.call('SET', KEYS[1], id, 'PX', ARGV[3])
if ARGV[5] == '1' then redis.call('XADD', KEYS[4], '*', 'event', ARGV[1]) end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return {'new'}
`;

/** The log of a fleet: a stream per brand, as durable as the store is told to be. */
export const createRedisLog = async ({ redis, cipher, keep }: RedisLogDeps): Promise<RedisLog> => {
  const wakers = createWakers();
  // A connection that listens can do nothing else. It reconnects by itself; what it misses is found by looking.
  const listener = redis.client.duplicate();
  listener.on('error', () => undefined);
  await listener.connect();
  await listener.subscribe(channel, wakers.wake);

  const toEvent = (brandId: string, message: Readonly<Record<string, string>>): UserCardEvent | undefined => {
    const plain = cipher.decrypt(brandId, message.event ?? '');
    return plain === undefined ? undefined : (JSON.parse(plain) as UserCardEvent);
  };

  return {
    async standingOf(brandId, { notificationId, nonce }) {
      const [known, used] = await redis.ask((client) =>
        client.mGet([idOf(brandId, notificationId), nonceOf(brandId, nonce)]),
      );
      if (used !== null && used !== undefined) return 'replayed';
      return known === null || known === undefined ? 'new' : 'duplicate';
    },
    async append(event, { mark: { notificationId, nonce }, opening }) {
      const { brandId } = event;
      const [standing] = await redis.run(
        appendScript,
        [idOf(brandId, notificationId), nonceOf(brandId, nonce), streamOf(brandId), openingsOf(brandId)],
        [
          cipher.encrypt(brandId, JSON.stringify(event)),
          String(keep),
          String(markLifeMs),
          String(nonceLifeMs),
          opening ? '1' : '0',
          channel,
          brandId,
        ],
      );
      return standing as Standing;
    },
    async read(brandId, after, count) {
      const found = await redis.ask((client) =>
        client.xRange(streamOf(brandId), `(${after}`, '+', { COUNT: count }),
      );
      return found.flatMap(({ id, message }): readonly LoggedEvent[] => {
        const event = toEvent(brandId, message);
        // Sealed under a key that is no longer configured: nobody can read it any more.
        return event === undefined ? [] : [{ ...event, eventId: id }];
      });
    },
    async bounds(brandId) {
      const [[first], [last]] = await redis.ask((client) =>
        Promise.all([
          client.xRange(streamOf(brandId), '-', '+', { COUNT: 1 }),
          client.xRevRange(streamOf(brandId), '+', '-', { COUNT: 1 }),
        ]),
      );
      return first && last && { first: first.id, last: last.id };
    },
    subscribe: wakers.subscribe,
    openings: createRedisOpenings(redis, toEvent),
    stop() {
      listener.destroy();
    },
  };
};

const createRedisOpenings = (
  redis: Redis,
  toEvent: (brandId: string, message: Readonly<Record<string, string>>) => UserCardEvent | undefined,
): OpeningQueue => {
  const grouped = new Set<string>();
  const join = async (client: RedisClient, key: string): Promise<void> => {
    if (grouped.has(key)) return;
    await client.xGroupCreate(key, group, '0', { MKSTREAM: true }).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error;
    });
    grouped.add(key);
  };
  return {
    async take(brandId, count) {
      const key = openingsOf(brandId);
      const taken = await redis
        .ask(async (client) => {
          await join(client, key);
          const [overdue, fresh] = await Promise.all([
            client.xAutoClaim(key, group, consumer, openingRetryMs, '0-0', { COUNT: count }),
            client.xReadGroup(group, consumer, { key, id: '>' }, { COUNT: count }),
          ]);
          return [...overdue.messages, ...(fresh?.[0]?.messages ?? [])];
        })
        .catch((error: unknown) => {
          // A store that lost its memory lost the group as well.
          grouped.delete(key);
          throw error;
        });
      return taken.flatMap((entry) => {
        const event = entry === null ? undefined : toEvent(brandId, entry.message);
        return entry === null || event === undefined ? [] : [{ id: entry.id, event }];
      });
    },
    async done(brandId, id) {
      const key = openingsOf(brandId);
      await redis.ask((client) => Promise.all([client.xAck(key, group, id), client.xDel(key, id)]));
    },
  };
};
