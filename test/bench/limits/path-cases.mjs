// Cases about the way to the upstream: a host that is gone, brands that get no response.
import { fleet } from './fleet.mjs';
import { brandId, percentile, sleep } from './measure.mjs';
import { startInstance, startProxy, startStandIn } from './processes.mjs';

const blackHole = {
  group: 'load',
  name: 'main host black-holed',
  must: () => 'first call succeeds over the backup; then ≥ 99 % straight to it; back within 2 min',
  async run({ outageSeconds, ready }) {
    const parts = [];
    const keep = (part) => (parts.push(part), part);
    try {
      const standIn = keep(await startStandIn());
      const proxy = keep(await startProxy({ target: standIn.url, backlog: 1 }));
      const backup = keep(await startProxy({ target: standIn.url }));
      await proxy.block();
      const worker = keep(
        await startInstance(
          {
            provision: standIn.provision,
            main: proxy.url,
            backup: backup.url,
            route: 'brand',
            name: 'only',
            limits: { GET_USER_CARD: { brand: 50 } },
          },
          { cards: standIn.cards, index: 0, own: false },
        ),
      );
      await standIn.limit({ GET_USER_CARD: 1_000 });
      await ready();
      const first = await worker.run('once', { brandId, timeoutMs: 3_000, maxAgeMs: 0 });
      const during = await worker.run('trickle', { brandId, perSecond: 20, forMs: outageSeconds * 1000 });
      const straight = during.filter(({ ok, tookMs }) => ok && tookMs < 1_000).length / during.length;
      proxy.unblock();
      const restored = Date.now();
      let back;
      while (back === undefined && Date.now() - restored < 120_000) {
        const before = await backup.count();
        await worker.run('trickle', { brandId, perSecond: 20, forMs: 2_000 });
        if ((await backup.count()) - before <= 2) back = Date.now() - restored;
      }
      return {
        shown: `first call ${first.ok ? 'answered' : 'failed'} in ${first.tookMs.toFixed(0)} ms; then ${(100 * straight).toFixed(1)} % straight (p95 ${percentile(
          during.map(({ tookMs }) => tookMs),
          0.95,
        ).toFixed(
          0,
        )} ms); ${back === undefined ? 'not back in 2 min' : `back after ${(back / 1000).toFixed(0)} s`}`,
        ok: first.ok && straight >= 0.99 && back !== undefined,
      };
    } finally {
      await Promise.all(parts.reverse().map((part) => part.stop()));
    }
  },
};

/** Everything that a process asks for two of three brands waits until it is given up. */
const silentBrands = {
  group: 'load',
  name: 'reads, lists and templates of 2 of 3 brands unanswered',
  must: () => 'the third brand: all answered, p90 ≤ 50 ms',
  run: ({ outageSeconds, ready }) =>
    fleet(
      { instances: 1, redis: false, standIn: { brands: 3 }, ready },
      async ({ standIn, workers: [worker] }) => {
        const [healthy, ...silent] = [brandId, ...Object.keys(standIn.cards).filter((id) => id !== brandId)];
        const read = (forMs) => worker.run('trickle', { brandId: healthy, perSecond: 4, forMs });
        const before = await read(5_000);
        await standIn.faults(silent.map((dimension) => ({ kind: 'blackHole', dimension })));
        const forMs = outageSeconds * 1000;
        const buckets = silent.flatMap((id) =>
          ['userCard', 'userCards', 'cardTemplate'].map((what) => ({ brandId: id, what })),
        );
        const load = worker.run('saturate', {
          buckets,
          outstanding: 16,
          forMs,
          lane: 'interactive',
          timeoutMs: 4_500,
        });
        // Until the silent calls have piled up.
        await sleep(2_000);
        const during = await read(forMs - 2_000);
        await standIn.faults([]);
        await load;
        const p90 = (calls) =>
          percentile(
            calls.map(({ ok, tookMs }) => (ok ? tookMs : Infinity)),
            0.9,
          );
        const failed = during.filter(({ ok }) => !ok).length;
        return {
          shown: `p90 ${p90(during).toFixed(0)} ms of ${during.length} reads, ${failed} failed; ${p90(before).toFixed(0)} ms before`,
          ok: failed === 0 && p90(during) <= 50,
        };
      },
    ),
};

export const pathCases = [blackHole, silentBrands];
