// Cases about a store that fails while a fleet uses it. README of `deploy`: Redis as it is run.
import { fleet } from './fleet.mjs';
import { bucket, countOf, peakPerSecond, secondsOver, sleep, within } from './measure.mjs';
import { startRedis, startRedisCluster } from './redis.mjs';
import { limit, sayWhen, through } from './store-load.mjs';

const stateCase = ({ name, expects, parts, change, restore, times, ok, ...flags }) => ({
  group: 'store',
  longOnly: true,
  ...flags,
  name: `3 processes, ${name}`,
  must: () => expects,
  run: ({ ready }) =>
    fleet({ instances: 3, ready, ...parts }, async (open) => {
      const seen = await through(open, { change, restore, ...times });
      const { most, over, when, refused, use, unmarked, read, findings, backMs } = seen;
      const back = backMs === undefined ? '' : `; all back after ${(backMs / 1000).toFixed(1)} s`;
      return {
        shown: `most in a second ${most}, seconds over: ${over}${when === '' ? '' : ` (${when})`}, ${refused} × 429${use > 0 ? `, use ${(100 * use).toFixed(0)} %` : ''}; ${unmarked} of ${read} answers old and not stale; readiness: ${findings}${back}`,
        ok: unmarked === 0 && ok(seen),
      };
    }),
});

const within5 = ({ most, refused }) => most <= limit && refused === 0;
const oneSecondAtEachChange = ({ over, refused }) => over <= 2 && refused <= 2;

const cutOff = stateCase({
  group: 'load',
  longOnly: false,
  name: 'one of them cut off from Redis for 10 s',
  expects: 'at most 5 in any second, 0 × 429, nothing old that is not stale',
  parts: { storePaths: true },
  times: { cannotTell: 0 },
  change: ({ ways }) => ways[0].cut(true),
  restore: ({ ways }) => ways[0].cut(false),
  ok: (seen) => within5(seen) && seen.backMs !== undefined,
});

const deadPath = stateCase({
  name: 'paths to Redis without bytes and without a reset',
  expects: 'all back within 4 s; at most 1 second over at each change; nothing old that is not stale',
  parts: { storePaths: true },
  times: { duringMs: 0, afterMs: 17_000 },
  change: ({ ways }) => Promise.all(ways.map((way) => way.silence())),
  ok: (seen) => oneSecondAtEachChange(seen) && seen.backMs <= 4_000,
});

/** A primary with a replica. `moveTo` makes the replica the primary, and the former one its replica. */
const startPair = async () => {
  const primary = await startRedis();
  const replica = await startRedis(['--replicaof', '127.0.0.1', new URL(primary.url).port]);
  while (!String(await replica.command('INFO', 'replication')).includes('master_link_status:up'))
    await sleep(100);
  return {
    url: primary.url,
    async failOver() {
      await replica.command('REPLICAOF', 'NO', 'ONE');
      await primary.command('REPLICAOF', '127.0.0.1', new URL(replica.url).port);
      return replica.url;
    },
    stop: () => Promise.all([primary.stop(), replica.stop()]),
  };
};

const failover = stateCase({
  name: 'a failover: their connections lead to a replica (READONLY)',
  expects: 'all back within 4 s; at most 1 second over at each change; nothing old that is not stale',
  parts: { redis: startPair, storePaths: true },
  times: { duringMs: 0, afterMs: 17_000 },
  async change({ redis, ways }) {
    const url = await redis.failOver();
    await Promise.all(ways.map((way) => way.leadTo(url)));
  },
  ok: (seen) => oneSecondAtEachChange(seen) && seen.backMs <= 4_000,
});

const fullBefore = stateCase({
  name: 'Redis full before they start (noeviction), memory added after 12 s',
  expects: 'at most 5 in any second, 0 × 429, nothing old that is not stale; all back',
  parts: { redis: () => startRedis(['--maxmemory', '1']), warm: false },
  times: { beforeMs: 0, duringMs: 12_000 },
  restore: ({ redis }) => redis.command('CONFIG', 'SET', 'maxmemory', '0'),
  ok: (seen) => within5(seen) && seen.backMs !== undefined,
});

/** Other keys with an end fill the memory again and again, so that keys of the fleet are removed. */
const fill = async ({ redis }) => {
  const info = String(await redis.command('INFO', 'memory'));
  const used = Number(/^used_memory:(\d+)/m.exec(info)[1]);
  await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
  await redis.command('CONFIG', 'SET', 'maxmemory', String(used + 1_000_000));
  const filler = `for i = 1, 200 do redis.call('SET', KEYS[1] .. i, string.rep('x', 20000), 'PX', 60000) end`;
  for (let turn = 0; turn < 20; turn += 1) {
    await redis.command('EVAL', filler, '1', `filler:${turn}:`);
    await sleep(100);
  }
};

const evicting = stateCase({
  name: 'Redis evicting (volatile-lru)',
  expects: 'at most 5 in any second, 0 × 429, nothing old that is not stale',
  // Evicting goes on being reported for ten minutes.
  times: { recovers: false },
  change: fill,
  ok: within5,
});

const cluster = stateCase({
  name: 'a cluster of three nodes, one of them killed for 10 s',
  expects: 'at most 1 second over at each change; nothing old that is not stale; all back',
  parts: { redis: startRedisCluster },
  change: ({ redis }) => redis.servers[1].kill(),
  restore: ({ redis }) => redis.servers[1].start(),
  ok: (seen) => oneSecondAtEachChange(seen) && seen.backMs !== undefined,
});

const killed = {
  group: 'load',
  name: 'Redis killed under load',
  must: () => '0 errors through the limiter; ≥ 70 % use; ≤ 5 in any second but ≤ 1 second at each change',
  run: ({ outageSeconds, ready }) =>
    fleet({ instances: 8, ready }, async ({ redis, standIn, workers }) => {
      const [beforeMs, afterMs] = [5_000, 9_000];
      const forMs = beforeMs + outageSeconds * 1000 + afterMs;
      const job = Promise.all(
        workers.map((worker) =>
          worker.run('saturate', { buckets: [bucket], outstanding: 2, forMs, lane: 'interactive' }),
        ),
      );
      await sleep(beforeMs);
      await redis.kill();
      const killedAt = Date.now();
      await sleep(outageSeconds * 1000);
      await redis.start();
      const back = Date.now();
      const results = await job;
      const entries = await standIn.entries();
      const times = entries.map(({ at }) => at);
      const use = within(times, killedAt, back - killedAt).length / ((limit * (back - killedAt)) / 1000);
      const failures = results.flatMap(({ failed }) => Object.entries(failed));
      const over = secondsOver(times, limit);
      const when = sayWhen(over, [
        { name: 'the kill', at: killedAt },
        { name: 'the start', at: back },
      ]);
      const quiet = Math.max(
        peakPerSecond(times.filter((at) => at < killedAt)),
        peakPerSecond(times.filter((at) => at > killedAt + 3_000 && at < back)),
        peakPerSecond(times.filter((at) => at > back + 4_000)),
      );
      return {
        shown: `${outageSeconds} s without: use ${(100 * use).toFixed(0)} %, failures ${JSON.stringify(Object.fromEntries(failures))}; seconds over 5: ${over.length}${when === '' ? '' : ` (${when})`}; most between the changes ${quiet}; ${countOf(entries, 429)} × 429`,
        ok: failures.length === 0 && use >= 0.7 && over.length <= 2 && quiet <= limit,
      };
    }),
};

export const storeCases = [killed, cutOff, deadPath, failover, fullBefore, evicting, cluster];
