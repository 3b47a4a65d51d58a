// The load on a fleet whose store changes, and what is then seen of limit, answers and readiness.
import { brandId, bucket, countOf, peakPerSecond, secondsOver, sleep, within } from './measure.mjs';

export const limit = 5;
/** Whose cards are looked at while the other brand's bucket is saturated. */
const otherBrand = '1001622624';

const findingsOf = async (workers) =>
  (await Promise.all(workers.map((worker) => worker.run('findings')))).map((own) =>
    own.map(({ code, detail }) => {
      const [known] = /\([A-Za-z]+\)|closed|in time/.exec(detail) ?? [];
      return known === undefined ? code : `${code} ${known}`;
    }),
  );

/** Ms until readiness says nothing more of the store on any process; `undefined` if that takes a minute. */
const recovery = async (workers) => {
  const began = performance.now();
  while (performance.now() - began < 60_000) {
    if ((await findingsOf(workers)).every((own) => own.length === 0)) return performance.now() - began;
    await sleep(50);
  }
  return undefined;
};
/** The same from a change that mends itself, once it has been noticed. */
const selfRecovery = async (workers) => {
  const began = performance.now();
  while (performance.now() - began < 1_000 && (await findingsOf(workers)).flat().length === 0)
    await sleep(20);
  return (await recovery(workers)) === undefined ? undefined : performance.now() - began;
};

/** When the seconds over the limit began: each by the time since the change before it. */
export const sayWhen = (starts, changes) =>
  starts
    .map((at) => {
      // A second over a change counts as the change's.
      const last = changes.findLast(({ at: changed }) => at >= changed - 1_000);
      return last === undefined ? 'before' : `${((at - last.at) / 1000).toFixed(1)} s after ${last.name}`;
    })
    .join(', ');

/** What each process answers for the first cards of a brand, one for each process. */
const answersOf = async (workers) =>
  (
    await Promise.all(
      workers.map(async (worker) => {
        const seen = [];
        for (const index of workers.keys()) {
          const answer = await worker
            .run('attach', { brandId: otherBrand, index })
            .catch(() => ({ failed: true }));
          seen.push({ index, ...answer });
        }
        return seen;
      }),
    )
  ).flat();
const written = (index) => `written-${index}`;
const isOldUnmarked = ({ index, failed, stale, attach }) =>
  failed !== true && stale !== true && attach !== written(index);

/**
 * Saturates the bucket while the store changes. Before, each process holds a card for each process; then each writes one of
 * them, and 2.5 s later each reads them all: what is old must be said to be stale. `cannotTell`: the process whose writes
 * nobody can know before it is back; they are looked at 2.5 s after that.
 */
export const through = async (
  parts,
  {
    beforeMs = 5_000,
    duringMs = 10_000,
    afterMs = 7_000,
    recovers = true,
    cannotTell,
    change = () => undefined,
    restore,
  },
) => {
  const { standIn, workers } = parts;
  const load = Promise.all(
    workers.map((worker) =>
      worker.run('saturate', {
        buckets: [bucket],
        outstanding: 3,
        forMs: beforeMs + duringMs + afterMs,
        lane: 'interactive',
      }),
    ),
  );
  await Promise.all([sleep(beforeMs), answersOf(workers)]);
  await change(parts);
  const changed = Date.now();
  const alone = recovers && restore === undefined ? selfRecovery(workers) : undefined;
  await sleep(500);
  const findings = (await findingsOf(workers)).flat();
  // A write that failed may have been carried out or not, so nothing can be said of its card.
  const isWritten = await Promise.all(
    workers.map((worker, index) =>
      worker.run('write', { brandId: otherBrand, index, attach: written(index) }).then(
        () => true,
        () => false,
      ),
    ),
  );
  await sleep(2_500);
  const answers = (await answersOf(workers)).filter(({ index }) => isWritten[index] && index !== cannotTell);
  await sleep(Math.max(0, changed + duringMs - Date.now()));
  const restored = Date.now();
  await restore?.(parts);
  const backMs = recovers ? await (alone ?? recovery(workers)) : undefined;
  await sleep(2_500);
  const later = (await answersOf(workers)).filter(({ index }) => isWritten[index]);
  await load;
  const entries = await standIn.entries();
  const times = entries
    .filter((entry) => entry.dimension === brandId && entry.interface === 'GET_USER_CARD')
    .map(({ at }) => at);
  const over = secondsOver(times, limit);
  return {
    most: peakPerSecond(times),
    over: over.length,
    when: sayWhen(over, [
      { name: 'the change', at: changed },
      { name: 'its end', at: restored },
    ]),
    refused: countOf(entries, 429),
    use: within(times, changed, restored - changed).length / ((limit * (restored - changed)) / 1000),
    unmarked: [...answers, ...later].filter(isOldUnmarked).length,
    read: [...answers, ...later].filter(({ failed }) => failed !== true).length,
    findings: [...new Set(findings)].join(', ') || 'nothing',
    backMs,
  };
};
