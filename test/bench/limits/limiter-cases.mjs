// Cases about the call budget. Each starts what it needs, measures in the stand-in's ledger, and says what was seen.
import { byBucket, peakPerSecond, percentile, secondsOver, within } from './measure.mjs';
import { startProxy, startRedis, startStandIn, startWorker } from './processes.mjs';

const brandId = '1004';
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const count = (entries, status) => entries.filter((entry) => entry.status === status).length;

const isReady = () => Promise.resolve();

/**
 * A store, a stand-in, instances; all are stopped afterwards whatever happens. `ready` is called when they have started, and
 * awaited before the load begins (default: at once).
 */
export const fleet = async (
  {
    instances,
    standIn: options = {},
    jitterMs,
    redis: wanted = true,
    cold = false,
    worker = {},
    ready = isReady,
  },
  use,
) => {
  const parts = [];
  const keep = (part) => (parts.push(part), part);
  try {
    const redis = wanted ? keep(await startRedis()) : undefined;
    const standIn = keep(await startStandIn(options));
    const proxy =
      jitterMs === undefined ? undefined : keep(await startProxy({ target: standIn.url, jitterMs }));
    const started = await Promise.allSettled(
      Array.from({ length: instances }, (_, index) =>
        startWorker(
          {
            provision: standIn.provision,
            main: proxy?.url ?? standIn.url,
            redis: redis?.url,
            route: 'brand',
            name: `instance-${index}`,
            ...(typeof worker === 'function' ? worker(index) : worker),
          },
          standIn.cards,
        ).then(keep),
      ),
    );
    // Judged when all have started or failed, so that none is left behind.
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const workers = started.map(({ value }) => value);
    // A process that answers its first calls is slower by as much as the limiter's guard.
    if (!cold) await Promise.all(workers.map((worker, from) => worker.run('warmUp', { from })));
    await ready();
    await standIn.clear();
    return await use({ redis, standIn, workers });
  } finally {
    await Promise.all(parts.reverse().map((part) => part.stop()));
  }
};

const bucket = { brandId, what: 'userCard' };

/** Saturates one bucket from every instance and counts what arrives while all are under way. */
const saturated = async ({ standIn, workers }, seconds) => {
  const forMs = (seconds + 3) * 1000;
  const results = await Promise.all(
    workers.map((worker) =>
      worker.run('saturate', { buckets: [bucket], outstanding: 3, forMs, lane: 'interactive' }),
    ),
  );
  const entries = await standIn.entries();
  const times = entries.map(({ at }) => at);
  return {
    entries,
    total: within(times, Math.min(...times) + 1_000, seconds * 1000).length,
    most: peakPerSecond(times),
    results,
  };
};

/** In its first seconds a process knows little of the path and keeps a wide guard. */
const needed = (least, seconds) => Math.floor(least * 5 * seconds) - (seconds < 60 ? 2 : 0);

const saturationCase = ({ counting, jitterMs, least, skewMs }) => ({
  group: 'saturated',
  name: `8 processes, one Redis, saturated, counted by ${counting}${jitterMs === undefined ? '' : `, ${jitterMs} ms jitter`}${skewMs === undefined ? '' : ', one clock 5 s off'}`,
  must: (seconds) => `${needed(least, seconds)}–${5 * seconds} calls, at most 5 in any second, 0 × 429`,
  run: ({ seconds, ready }) =>
    fleet(
      {
        instances: 8,
        ready,
        standIn: { counting },
        jitterMs,
        worker: (index) => (index === 0 && skewMs ? { skewMs } : {}),
      },
      async (parts) => {
        const { entries, total, most } = await saturated(parts, seconds);
        const refused = count(entries, 429);
        return {
          shown: `${total} of ${5 * seconds} in ${seconds} s, most in a second ${most}, ${refused} × 429`,
          // Jitter spreads arrivals after they left: what the upstream refuses is what counts then.
          ok:
            total >= needed(least, seconds) &&
            total <= 5 * seconds &&
            refused === 0 &&
            (jitterMs !== undefined || most <= 5),
        };
      },
    ),
});

/** What a process knows least of: its own first calls, all at once. */
const coldBursts = ({ instances, share }) => ({
  // Two of the smaller ones together are not as many processes as the largest.
  ...(instances < 8 ? { group: 'cold' } : {}),
  name: `${instances} cold process${instances === 1 ? ', no store' : 'es, one Redis'}, 40 reads at once`,
  must: () => '0 × 429, at most 10 in any second, all answered',
  async run({ coldBursts: all, ready }) {
    const bursts = Math.max(2, Math.round(all * share));
    const seen = { refused: 0, over: 0, most: 0, answered: 0 };
    for (let burst = 0; burst < bursts; burst += 1)
      await fleet(
        { instances, ready, redis: instances > 1, cold: true, worker: { route: 'partner' } },
        async ({ standIn, workers }) => {
          const first = (index) => Math.floor((40 * index) / instances);
          const answered = await Promise.all(
            workers.map((worker, index) =>
              worker.run('burst', {
                brandId,
                from: first(index),
                count: first(index + 1) - first(index),
                timeoutMs: 20_000,
              }),
            ),
          );
          const entries = await standIn.entries();
          const most = peakPerSecond(entries.map(({ at }) => at));
          seen.refused += count(entries, 429);
          seen.over += most > 10 ? 1 : 0;
          seen.most = Math.max(seen.most, most);
          seen.answered += answered.reduce((sum, one) => sum + one, 0);
        },
      );
    const asked = bursts * 40;
    return {
      shown: `${bursts} bursts: ${seen.answered} of ${asked} answered, most in a second ${seen.most}, ${seen.refused} × 429`,
      ok: seen.refused === 0 && seen.over === 0 && seen.answered === asked,
    };
  },
});

const manyBuckets = {
  longOnly: true,
  name: '20 brands × 3 interfaces at once',
  must: () => 'every bucket ≥ 98 %, at most 5 in any second, 0 × 429',
  run: ({ seconds }) =>
    fleet({ instances: 4, standIn: { brands: 20, membersPerBrand: 20 } }, async ({ standIn, workers }) => {
      const brands = Object.keys(standIn.cards);
      const buckets = brands.flatMap((id) =>
        ['userCard', 'userCards', 'cardTemplate'].map((what) => ({ brandId: id, what })),
      );
      const saturate = (forMs) =>
        Promise.all(
          workers.map((worker) =>
            worker.run('saturate', { buckets, outstanding: 2, forMs, lane: 'interactive' }),
          ),
        );
      // 300 calls of one instant, in processes that compile while they send them, are another matter: said below.
      await saturate(10_000);
      const cold = await standIn.entries();
      await standIn.clear();
      await saturate((seconds + 4) * 1000);
      const entries = await standIn.entries();
      const from = Math.min(...entries.map(({ at }) => at)) + 2_000;
      const shares = [...byBucket(entries).values()].map((own) => {
        const times = own.map(({ at }) => at);
        return {
          share: within(times, from, seconds * 1000).length / (5 * seconds),
          most: peakPerSecond(times),
        };
      });
      const least = Math.min(...shares.map(({ share }) => share));
      const most = Math.max(...shares.map((one) => one.most));
      return {
        shown: `${shares.length} buckets, the least used ${(100 * least).toFixed(1)} %, most in a second ${most}, ${count(entries, 429)} × 429 (${count(cold, 429)} in the first ten seconds of cold processes)`,
        ok: shares.length === 60 && least >= 0.98 && most <= 5 && count(entries, 429) === 0,
      };
    }),
};

const bulkBeside = {
  group: 'waits',
  name: 'saturating bulk + 1 interactive/s',
  must: () => 'interactive wait p50 ≤ 200 ms, p95 ≤ 400 ms; use ≥ 98 %',
  run: ({ seconds, ready }) =>
    fleet({ instances: 8, ready }, async ({ standIn, workers }) => {
      const forMs = (seconds + 3) * 1000;
      const [, interactive] = await Promise.all([
        Promise.all(
          workers.map((worker) =>
            worker.run('saturate', { buckets: [bucket], outstanding: 3, forMs, lane: 'bulk' }),
          ),
        ),
        workers[3].run('trickle', { brandId, perSecond: 1, forMs: forMs - 1000 }),
      ]);
      const entries = await standIn.entries();
      const times = entries.map(({ at }) => at);
      const use = within(times, Math.min(...times) + 1_000, seconds * 1000).length / (5 * seconds);
      const waits = interactive.map(({ ok, waitedMs, tookMs }) => (ok ? (waitedMs ?? tookMs) : Infinity));
      const [p50, p95] = [percentile(waits, 0.5), percentile(waits, 0.95)];
      return {
        shown: `${waits.length} interactive: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms; use ${(100 * use).toFixed(1)} %, most in a second ${peakPerSecond(times)}, ${count(entries, 429)} × 429`,
        ok: p50 <= 200 && p95 <= 400 && use >= 0.98 && count(entries, 429) === 0,
      };
    }),
};

// In no group: 10 ms are soon lost to a neighbour.
const deadlines = {
  name: '5 s backlog, deadline 800 ms',
  must: () => 'refused ≤ 10 ms after the store’s reply; retryAfterMs within ±250 ms; 0 sent late',
  run: () =>
    fleet({ instances: 1 }, async ({ workers: [worker] }) => {
      const { refused, truthMs } = await worker.run('backlog', {
        brandId,
        seconds: 5,
        limit: 5,
        hasty: 20,
        timeoutMs: 800,
      });
      const allRefused = refused.every(({ ok, code }) => !ok && code === 'UPSTREAM_RATE_LIMITED');
      const slowest = Math.max(...refused.map(({ afterReplyMs }) => afterReplyMs));
      const worst = Math.max(...refused.map(({ retryAfterMs }) => Math.abs(retryAfterMs - truthMs)));
      const sent = refused.filter(({ sentAt }) => sentAt !== undefined).length;
      return {
        shown: `${refused.length} refused, the last ${slowest.toFixed(1)} ms after the reply; retryAfterMs off by at most ${worst.toFixed(0)} ms; ${sent} sent`,
        ok: allRefused && slowest <= 10 && worst <= 250 && sent === 0,
      };
    }),
};

const halved = {
  longOnly: true,
  name: 'upstream limit halved for 30 s',
  must: () => '≤ 6 × 429; ≥ 95 % of the full limit again within 50 s',
  run: () =>
    fleet({ instances: 4, worker: { route: 'partner' } }, async ({ standIn, workers }) => {
      const job = Promise.all(
        workers.map((worker) =>
          worker.run('saturate', { buckets: [bucket], outstanding: 5, forMs: 100_000, lane: 'interactive' }),
        ),
      );
      await sleep(10_000);
      await standIn.limit({ GET_USER_CARD: 5 });
      await sleep(30_000);
      await standIn.limit({ GET_USER_CARD: null });
      const restored = Date.now();
      await job;
      const entries = await standIn.entries();
      const times = entries.filter(({ status }) => status === 200).map(({ at }) => at);
      const back = within(times, restored + 40_000, 10_000).length / 100;
      const lower = within(times, restored - 20_000, 20_000).length / 100;
      return {
        shown: `${count(entries, 429)} × 429; ${(100 * lower).toFixed(0)} % of the lower limit used; 40 to 50 s after: ${(100 * back).toFixed(0)} %`,
        ok: count(entries, 429) <= 6 && back >= 0.95,
      };
    }),
};

const storeKilled = {
  group: 'waits',
  name: 'Redis killed under load',
  must: () => '0 errors through the limiter; ≥ 70 % use; ≤ 5 in any second but ≤ 1 second at each change',
  run: ({ outageSeconds, ready }) =>
    fleet({ instances: 8, ready }, async ({ redis, standIn, workers }) => {
      const job = Promise.all(
        workers.map((worker) =>
          worker.run('saturate', {
            buckets: [bucket],
            outstanding: 2,
            forMs: (outageSeconds + 20) * 1000,
            lane: 'interactive',
          }),
        ),
      );
      await sleep(8_000);
      await redis.kill();
      const killed = Date.now();
      await sleep(outageSeconds * 1000);
      await redis.start();
      const back = Date.now();
      const results = await job;
      const entries = await standIn.entries();
      const times = entries.map(({ at }) => at);
      const use = within(times, killed, back - killed).length / ((5 * (back - killed)) / 1000);
      const failures = results.flatMap(({ failed }) => Object.entries(failed));
      const quiet = times.filter(
        (at) => (at > killed + 3_000 && at < back) || at < killed || at > back + 4_000,
      );
      const over = secondsOver(times, 5);
      const overQuiet = Math.max(
        peakPerSecond(quiet.filter((at) => at < killed)),
        peakPerSecond(quiet.filter((at) => at > killed && at < back)),
        peakPerSecond(quiet.filter((at) => at > back + 4_000)),
      );
      return {
        shown: `${outageSeconds} s without: use ${(100 * use).toFixed(0)} %, failures ${JSON.stringify(Object.fromEntries(failures))}; seconds over 5: ${over}; most between the changes ${overQuiet}; ${count(entries, 429)} × 429`,
        ok: failures.length === 0 && use >= 0.7 && over <= 2 && overQuiet <= 5,
      };
    }),
};

export const limiterCases = [
  ...['sliding', 'fixed', 'bucket'].map((counting) => saturationCase({ counting, least: 0.99 })),
  saturationCase({ counting: 'sliding', least: 0.99, skewMs: 5_000 }),
  saturationCase({ counting: 'sliding', jitterMs: 20, least: 290 / 300 }),
  coldBursts({ instances: 1, share: 0.4 }),
  coldBursts({ instances: 3, share: 0.3 }),
  coldBursts({ instances: 8, share: 0.3 }),
  manyBuckets,
  bulkBeside,
  deadlines,
  halved,
  storeKilled,
];
