import type { Clock } from '../shared/clock';
import type { Redis } from './redis';

/**
 * What is wrong with the store's memory. `evicting`: it has removed keys before their time in the last ten minutes. `policy`: it
 * may remove keys that have no end, which are events and cards waiting for confirmation. `nearlyFull`: it will soon refuse
 * writes. `unknown`: it does not say.
 */
export type MemoryProblem = 'evicting' | 'policy' | 'nearlyFull' | 'unknown';

/** Watches whether the store may forget what it was told. What it does not have is then unknown, not absent. */
export interface MemoryWatch {
  /** Whether keys may have been removed before their time. True while that is unknown. */
  readonly forgets: () => boolean;
  readonly problem: () => MemoryProblem | undefined;
  stop(): void;
}

export interface MemoryWatchDeps {
  readonly redis: Pick<Redis, 'info'>;
  readonly clock: Clock;
  /** Called on each change of the problem. */
  readonly onChange: (problem: MemoryProblem | undefined) => void;
}

const everyMs = 2_000;
const rememberedMs = 600_000;
/** Keys are removed from the first byte above the limit on, and much may be written between two looks. */
const nearly = 0.9;

interface Seen {
  readonly policy: string | undefined;
  /** 0 … 1; 0 if memory has no limit, `undefined` if the store does not say. */
  readonly used: number | undefined;
  readonly evicted: number | undefined;
}

/** Resolves after the first look. */
export const createMemoryWatch = async ({
  redis,
  clock,
  onChange,
}: MemoryWatchDeps): Promise<MemoryWatch> => {
  let seen: Seen | undefined;
  let evictedAt = -Infinity;
  let told: MemoryProblem | undefined;
  let stopped = false;
  let cancel = (): void => undefined;

  const problem = (): MemoryProblem | undefined => {
    if (seen === undefined) return undefined;
    const { policy, used, evicted } = seen;
    if (used === undefined || evicted === undefined) return 'unknown';
    if (clock.now() - evictedAt < rememberedMs) return 'evicting';
    if (used > 0 && policy?.startsWith('allkeys') === true) return 'policy';
    return used >= nearly && policy === 'noeviction' ? 'nearlyFull' : undefined;
  };
  const look = async (): Promise<void> => {
    try {
      const now = worst((await redis.info()).map(memoryOf));
      // A smaller count is that of a restarted server; it has evicted as many since.
      if (seen?.evicted !== undefined && now.evicted !== undefined && now.evicted !== seen.evicted)
        evictedAt = now.evicted > 0 ? clock.now() : evictedAt;
      seen = now;
    } catch {
      // An unavailable store is another problem; what was seen last is the best estimate.
    }
    const found = problem();
    if (found !== told) {
      told = found;
      onChange(found);
    }
    if (!stopped) cancel = clock.after(everyMs, () => void look());
  };
  await look();

  return {
    forgets: () =>
      seen?.used === undefined ||
      seen.evicted === undefined ||
      clock.now() - evictedAt < rememberedMs ||
      (seen.policy !== 'noeviction' && seen.used >= nearly),
    problem,
    stop() {
      stopped = true;
      cancel();
    },
  };
};

const memoryOf = (info: string): Seen => {
  const numberOf = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const max = numberOf('maxmemory');
  const used = numberOf('used_memory');
  return {
    policy: /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1],
    used: max === 0 ? 0 : max === undefined || used === undefined ? undefined : used / max,
    evicted: numberOf('evicted_keys'),
  };
};

/** Of several servers: the fullest, and all evictions together. */
const worst = (all: readonly Seen[]): Seen => ({
  policy: all.find(({ policy }) => policy?.startsWith('allkeys') === true)?.policy ?? all[0]?.policy,
  used: all.reduce<number | undefined>(
    (most, { used }) => (most === undefined || used === undefined ? undefined : Math.max(most, used)),
    0,
  ),
  evicted: all.reduce<number | undefined>(
    (sum, { evicted }) => (sum === undefined || evicted === undefined ? undefined : sum + evicted),
    0,
  ),
});
