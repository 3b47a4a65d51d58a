import { randomUUID } from 'node:crypto';
import type { Config } from './config/config';
import { ConfigError } from './config/reader';
import type { Clock } from './shared/clock';
import type { KeyRing } from './shared/key-ring';
import { createRedis, type Redis } from './store/redis';
import type { SharedEntries } from './traffic/cache/cache';
import { createRedisRegister } from './traffic/cache/redis-register';
import { createMemoryRegister, type Register } from './traffic/cache/register';
import { createSeal } from './traffic/cache/seal';
import { createSharedEntries } from './traffic/cache/shared-entries';
import { joinFleet } from './traffic/limiter/fleet';
import { createMemorySlots } from './traffic/limiter/memory-slots';
import { createRedisSlots } from './traffic/limiter/redis-slots';
import type { SlotStore } from './traffic/limiter/slot-store';

/** What policies remember: in this process, or in the store that a fleet shares. */
export interface SharedState {
  readonly slots: SlotStore;
  readonly register: Register;
  readonly entries?: SharedEntries;
  /** The store itself, where there is one. */
  readonly redis?: Redis;
  stop(): void;
}

export interface SharedStateParts {
  readonly config: Pick<Config, 'redis'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told when the store goes away and when it is back. */
  readonly onStoreChange: (up: boolean) => void;
}

/** Rejects where a store is configured that cannot be reached. */
export const openSharedState = async ({
  config,
  keys,
  clock,
  random,
  onStoreChange,
}: SharedStateParts): Promise<SharedState> => {
  if (config.redis === undefined)
    return {
      slots: createMemorySlots(clock),
      register: createMemoryRegister(clock),
      stop: () => undefined,
    };
  const redis = await createRedis({ url: config.redis.url, clock, onChange: onStoreChange }).catch(() => {
    throw new ConfigError(['redis: the store cannot be reached; start it, or correct its address']);
  });
  const fleet = await joinFleet({ redis, clock, id: randomUUID() });
  return {
    redis,
    slots: createRedisSlots({ redis, clock, fleet }),
    register: createRedisRegister({ redis, clock }),
    entries: createSharedEntries({
      redis,
      clock,
      random,
      seal: createSeal(keys, 'shared cache entries'),
    }),
    stop() {
      fleet.stop();
      redis.close();
    },
  };
};
