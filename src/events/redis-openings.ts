import type { StoreCommands } from '../store/link';
import type { Redis } from '../store/redis';
import type { UserCardEvent } from './event';
import { keptAsideMs, openingKeyOf, openingRetryMs, type OpeningQueue, type OpeningState } from './openings';

/** The braces put all keys of a brand on one node of a cluster, as the scripts require. */
export const openingsOf = (brandId: string): string => `openings:{${brandId}}`;
const asideStreamOf = (brandId: string): string => `openings-aside:{${brandId}}`;
const asideKeyOf = (brandId: string, key: string): string => `opening-aside:{${brandId}}:${key}`;
/** The stream of openings that were set aside, and what finds the one of a card in it. */
export const asideOf = (brandId: string, key: string): readonly [stream: string, pointer: string] => [
  asideStreamOf(brandId),
  asideKeyOf(brandId, key),
];
/** The last argument of `setAside`, ms. */
export const asideLife = String(keptAsideMs);

const group = 'confirm';
/** One consumer for the fleet: no process owns an opening, and the store's idle time shows when it may be taken again. */
const consumer = 'fleet';

/** A card has one opening at most. Those whose time is over leave the stream whenever one is added. */
export const setAsideLua = `
local function setAside(stream, pointer, event, state, life)
  local former = redis.call('GET', pointer)
  if former then redis.call('XDEL', stream, former) end
  local least = string.format('%d-0', redis.call('TIME')[1] * 1000 - life)
  local id = redis.call('XADD', stream, 'MINID', '~', least, '*', 'event', event, 'state', state)
  redis.call('SET', pointer, id, 'PX', life)
end
`;

/** KEYS: queue, stream, pointer. ARGV: id, group, state, life. Nothing is lost if the process dies before or after. */
const setAsideScript = `
${setAsideLua}
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return {} end
setAside(KEYS[2], KEYS[3], found[1][2][2], ARGV[3], ARGV[4])
redis.call('XACK', KEYS[1], ARGV[2], ARGV[1])
redis.call('XDEL', KEYS[1], ARGV[1])
return {}
`;

/** KEYS: queue, stream. ARGV: id. Its pointer then leads nowhere, and expires. */
const requeueScript = `
local found = redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1])
if #found == 0 then return {} end
redis.call('XADD', KEYS[1], '*', 'event', found[1][2][2])
redis.call('XDEL', KEYS[2], ARGV[1])
return {}
`;

/** KEYS: stream, pointer. */
const settleScript = `
local id = redis.call('GET', KEYS[2])
if id then redis.call('XDEL', KEYS[1], id) end
redis.call('DEL', KEYS[2])
return {}
`;

const batch = 100;

export const createRedisOpenings = (
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
  const read = (stream: string, after: string, count: number) =>
    redis.ask((store) => store.xRange(redis.key(stream), `(${after}`, '+', { COUNT: count }));
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
      const opened = taken.flatMap((entry) =>
        entry === null ? [] : [{ id: entry.id, event: toEvent(brandId, entry.message) }],
      );
      await giveBack(
        key,
        opened.flatMap(({ id, event }) => (event === undefined ? [id] : [])),
      );
      return opened.flatMap(({ id, event }) => (event === undefined ? [] : [{ id, event }]));
    },
    async done(brandId, id) {
      const key = redis.key(openingsOf(brandId));
      await redis.ask((store) => Promise.all([store.xAck(key, group, id), store.xDel(key, id)]));
    },
    async setAside(brandId, { id, event }, state) {
      await redis.run(
        setAsideScript,
        [openingsOf(brandId), ...asideOf(brandId, openingKeyOf(event))],
        [id, group, state, asideLife],
      );
    },
    async requeue(brandId) {
      for (let after = '0-0'; ;) {
        const found = await read(asideStreamOf(brandId), after, batch);
        for (const { id, message } of found) {
          after = id;
          if (message.state === 'NEEDS_CODE')
            await redis.run(requeueScript, [openingsOf(brandId), asideStreamOf(brandId)], [id]);
        }
        if (found.length < batch) return;
      }
    },
    async settle(brandId, keys) {
      const known = await redis.ask((store) =>
        store.mGet(keys.map((key) => redis.key(asideKeyOf(brandId, key)))),
      );
      for (const [index, key] of keys.entries())
        if (known[index] != null) await redis.run(settleScript, asideOf(brandId, key), []);
    },
    async list(brandId, { of, after, count }) {
      const stream = of === 'QUEUED' ? openingsOf(brandId) : asideStreamOf(brandId);
      const found = await read(stream, after, count);
      return found.map(({ id, message }) => {
        const state = of === 'QUEUED' ? of : (message.state as OpeningState);
        return { id, state, event: toEvent(brandId, message) };
      });
    },
  };
};
