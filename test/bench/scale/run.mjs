// `npm run bench:scale`: what many brands cost, on both sides of the store, and where one Redis ends.
//   npm run bench:scale -- [--processes 8] [--seconds 20] [--buckets 60,120,240,480,960,3000] [--brands 1000,10000] [--cards 300]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeKeyPairs } from '../limits/key-pairs.mjs';
import { peakPerSecond } from '../limits/measure.mjs';
import { startRedis } from '../limits/redis.mjs';
import { cardSizes } from './cards.mjs';
import { busiestNode } from './cluster.mjs';
import { openScripts } from './scripts.mjs';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '20' },
    buckets: { type: 'string', default: '60,120,240,480,960,3000' },
    brands: { type: 'string', default: '1000,10000' },
    cards: { type: 'string', default: '300' },
  },
});
const [processes, seconds, cards] = [values.processes, values.seconds, values.cards].map(Number);
const listOf = (text) => text.split(',').filter(Boolean).map(Number);
const interfaces = 3;
const callsPerSecond = 5;
const roundTripMs = 60;
/** Buckets of which every call is looked at. */
const watched = 30;
const nodes = 6;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const load = () => loadavg()[0].toFixed(1);
const sum = (list, value) => list.reduce((total, one) => total + value(one), 0);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => {
  row(...cells);
  row(...cells.map(() => '---'));
};

const storeState = async (redis) => {
  const info = String(await redis.command('INFO', 'everything'));
  const number = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    at: performance.now(),
    threadUs: 1e6 * (number('used_cpu_user_main_thread') + number('used_cpu_sys_main_thread')),
    bytes: number('total_net_input_bytes') + number('total_net_output_bytes'),
    errors: number('total_error_replies'),
    memory: number('used_memory'),
  };
};

const startMember = async (url) => {
  const file = fileURLToPath(new URL('member.mjs', import.meta.url));
  const child = fork(file, [JSON.stringify({ url, roundTripMs, watched })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return {
    async act(action, more = {}) {
      const answer = once(child, 'message');
      child.send({ action, ...more });
      return (await answer)[0].answer;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
};

/** A fleet with so many saturated buckets, for so many seconds after it has settled. */
const measureFleet = async (redis, members, buckets) => {
  await Promise.all(members.map((member) => member.act('load', { buckets })));
  await sleep(6_000);
  const count = () => Promise.all(members.map((member) => member.act('count')));
  const [before, storeBefore] = [await count(), await storeState(redis)];
  await sleep(seconds * 1000);
  const [after, storeAfter] = [await count(), await storeState(redis)];
  const lasted = (storeAfter.at - storeBefore.at) / 1000;
  const grown = (what) => sum(after, (one) => one[what]) - sum(before, (one) => one[what]);
  const calls = grown('calls');
  // Each by its own time: a busy machine asks them one after the other.
  const perSecond = sum(
    after.map((one, index) => (1000 * (one.calls - before[index].calls)) / (one.at - before[index].at)),
    (rate) => rate,
  );
  const times = new Map();
  for (const { sent } of after)
    for (const [id, own] of sent) times.set(id, [...(times.get(id) ?? []), ...own]);
  return {
    perSecond,
    use: perSecond / (buckets * callsPerSecond),
    outages: grown('outages'),
    most: Math.max(...[...times.values()].map(peakPerSecond)),
    storeUs: (storeAfter.threadUs - storeBefore.threadUs) / calls,
    storeBusy: (storeAfter.threadUs - storeBefore.threadUs) / 1e6 / lasted,
    processUs: grown('processorUs') / calls,
    processesBusy: grown('processorUs') / 1e6 / lasted,
    bytes: (storeAfter.bytes - storeBefore.bytes) / calls,
  };
};

const fleetTable = async () => {
  console.log(
    `\n${processes} processes, one Redis, every bucket saturated (load average ${load()} before):\n`,
  );
  head(
    'buckets',
    'calls/s',
    'of the budget',
    'most in a second',
    'outages seen',
    'Redis µs per call',
    'Redis busy',
    'processes µs per call',
    'cores busy',
    'bytes per call',
  );
  const redis = await startRedis();
  const members = await Promise.all(Array.from({ length: processes }, () => startMember(redis.url)));
  try {
    for (const buckets of listOf(values.buckets)) {
      const seen = await measureFleet(redis, members, buckets);
      row(
        buckets,
        seen.perSecond.toFixed(0),
        `${(100 * seen.use).toFixed(1)} %`,
        seen.most,
        seen.outages,
        seen.storeUs.toFixed(0),
        `${(100 * seen.storeBusy).toFixed(0)} %`,
        seen.processUs.toFixed(0),
        (seen.processesBusy + seen.storeBusy).toFixed(2),
        seen.bytes.toFixed(0),
      );
      if (seen.use < 0.9) break;
    }
  } finally {
    await Promise.all(members.map((member) => member.stop()));
    await redis.stop();
  }
};

/** Redis alone, in virtual time, with all buckets of so many brands. */
const storeTable = async () => {
  console.log(`\nOne Redis alone, its scripts in virtual time (load average ${load()} before):\n`);
  head(
    'brands',
    'buckets',
    'calls/s that one Redis carries',
    'Redis busy',
    'Redis µs per call',
    'bytes of a bucket',
    'memory of all',
    `Redis cores at ${callsPerSecond}/s each`,
    `busiest of ${nodes} nodes`,
  );
  for (const brands of listOf(values.brands)) {
    const redis = await startRedis();
    try {
      const buckets = brands * interfaces;
      const empty = await storeState(redis);
      const turns = Math.max(3, Math.round((seconds * 8_000) / buckets));
      const scripts = await openScripts({ url: redis.url, buckets });
      await scripts.prime();
      const before = await storeState(redis);
      const calls = await scripts.run(turns);
      const after = await storeState(redis);
      scripts.close();
      if (after.errors > before.errors) throw new Error('Redis refused a script');
      const us = (after.threadUs - before.threadUs) / calls;
      const lasted = (after.at - before.at) / 1000;
      const memory = after.memory - empty.memory;
      row(
        brands,
        buckets,
        (calls / lasted).toFixed(0),
        `${((100 * (after.threadUs - before.threadUs)) / 1e6 / lasted).toFixed(0)} %`,
        us.toFixed(1),
        (memory / buckets).toFixed(0),
        `${(memory / 1e6).toFixed(1)} MB`,
        ((buckets * callsPerSecond * us) / 1e6).toFixed(1),
        `${(100 * (await busiestNode(buckets, nodes))).toFixed(1)} %`,
      );
    } finally {
      await redis.stop();
    }
  }
};

await makeKeyPairs();
console.log(
  `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? ''}, ${new Date().toISOString().slice(0, 10)}`,
);
await fleetTable();
await storeTable();
if (cards > 0) {
  console.log(`\nMemory of Redis for a card that is read (${cards} cards, load average ${load()}):\n`);
  head('keys', 'for each card', 'bytes of one');
  for (const { kind, perCard, bytes } of await cardSizes(cards)) row(kind, perCard, bytes);
}
process.exit(0);
