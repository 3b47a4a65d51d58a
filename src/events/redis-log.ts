import type { StoreCommands } from '../store/link';
import type { Redis } from '../store/redis';
import type { LoggedEvent, UserCardEvent } from './event';
import {
  markLifeMs,
  nonceLifeMs,
  openingRetryMs,
  type EventLog,
  type OpeningQueue,
  type Standing,
} from './log';
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
const openingsOf = (brandId: string): string => `openings:{${brandId}}`;
const idOf = (brandId: string, id: string): string => `notified:{${brandId}}:${id}`;
const nonceOf = (brandId: string, nonce: string): string => `nonce:{${brandId}}:${nonce}`;
const group = 'confirm';
/** One consumer for the fleet: no process owns an opening, and the store's idle time shows when it may be taken again. */
const consumer = 'fleet';

/** Stores marks, event and opening in one atomic step, so that a crash leaves all of them or none. */
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
        [idOf(brandId, notificationId), nonceOf(brandId, nonce), streamOf(brandId), openingsOf(brandId)],
        [
          sealEvent(cipher, event),
          String(keep),
          String(markLifeMs),
          String(nonceLifeMs),
          opening ? '1' : '0',
          redis.key(channel),
          brandId,
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

const createRedisOpenings = (
  redis: Redis,
  toEvent: (brandId: string, message: Readonly<Record<string, string>>) => UserCardEvent | undefined,
): OpeningQueue => {
  const grouped = new Set<string>();
  const join = async (store: StoreCommands, key: string): Promise<void> => {
    if (grouped.has(key)) return;
    await store.xGroupCreate(key, group, '0', { MKSTREAM: true }).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error;
    });
    grouped.add(key);
  };
  /** What this process cannot decrypt, another can: while keys change, the processes of a fleet have different ones. */
  const giveBack = async (key: string, ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    await redis.ask((store) =>
      // As if it had been taken so long ago that anybody may take it now.
      store.xClaimJustId(key, group, consumer, 0, [...ids], { IDLE: openingRetryMs }),
    );
  };
  return {
    async take(brandId, count) {
      const key = redis.key(openingsOf(brandId));
      const taken = await redis
        .ask(async (store) => {
          await join(store, key);
          const [overdue, fresh] = await Promise.all([
            store.xAutoClaim(key, group, consumer, openingRetryMs, '0-0', { COUNT: count }),
            store.xReadGroup(group, consumer, { key, id: '>' }, { COUNT: count }),
          ]);
          return [...overdue.messages, ...(fresh?.[0]?.messages ?? [])];
        })
        .catch((error: unknown) => {
          // A store that lost its data has lost the group too.
          grouped.delete(key);
          throw error;
        });
      const read = taken.flatMap((entry) =>
        entry === null ? [] : [{ id: entry.id, event: toEvent(brandId, entry.message) }],
      );
      await giveBack(
        key,
        read.flatMap(({ id, event }) => (event === undefined ? [id] : [])),
      );
      return read.flatMap(({ id, event }) => (event === undefined ? [] : [{ id, event }]));
    },
    async done(brandId, id) {
      const key = redis.key(openingsOf(brandId));
      await redis.ask((store) => Promise.all([store.xAck(key, group, id), store.xDel(key, id)]));
    },
  };
};
