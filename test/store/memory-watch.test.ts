import { systemClock, type Clock } from '../../src/shared/clock';
import { createMemoryWatch, type MemoryProblem } from '../../src/store/memory-watch';
import { connectPatiently, describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';
import { until } from '../support/until';

/** Looks a hundred times as often. */
const hasty: Clock = { ...systemClock, after: (ms, action) => systemClock.after(ms / 100, action) };

describeWithRedis("the store's memory", () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(() => server.close());

  const watched = async (
    use: (watch: Awaited<ReturnType<typeof createMemoryWatch>>, seen: unknown[]) => Promise<void>,
  ) => {
    const redis = await connectPatiently(server.url);
    const seen: (MemoryProblem | undefined)[] = [];
    const watch = await createMemoryWatch({ redis, clock: hasty, onChange: (problem) => seen.push(problem) });
    await use(watch, seen);
    watch.stop();
    redis.close();
  };
  const configure = (...settings: readonly string[]) => server.command('CONFIG', 'SET', ...settings);
  const fill = async (keys: number): Promise<void> => {
    const script = `for i = 1, ARGV[1] do redis.call('SET', 'k' .. i, string.rep('x', 1000), 'PX', 60000) end`;
    await server.command('EVAL', script, '0', String(keys)).catch(() => undefined);
  };

  it('is nothing to report without a limit', async () => {
    await watched((watch, seen) => {
      expect([watch.forgets(), watch.problem(), seen]).toEqual([false, undefined, []]);
      return Promise.resolve();
    });
  });

  it('may forget while keys are evicted, and before: when it is nearly full', async () => {
    const used = async (): Promise<number> =>
      Number(/^used_memory:(\d+)/m.exec(String(await server.command('INFO', 'memory')))?.[1]);
    await watched(async (watch, seen) => {
      await configure('maxmemory-policy', 'volatile-lru', 'maxmemory', '100mb');
      await until(() => !watch.forgets());
      await configure('maxmemory', String(Math.ceil((await used()) * 1.05)));
      await until(watch.forgets);
      expect(seen).toEqual([]);
      await fill(2_000);
      await until(() => watch.problem() === 'evicting');
      expect([seen, watch.forgets()]).toEqual([['evicting'], true]);
    });
  });

  it.each<[string, string, MemoryProblem]>([
    ['allkeys-lru', '1gb', 'policy'],
    ['noeviction', '1', 'nearlyFull'],
  ])('is a problem before it shows: %s with %s', async (policy, max, problem) => {
    await configure('maxmemory-policy', policy, 'maxmemory', max);
    await watched((watch) => {
      expect(watch.problem()).toBe(problem);
      return Promise.resolve();
    });
  });

  it('is unknown if the store does not tell it', async () => {
    const redis = { info: () => Promise.resolve(['redis_version:7.0.0\r\n']) };
    const watch = await createMemoryWatch({ redis, clock: hasty, onChange: () => undefined });
    expect([watch.problem(), watch.forgets()]).toEqual(['unknown', true]);
    watch.stop();
  });
});
