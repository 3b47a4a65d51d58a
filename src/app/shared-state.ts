import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config';
import { ConfigError } from '../config/reader';
import type { Clock } from '../shared/clock';
import type { KeyRing } from '../shared/key-ring';
import { systemCode } from '../shared/system-code';
import { createNotes, type Notes } from '../store/notes';
import { createRedis, type Redis, type RedisOptions } from '../store/redis';
import type { StoreFailure } from '../store/store-failure';
import type { SharedEntries } from '../traffic/cache/cache';
import { createRedisWriteEpochs } from '../traffic/cache/redis-write-epochs';
import { createMemoryWriteEpochs, type WriteEpochs } from '../traffic/cache/write-epochs';
import { createCipher } from '../shared/cipher';
import type { SharedMasks } from '../graphql/access/masks';
import { createSharedMasks } from './shared-masks';
import { createSharedEntries } from '../traffic/cache/shared-entries';
import { joinFleet } from '../traffic/limiter/fleet';
import { createMemorySlots } from '../traffic/limiter/memory-slots';
import { createRedisSlots } from '../traffic/limiter/redis-slots';
import type { SlotStore } from '../traffic/limiter/slot-store';

/** The state of the policies, in this process or in the store shared by a fleet. */
export interface SharedState {
  readonly slots: SlotStore;
  readonly writeEpochs: WriteEpochs;
  readonly entries?: SharedEntries;
  readonly masks?: SharedMasks;
  readonly notes: Notes;
  /** The store, if configured. */
  readonly redis?: Redis;
  /** The processes that share the call limits, as last known. */
  readonly instances: () => number;
  stop(): void;
}

export interface SharedStateDeps {
  readonly config: Pick<Config, 'redis'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called when the store becomes unavailable and when it is back. */
  readonly onStoreChange: (up: boolean, reason?: StoreFailure) => void;
}

/** Rejects with ConfigError if a store is configured and cannot be used. */
export const openSharedState = async ({
  config,
  keys,
  clock,
  random,
  onStoreChange,
}: SharedStateDeps): Promise<SharedState> => {
  if (config.redis === undefined)
    return {
      slots: createMemorySlots(clock),
      writeEpochs: createMemoryWriteEpochs(clock),
      notes: createNotes(),
      instances: () => 1,
      stop: () => undefined,
    };
  const redis = await connected({ url: config.redis.url, clock, onChange: onStoreChange });
  const fleet = await joinFleet({ redis, clock, id: randomUUID() });
  return {
    redis,
    instances: () => fleet.place().instances,
    slots: createRedisSlots({ redis, clock, fleet }),
    writeEpochs: createRedisWriteEpochs({ redis, clock }),
    entries: createSharedEntries({
      redis,
      clock,
      random,
      cipher: createCipher(keys, 'shared cache entries'),
    }),
    masks: createSharedMasks(redis, createCipher(keys, 'shared masks')),
    notes: createNotes({ shared: { redis, cipher: createCipher(keys, 'notes') } }),
    stop() {
      fleet.stop();
      redis.close();
    },
  };
};

const connected = async (options: RedisOptions): Promise<Redis> => {
  let redis: Redis | undefined;
  try {
    redis = await createRedis(options);
    // A store that requires a password accepts the connection and refuses every command.
    await redis.client.ping();
    return redis;
  } catch (error) {
    redis?.close();
    throw new ConfigError([`redis: ${whyNot(error)}`]);
  }
};

/** Why the store cannot be used. The store's own message is not passed on, because it may contain a user name. */
const whyNot = (error: unknown): string => {
  const reply = error instanceof Error ? error.message : '';
  if (/^WRONGPASS|invalid (username-)?password/i.test(reply))
    return 'the store refuses the user or the password; correct them in the address';
  if (reply.startsWith('NOAUTH')) return 'the store asks for a password; add it to the address';
  if (reply.startsWith('NOPERM'))
    return 'the store does not allow this user to run the commands of this server; grant them';
  const code = systemCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the name of the store's host cannot be resolved (${code}); correct its address`;
  return `the store cannot be reached (${code ?? 'no answer in time'}); start it, or correct its address`;
};
