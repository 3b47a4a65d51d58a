// A fleet as a case needs it: a stand-in, a store, instances, and the paths between them.
import { startInstance, startProxy, startStandIn } from './processes.mjs';
import { startRedis } from './redis.mjs';

const isReady = () => Promise.resolve();

/**
 * Starts the parts, and stops them whatever happens. `redis`: starts the store; false: none. `own`: every instance is a new
 * process. `warm`: each has made calls before it is measured. `cold`: new, and not warm. `path`: delays of the way to the upstream. `storePaths`: each instance has
 * a way to the store of its own. `instance`: further parameters of each. `ready` is called when all have started, and awaited
 * before the load begins (default: at once).
 */
export const fleet = async (
  {
    instances,
    standIn: options = {},
    redis: openStore = startRedis,
    cold = false,
    warm = !cold,
    own = cold,
    path,
    storePaths = false,
    instance = () => ({}),
    ready = isReady,
  },
  use,
) => {
  const parts = [];
  const keep = (part) => (parts.push(part), part);
  const all = Array.from({ length: instances }, (_, index) => index);
  try {
    const redis = openStore === false ? undefined : keep(await openStore());
    const standIn = keep(await startStandIn(options));
    const proxy = path === undefined ? undefined : keep(await startProxy({ target: standIn.url, ...path }));
    const ways = storePaths
      ? await Promise.all(all.map(() => startProxy({ target: redis.url }).then(keep)))
      : [];
    const started = await Promise.allSettled(
      all.map((index) =>
        startInstance(
          {
            provision: standIn.provision,
            main: proxy?.url ?? standIn.url,
            redis: ways[index]?.url ?? redis?.url,
            route: 'brand',
            name: `instance-${index}`,
            ...instance(index),
          },
          { cards: standIn.cards, index, own },
        ).then(keep),
      ),
    );
    // Judged when all have started or failed, so that none is left behind.
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const workers = started.map(({ value }) => value);
    // A process that answers its first calls is slower by as much as the limiter's guard.
    if (warm) await Promise.all(workers.map((worker, from) => worker.run('warmUp', { from })));
    await ready();
    await standIn.clear();
    return await use({ redis, standIn, workers, ways });
  } finally {
    await Promise.all(parts.reverse().map((part) => part.stop()));
  }
};
