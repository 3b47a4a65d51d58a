// Cases about the call budget. Each starts what it needs, measures in the stand-in's ledger, and says what was seen.
import { fleet } from './fleet.mjs';
import { brandId, bucket, byBucket, countOf, peakPerSecond, percentile, sleep, within } from './measure.mjs';

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

const saturationCase = ({ counting, path, least, skewMs, longOnly = false }) => ({
  ...(longOnly ? { longOnly } : { group: 'load' }),
  name: `8 processes, one Redis, saturated, counted by ${counting}${path === undefined ? '' : `, ${path.name}`}${skewMs === undefined ? '' : ', one clock 5 s off'}`,
  must: (seconds) => `${needed(least, seconds)}–${5 * seconds} calls, at most 5 in any second, 0 × 429`,
  run: ({ seconds, ready }) =>
    fleet(
      {
        instances: 8,
        ready,
        standIn: { counting },
        path: path?.delays,
        instance: (index) => (index === 0 && skewMs ? { skewMs } : {}),
      },
      async (parts) => {
        const { entries, total, most } = await saturated(parts, seconds);
        const refused = countOf(entries, 429);
        return {
          shown: `${total} of ${5 * seconds} in ${seconds} s, most in a second ${most}, ${refused} × 429`,
          // Jitter spreads arrivals after they left: what the upstream refuses is what counts then.
          ok:
            total >= needed(least, seconds) &&
            total <= 5 * seconds &&
            refused === 0 &&
            (path !== undefined || most <= 5),
        };
      },
    ),
});

const jitter = { name: '20 ms jitter', delays: { maxMs: 20 } };
/** The way to the real hosts. */
export const farAway = { name: '30 ± 15 ms each way', delays: { minMs: 15, maxMs: 45, bothWays: true } };

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
        shown: `${shares.length} buckets, the least used ${(100 * least).toFixed(1)} %, most in a second ${most}, ${countOf(entries, 429)} × 429 (${countOf(cold, 429)} in the first ten seconds of cold processes)`,
        ok: shares.length === 60 && least >= 0.98 && most <= 5 && countOf(entries, 429) === 0,
      };
    }),
};

const bulkBeside = {
  group: 'load',
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
        shown: `${waits.length} interactive: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms; use ${(100 * use).toFixed(1)} %, most in a second ${peakPerSecond(times)}, ${countOf(entries, 429)} × 429`,
        ok: p50 <= 200 && p95 <= 400 && use >= 0.98 && countOf(entries, 429) === 0,
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
    fleet({ instances: 4, instance: () => ({ route: 'partner' }) }, async ({ standIn, workers }) => {
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
        shown: `${countOf(entries, 429)} × 429; ${(100 * lower).toFixed(0)} % of the lower limit used; 40 to 50 s after: ${(100 * back).toFixed(0)} %`,
        ok: countOf(entries, 429) <= 6 && back >= 0.95,
      };
    }),
};

export const limiterCases = [
  ...['sliding', 'fixed', 'bucket'].map((counting) => saturationCase({ counting, least: 0.99 })),
  saturationCase({ counting: 'sliding', least: 0.99, skewMs: 5_000 }),
  saturationCase({ counting: 'sliding', path: jitter, least: 290 / 300 }),
  saturationCase({ counting: 'sliding', path: farAway, least: 0.95, longOnly: true }),
  manyBuckets,
  bulkBeside,
  deadlines,
  halved,
];
