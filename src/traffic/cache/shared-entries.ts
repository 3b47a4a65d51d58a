import { randomUUID } from 'node:crypto';
import KeyvRedis from '@keyv/redis';
import { sleep, type Clock } from '../../shared/clock';
import type { Redis } from '../../store/redis';
import type { Call, Reply } from '../calls/call';
import type { SharedEntries } from './cache';
import type { CacheEntry } from './cache-entry';
import type { Cipher } from '../../shared/cipher';

export interface SharedEntriesDeps {
  readonly redis: Redis;
  readonly clock: Clock;
  /** 0 ≤ x < 1; spreads the polls of waiting processes. */
  readonly random: () => number;
  readonly cipher: Cipher;
}

/** Longer than a call usually takes. If the holder of a lease dies, others wait no longer than this, ms. */
const leaseMs = 3_000;
const lookAgainMs = 25;

/** Maximum clock difference within a fleet, ms. An entry dated further ahead has an unknown age. */
const maxAheadMs = 5_000;

/** Another process's entry with its age by this process's clock; `undefined` if its date cannot be right. */
const datedHere = (entry: CacheEntry, clock: Clock): CacheEntry | undefined => {
  const ageMs = clock.wallNow() - entry.fetchedAt;
  return ageMs < -maxAheadMs ? undefined : { ...entry, asOf: clock.now() - Math.max(0, ageMs) };
};

/** Releases the lease only if it is still ours. */
const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/**
 * Entries that a fleet shares, in Redis through Keyv's adapter. The adapter is used without Keyv, whose two-step expiry
 * could delete a newer entry. Every failure counts as a miss.
 */
export const createSharedEntries = ({ redis, clock, random, cipher }: SharedEntriesDeps): SharedEntries => {
  const store = new KeyvRedis<string>(redis.client, { namespace: 'wxm:entry', throwOnErrors: true });
  // The owner of the connection reports errors; without a listener an error event would end the process.
  store.on('error', () => undefined);

  const lease = async (name: string, token: string): Promise<'ours' | 'held' | 'unknown'> => {
    try {
      const answer = await redis.ask((client) =>
        client.set(name, token, { condition: 'NX', expiration: { type: 'PX', value: leaseMs } }),
      );
      return answer === null ? 'held' : 'ours';
    } catch {
      return 'unknown';
    }
  };
  const release = async (name: string, token: string): Promise<void> => {
    await redis.run(releaseScript, [name], [token]).catch(() => undefined);
  };

  const isFree = (name: string): Promise<boolean> =>
    redis
      .ask((client) => client.pTTL(name))
      .then(
        // Negative: the lease is gone. Longer than a lease lasts: the store's clock was set back, and the lease would never
        // end.
        (leftMs) => leftMs < 0 || leftMs > leaseMs,
        () => true,
      );

  const waitFor = async (name: string, { deadline, signal }: Call): Promise<void> => {
    const until = Math.min(deadline, clock.now() + leaseMs);
    do {
      await sleep(clock, lookAgainMs * (0.5 + random()));
      signal?.throwIfAborted();
    } while (clock.now() < until && !(await isFree(name)));
  };

  return {
    async get(key) {
      try {
        const sealed = await redis.ask(() => store.get(key));
        const plain = typeof sealed === 'string' ? cipher.decrypt(key, sealed) : undefined;
        return plain === undefined ? undefined : datedHere(JSON.parse(plain) as CacheEntry, clock);
      } catch {
        return undefined;
      }
    },
    async set(key, entry, lifeMs) {
      const sealed = cipher.encrypt(key, JSON.stringify(entry));
      await redis.ask(() => store.set(key, sealed, Math.ceil(lifeMs))).catch(() => undefined);
    },
    async withLease(key, call, fetch): Promise<Reply | undefined> {
      // The lane is part of the name: an urgent call does not wait for another process's background work.
      const name = `wxm:lease:{${key}}:${call.lane}`;
      const token = randomUUID();
      const holder = await lease(name, token);
      if (holder === 'held') {
        await waitFor(name, call);
        return undefined;
      }
      try {
        return await fetch();
      } finally {
        const released = release(name, token);
        // A slow store may have granted the lease after we stopped waiting. We do not wait for its release again.
        if (holder === 'ours') await released;
      }
    },
  };
};
