import type { Config } from '../config/config';
import { ConfigError } from '../config/reader';
import { createCipher } from '../shared/cipher';
import { createMemoryWatch } from '../store/memory-watch';
import { createNotes } from '../store/notes';
import { createRedis, type Redis, type RedisOptions } from '../store/redis';
import { createSharedTexts } from '../store/shared-texts';
import { storeAdvice, storeFailure, StoreRefused } from '../store/store-failure';
import { createRedisWriteEpochs } from '../traffic/cache/redis-write-epochs';
import { createSharedEntries } from '../traffic/cache/shared-entries';
import { joinFleet } from '../traffic/limiter/fleet';
import { createRedisSlots } from '../traffic/limiter/redis-slots';
import { createMemberIdentity } from './member-identity';
import { createSharedMasks } from './shared-masks';
import type { SharedState, SharedStateDeps } from './state';

/**
 * The state that a fleet shares in Redis. If Redis is unavailable, this process joins the fleet when it is there. Rejects with
 * ConfigError only if Redis refuses this server for good: see `createRedis`.
 */
export const openRedisState = async (
  { maxInstances = defaultMaxInstances, ...settings }: NonNullable<Config['redis']>,
  {
    keys,
    clock,
    random,
    onStoreChange = () => undefined,
    onStoreMemory = () => undefined,
  }: Omit<SharedStateDeps, 'config'>,
): Promise<SharedState> => {
  const redis = await connected({
    ...settings,
    clock,
    onChange: onStoreChange,
  });
  const fleet = await joinFleet({ redis, clock, identity: createMemberIdentity(), max: maxInstances });
  const memory = await createMemoryWatch({ redis, clock, onChange: onStoreMemory });
  return {
    redis,
    instances: () => fleet.place().instances,
    vanished: () => fleet.vanished().length,
    slots: createRedisSlots({ redis, clock, fleet, forgets: memory.forgets }),
    writeEpochs: createRedisWriteEpochs({ redis, clock }),
    entries: createSharedEntries({
      redis,
      clock,
      random,
      cipher: createCipher(keys, 'shared cache entries'),
    }),
    masks: createSharedMasks(redis, createCipher(keys, 'shared masks')),
    roundTrips: createSharedTexts({
      redis,
      cipher: createCipher(keys, 'round trips'),
      keyOf: (id) => `trips:{${id}}`,
      lifeMs: roundTripsLifeMs,
    }),
    notes: createNotes({ shared: { redis, cipher: createCipher(keys, 'notes') } }),
    async stop() {
      memory.stop();
      await fleet.stop();
      redis.close();
    },
  };
};

/** A path of ten minutes ago says little of now. */
const roundTripsLifeMs = 600_000;
/** The fleet's size until Redis has told it. */
export const defaultMaxInstances = 8;

const connected = async (options: RedisOptions): Promise<Redis> => {
  let redis: Redis | undefined;
  try {
    redis = await createRedis(options);
    // Rights to subscribe can only be tried.
    (await redis.listen('check', () => undefined)).stop();
    return redis;
  } catch (error) {
    redis?.close();
    throw refused(error);
  }
};

/** The store's own message is not passed on, because it may contain a user name. */
const refused = (error: unknown): ConfigError =>
  new ConfigError([
    `redis: ${storeAdvice(storeFailure(error), error instanceof StoreRefused ? error.commands : [])}`,
  ]);
