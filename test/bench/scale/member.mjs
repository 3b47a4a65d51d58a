// A process of the fleet: the product's limiter over the shared store. What is below it, signing and HTTP, is a timer here.
import { createSecretKey } from 'node:crypto';
import { createKeyRing } from '../../../dist/shared/key-ring.js';
import { systemClock } from '../../../dist/shared/clock.js';
import { openSharedState } from '../../../dist/app/shared-state.js';
import { createLimiter } from '../../../dist/traffic/limiter/limiter.js';

const { url, roundTripMs, watched } = JSON.parse(process.argv[2]);
const clock = systemClock;
let outages = 0;
const state = await openSharedState({
  config: { redis: { url } },
  keys: createKeyRing([{ id: 'bench', key: createSecretKey(Buffer.alloc(32, 1)) }]),
  clock,
  random: Math.random,
  onStoreChange: (up) => (outages += up ? 0 : 1),
});
const { wrapper } = createLimiter({ slots: state.slots, clock, random: Math.random });

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let calls = 0;
/** Moments at which calls of the first buckets were sent. */
const sentAt = new Map();
const send = wrapper(async ({ bucket, sendAt, onWritten }) => {
  const wait = sendAt - clock.now();
  if (wait > 0) await sleep(wait);
  const at = clock.now();
  onWritten(at);
  calls += 1;
  sentAt.get(bucket.id)?.push(at);
  await sleep(roundTripMs);
  return {};
});

const interfaces = ['GET_USER_CARD', 'LIST_USER_CARDS', 'GET_CARD_TEMPLATE'];
const bucketOf = (index) => {
  const brandId = String(20_000 + Math.floor(index / interfaces.length));
  const id = `brand/${brandId}/${interfaces[index % interfaces.length]}`;
  return { brandId, bucket: { id, callsPerSecond: 5 } };
};

let wanted = 0;
let running = 0;
/** One call after the other, as long as the bucket is wanted. */
const load = async (index) => {
  const { brandId, bucket } = bucketOf(index);
  if (index < watched) sentAt.set(bucket.id, []);
  const call = {
    brandId,
    bucket,
    lane: 'interactive',
    caller: 'bench',
    host: 'main',
    attempt: 1,
    timeouts: 0,
  };
  while (index < wanted) await send({ ...call, deadline: clock.now() + 30_000 }).catch(() => sleep(200));
};

const actions = {
  /** Keeps one call under way or waiting in each of so many buckets. */
  load({ buckets }) {
    wanted = buckets;
    for (; running < buckets; running += 1) void load(running);
  },
  /** What has happened since the last call of this. */
  count() {
    const { user, system } = process.cpuUsage();
    const sent = [...sentAt].map(([id, times]) => [id, times.splice(0)]);
    return { at: performance.now(), calls, outages, processorUs: user + system, sent };
  },
};

process.on('message', ({ action, ...parameters }) => {
  process.send({ answer: actions[action](parameters) ?? true });
});
process.on('disconnect', () => {
  wanted = 0;
  void state.stop().then(() => process.exit(0));
});
process.send({ ready: true });
