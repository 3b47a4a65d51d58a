import { randomUUID } from 'node:crypto';
import { ConfigError } from '../config/reader';
import { createCipher } from '../shared/cipher';
import { systemCode } from '../shared/system-code';
import { createNotes } from '../store/notes';
import { createRedis, type Redis, type RedisOptions } from '../store/redis';
import { createRedisWriteEpochs } from '../traffic/cache/redis-write-epochs';
import { createSharedEntries } from '../traffic/cache/shared-entries';
import { joinFleet } from '../traffic/limiter/fleet';
import { createRedisSlots } from '../traffic/limiter/redis-slots';
import { createSharedMasks } from './shared-masks';
import type { SharedState, SharedStateDeps } from './state';

/** The state that a fleet shares in the store at `url`. Rejects with ConfigError if the store cannot be used. */
export const openRedisState = async (
  url: string,
  { keys, clock, random, onStoreChange }: Omit<SharedStateDeps, 'config'>,
): Promise<SharedState> => {
  const redis = await connected({ url, clock, onChange: onStoreChange });
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
