// Cases about processes that have just started: they know neither the way to the upstream nor how long it takes.
import { farAway } from './limiter-cases.mjs';
import { fleet } from './fleet.mjs';
import { brandId, bucket, countOf, peakPerSecond, sleep, within } from './measure.mjs';
import { runTogether } from './together.mjs';

const nameOf = (instances) => `${instances} cold process${instances === 1 ? ', no store' : 'es, one Redis'}`;

/** 40 reads at once, divided among the processes. */
const burst = (instances, ready) =>
  fleet(
    {
      instances,
      ready,
      cold: true,
      instance: () => ({ route: 'partner' }),
      ...(instances > 1 ? {} : { redis: false }),
    },
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
      return {
        refused: countOf(entries, 429),
        most: peakPerSecond(entries.map(({ at }) => at)),
        answered: answered.reduce((sum, one) => sum + one, 0),
      };
    },
  );

/** What a process knows least of: its own first calls, all at once. */
const coldBursts = ({ instances, share }) => ({
  // Two bursts of each of the smaller ones together are as many processes as the largest.
  ...(instances < 8 ? { group: 'cold' } : {}),
  name: `${nameOf(instances)}, 40 reads at once`,
  must: () => '0 × 429, at most 10 in any second, all answered',
  async run({ coldBursts: all, ready }) {
    const bursts = Math.max(2, Math.round(all * share));
    const atOnce = instances < 8 ? 2 : 1;
    const seen = [];
    while (seen.length < bursts)
      seen.push(
        ...(await runTogether([...Array(atOnce).keys()], (_, haveAll) =>
          burst(instances, () => haveAll().then(ready)),
        )),
      );
    const sum = (value) => seen.reduce((total, one) => total + value(one), 0);
    const [asked, answered, refused] = [
      40 * seen.length,
      sum((one) => one.answered),
      sum((one) => one.refused),
    ];
    const most = Math.max(...seen.map((one) => one.most));
    return {
      shown: `${seen.length} bursts: ${answered} of ${asked} answered, most in a second ${most}, ${refused} × 429`,
      ok: refused === 0 && most <= 10 && answered === asked,
    };
  },
});

const slowMs = 1_500;
const readers = 24;
const cardsEach = 30;

/** The upstream takes longer than a cold process expects of it. 24 readers, each of cards that nobody else reads. */
const slowUpstream = ({ instances, path }) => ({
  longOnly: true,
  name: `${nameOf(instances)}, responses after ${slowMs} ms${path === undefined ? '' : `, ${path.name}`}`,
  must: (seconds) =>
    path === undefined
      ? 'at most 5 in any second, 0 × 429, at most 10 % given up'
      : `0 × 429, at most 10 % given up, at least ${Math.ceil(0.95 * 5 * seconds)} calls`,
  run: ({ seconds, ready }) =>
    fleet(
      { instances, ready, cold: true, path: path?.delays, standIn: { membersPerBrand: readers * cardsEach } },
      async ({ standIn, workers }) => {
        await standIn.faults([{ kind: 'delay', delayMs: slowMs }]);
        await Promise.all(
          workers.map((worker, index) =>
            worker.run('saturate', {
              buckets: [bucket],
              outstanding: readers / instances,
              forMs: (seconds + 2) * 1000,
              lane: 'interactive',
              timeoutMs: 4_500,
              maxAgeMs: 600_000,
              from: Math.floor((index * readers * cardsEach) / instances),
            }),
          ),
        );
        const attempts = await Promise.all(workers.map((worker) => worker.run('attempts')));
        // The ledger holds what has been answered.
        await sleep(slowMs + 500);
        const entries = await standIn.entries();
        const times = entries.map(({ at }) => at);
        const total = within(times, Math.min(...times), seconds * 1000).length;
        const [sent, givenUp] = ['sent', 'givenUp'].map((what) =>
          attempts.reduce((sum, one) => sum + one[what], 0),
        );
        const [most, refused] = [peakPerSecond(times), countOf(entries, 429)];
        return {
          shown: `${total} of ${5 * seconds} in ${seconds} s, most in a second ${most}, ${refused} × 429, ${givenUp} of ${sent} given up`,
          ok:
            refused === 0 &&
            givenUp <= 0.1 * sent &&
            (path === undefined ? most <= 5 : total >= 0.95 * 5 * seconds),
        };
      },
    ),
});

export const coldCases = [
  coldBursts({ instances: 1, share: 0.4 }),
  coldBursts({ instances: 3, share: 0.3 }),
  coldBursts({ instances: 8, share: 0.3 }),
  slowUpstream({ instances: 3 }),
  slowUpstream({ instances: 8 }),
  slowUpstream({ instances: 8, path: farAway }),
];
