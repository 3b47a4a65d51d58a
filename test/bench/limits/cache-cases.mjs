// Cases about what is kept: how few calls suffice, and that nothing outdated is served.
import { cache } from '../../../dist/traffic/cache/cache.js';
import { createMemoryWriteEpochs } from '../../../dist/traffic/cache/write-epochs.js';
import { AppError } from '../../../dist/shared/errors.js';
import { judgeHistory } from './judge.mjs';
import { fleet } from './fleet.mjs';
import { brandId, sleep } from './measure.mjs';

/** A refresh waits for another process' lease, at most 3 s, and has 5 s. */
const maxStaleMs = 8_000;

const coldKey = {
  name: '8 processes × 100 reads of one cold key',
  must: () => '1 upstream call',
  run: () =>
    fleet({ instances: 8 }, async ({ standIn, workers }) => {
      const answers = (
        await Promise.all(workers.map((worker) => worker.run('herd', { brandId, times: 100 })))
      ).flat();
      const calls = (await standIn.entries()).length;
      const served = answers.filter(({ ok }) => ok).length;
      return { shown: `${served} of 800 served, ${calls} call(s)`, ok: served === 800 && calls === 1 };
    }),
};

const identical = {
  name: '200 identical operations within 50 ms, cold',
  must: () => '1 upstream call',
  run: () =>
    fleet({ instances: 1, redis: false, own: true }, async ({ standIn, workers: [worker] }) => {
      const { port } = await worker.run('serve');
      const { cardId, openid, userCardCode } = standIn.cards[brandId][0];
      const query = `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }) { level } }`;
      const ask = async (index) => {
        await sleep((index % 50) + Math.random());
        const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        return (await response.json()).data?.userCard?.level;
      };
      const levels = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(index)));
      const calls = (await standIn.entries()).length;
      const served = levels.filter((level) => typeof level === 'string').length;
      return { shown: `${served} of 200 served, ${calls} call(s)`, ok: served === 200 && calls === 1 };
    }),
};

/**
 * What every process answers once all is quiet must be what the upstream says. Nobody knows what was written while the store
 * was away: such an entry is answered as stale until its refresh is there, so answers are judged from the first fresh one on.
 */
const answersWhenQuiet = async (workers, cards) => {
  let outdated = 0;
  let staleMs = 0;
  for (let index = 0; index < cards; index += 1) {
    const truth = await workers[0].run('attach', { brandId, index, maxAgeMs: 0 });
    for (const worker of workers) {
      const began = performance.now();
      let answer = await worker.run('attach', { brandId, index });
      while (answer.stale && performance.now() - began < maxStaleMs) {
        await sleep(50);
        answer = await worker.run('attach', { brandId, index });
        staleMs = Math.max(staleMs, performance.now() - began);
      }
      if (answer.attach !== truth.attach) outdated += 1;
    }
  }
  return { outdated, staleMs };
};

const readsAndWrites = {
  name: '50 cards, 3 processes, random reads and writes with delays and reordering, Redis killed twice',
  must: () => '0 stale overwrites, 0 read-your-writes violations with token',
  run: ({ operations }) =>
    fleet(
      {
        instances: 3,
        instance: () => ({ limits: { GET_USER_CARD: { brand: 1000 }, UPDATE_USER_CARD: { brand: 1000 } } }),
      },
      async ({ redis, standIn, workers }) => {
        await standIn.limit({ GET_USER_CARD: 10_000, UPDATE_USER_CARD: 10_000 });
        await standIn.faults([
          { kind: 'delay', delayMs: 0, jitterMs: 60 },
          { kind: 'delay', delayMs: 0, jitterMs: 60, when: 'after' },
        ]);
        const kills = (async () => {
          for (let turn = 0; turn < 2; turn += 1) {
            await sleep(3_000);
            await redis.kill();
            await sleep(1_500);
            await redis.start();
          }
        })();
        const parts = {
          brandId,
          cards: 50,
          operations: Math.ceil(operations / 3),
          writeShare: 0.02,
          concurrency: 40,
        };
        const histories = await Promise.all(workers.map((worker) => worker.run('mix', parts)));
        await kills;
        const history = histories.flatMap((own, instance) => own.map((event) => [...event, instance]));
        const { violations, compared } = judgeHistory(history);
        await standIn.faults([]);
        await sleep(2_500);
        const { outdated, staleMs } = await answersWhenQuiet(workers, parts.cards);
        const failed = history.filter(([, , , , , outcome]) => outcome !== 'ok');
        return {
          shown: `${history.length} operations (${history.filter(([kind]) => kind === 'w').length} writes, ${failed.length} failed), ${compared} reads judged: ${violations} violations; ${outdated} outdated entries when quiet, said to be stale for at most ${Math.round(staleMs)} ms`,
          ok:
            violations === 0 &&
            outdated === 0 &&
            staleMs < maxStaleMs &&
            compared > 0 &&
            history.length >= operations,
        };
      },
    ),
};

const upstreamDead = {
  name: 'upstream dead for 10 minutes (virtual time)',
  must: () => 'hot set served, stale: true',
  async run() {
    let now = 1_700_000_000_000;
    let dead = false;
    const clock = { now: () => now, wallNow: () => now, after: () => () => undefined };
    const send = cache({
      clock,
      random: () => 0.5,
      writeEpochs: createMemoryWriteEpochs(clock),
      maxBytes: 1e7,
    })((call) =>
      dead
        ? Promise.reject(new AppError('UPSTREAM_UNAVAILABLE', 'dead', { sent: false }))
        : Promise.resolve({
            data: { id: call.cache.key },
            bytes: 50,
            fetchedAt: now,
            asOf: now,
            stale: false,
          }),
    );
    const read = (index) =>
      send({
        lane: 'interactive',
        deadline: now + 3_000,
        caller: 'bench',
        brandId,
        bucket: { id: 'b', callsPerSecond: 5 },
        cache: { kind: 'userCard', key: `card-${index}`, subject: `user-${index}` },
      });
    for (let index = 0; index < 1_000; index += 1) await read(index);
    dead = true;
    let served = 0;
    let stale = 0;
    // From the moment freshness ends: ten more minutes without an upstream, a look at every card each half minute.
    now += 12 * 60_000;
    for (let turn = 0; turn < 20; turn += 1) {
      now += 30_000;
      for (let index = 0; index < 1_000; index += 1) {
        const reply = await read(index).catch(() => undefined);
        if (reply !== undefined) served += 1;
        if (reply?.stale === true) stale += 1;
      }
    }
    return {
      shown: `${served} of 20000 reads served, ${stale} of them stale: true`,
      ok: served === 20_000 && stale === 20_000,
    };
  },
};

export const cacheCases = [coldKey, identical, readsAndWrites, upstreamDead];
