import { randomUUID } from 'node:crypto';
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

/** A lease lives as long as its holder renews it, ms. */
const leaseMs = 1_500;
const renewMs = 400;
/**
 * Share of the time left for which others wait for a lease that is not renewed: if its holder has died, they must have time to
 * ask themselves.
 */
const maxShareOfWait = 1 / 3;
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

/** Renews the lease only if it is still ours. */
const renewScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
`;

/**
 * Entries that a fleet shares, in Redis. They are not in a Keyv, whose two-step expiry could delete a newer entry. Every failure
 * counts as a miss.
 */
export const createSharedEntries = ({ redis, clock, random, cipher }: SharedEntriesDeps): SharedEntries => {
  const keyOf = (key: string): string => redis.key(`entry:${key}`);

  const lease = async (name: string, token: string): Promise<'ours' | 'held' | 'unknown'> => {
    try {
      const answer = await redis.ask((store) =>
        store.set(redis.key(name), token, { condition: 'NX', expiration: { type: 'PX', value: leaseMs } }),
      );
      return answer === null ? 'held' : 'ours';
    } catch {
      return 'unknown';
    }
  };
  const release = async (name: string, token: string): Promise<void> => {
    await redis.run(releaseScript, [name], [token]).catch(() => undefined);
  };

  /** Renews the lease until `stop` is called. */
  const renewing = (name: string, token: string): (() => void) => {
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = clock.after(renewMs, () => {
        redis.run(renewScript, [name], [token, String(leaseMs)]).catch(() => undefined);
        next();
      });
    };
    next();
    return () => {
      cancel();
    };
  };

  /** How long the lease still lives, ms; `undefined` if nobody holds it. */
  const leaseLeft = async (name: string): Promise<number | undefined> => {
    const leftMs = await redis.ask((store) => store.pTTL(redis.key(name))).catch(() => -1);
    // Negative: the lease is gone. Longer than a lease lasts: the store's clock was set back, and the lease would never end.
    return leftMs < 0 || leftMs > leaseMs ? undefined : leftMs;
  };

  const waitFor = async (name: string, { deadline, signal }: Call): Promise<void> => {
    const limit = (): number => clock.now() + (deadline - clock.now()) * maxShareOfWait;
    let until = limit();
    let last = Infinity;
    for (;;) {
      await sleep(clock, lookAgainMs * (0.5 + random()));
      signal?.throwIfAborted();
      const left = await leaseLeft(name);
      if (left === undefined) return;
      // Renewed: its holder lives.
      if (left > last) until = limit();
      if (clock.now() >= until) return;
      last = left;
    }
  };

  return {
    async get(key) {
      try {
        const sealed = await redis.ask((store) => store.get(keyOf(key)));
        const plain = sealed === null ? undefined : cipher.decrypt(key, sealed);
        return plain === undefined ? undefined : datedHere(JSON.parse(plain) as CacheEntry, clock);
      } catch {
        return undefined;
      }
    },
    async set(key, entry, lifeMs) {
      const sealed = cipher.encrypt(key, JSON.stringify(entry));
      const expiration = { type: 'PX', value: Math.ceil(lifeMs) } as const;
      await redis.ask((store) => store.set(keyOf(key), sealed, { expiration })).catch(() => undefined);
    },
    async withLease(key, call, fetch): Promise<Reply | undefined> {
      // The lane is part of the name: an urgent call does not wait for another process's background work.
      const name = `lease:{${key}}:${call.lane}`;
      const token = randomUUID();
      const holder = await lease(name, token);
      if (holder === 'held') {
        await waitFor(name, call);
        return undefined;
      }
      const stop = renewing(name, token);
      try {
        return await fetch();
      } finally {
        stop();
        const released = release(name, token);
        // A slow store may have granted the lease after we stopped waiting. We do not wait for its release again.
        if (holder === 'ours') await released;
      }
    },
  };
};
