// One instance of the product's upstream side: limiter, cache, attempts, signer and wire as the server composes them.
import { createSecretKey } from 'node:crypto';
import { demoConfig } from '../../../dist/cli/demo.js';
import { createOperationStats } from '../../../dist/server/graphql/operation-stats.js';
import { systemClock } from '../../../dist/shared/clock.js';
import { createKeyRing } from '../../../dist/shared/key-ring.js';
import { createCallPolicies } from '../../../dist/app/call-policies.js';
import { openCredentials } from '../../../dist/app/credentials.js';
import { openSharedState } from '../../../dist/app/shared-state.js';
import { createUpstream } from '../../../dist/app/upstream.js';
import { teeHooks } from '../../../dist/traffic/calls/tee-hooks.js';
import { createUpstreamClock } from '../../../dist/wechatpay/crypto/upstream-clock.js';

const {
  provision,
  main,
  backup = main,
  redis,
  skewMs = 0,
  limits = {},
  route,
  name,
} = JSON.parse(process.argv[2]);
const clock = { ...systemClock, wallNow: () => systemClock.wallNow() + skewMs };
const random = Math.random;

const demo = demoConfig({ url: main, provision }, 0);
const config = {
  ...demo,
  wechatPay: {
    ...demo.wechatPay,
    hosts: { main, backup },
    limits,
    brands: demo.wechatPay.brands.map((brand) => ({ ...brand, route: route ?? brand.route })),
  },
  ids: { key: createSecretKey(Buffer.alloc(32, 2)) },
  encryptionKeys: [{ id: 'bench', key: createSecretKey(Buffer.alloc(32, 1)) }],
  ...(redis === undefined ? {} : { redis: { url: redis } }),
};
const keys = createKeyRing(config.encryptionKeys);
const state = await openSharedState({ config, keys, clock, random, onStoreChange: () => undefined });
/** When the store last answered a reservation, for judging how soon a refusal follows. */
let repliedAt = 0;
const slots = {
  ...state.slots,
  async reserve(request) {
    const answer = await state.slots.reserve(request);
    repliedAt = performance.now();
    return answer;
  },
};
const ignore = () => undefined;
const { members, transport } = createUpstream({
  config,
  keys,
  clock,
  random,
  state: { ...state, slots },
  accounts: openCredentials(config, clock).accounts,
  policies: createCallPolicies(config),
  observeCall: ignore,
  hooks: teeHooks(),
  upstreamClock: createUpstreamClock(clock),
  onHostChange: ignore,
});
const canAccess = () => true;

/** Seeded cards by brand, handed in by the parent. */
const cards = new Map();
const cardsOf = (brandId) => cards.get(brandId) ?? [];

const tallyOf = (into) => ({
  ...createOperationStats(),
  wrote: (subject, epoch) => into.written?.set(subject, epoch),
  sent: (_, __, waitedMs) => {
    into.waitedMs = Math.max(into.waitedMs ?? 0, waitedMs);
    into.sentAt = clock.now();
  },
  refused: (_, __, retryAfterMs) => (into.retryAfterMs = retryAfterMs),
});

const call = async ({
  what = 'userCard',
  brandId,
  card,
  lane = 'interactive',
  timeoutMs,
  maxAgeMs,
  caller = name,
}) => {
  const seen = {};
  const began = performance.now();
  const scope = {
    lane,
    caller,
    deadline: clock.now() + timeoutMs,
    canAccess,
    maxAgeMs,
    stats: tallyOf(seen),
  };
  const { cardId, openid, userCardCode } = card;
  try {
    if (what === 'userCard') await members.userCard({ brandId, cardId, openid, userCardCode }, scope);
    else if (what === 'userCards') await members.userCards({ brandId, openid, offset: 0 }, scope);
    else await members.cardTemplate({ brandId, cardId }, scope);
    return { ...seen, ok: true, tookMs: performance.now() - began };
  } catch (error) {
    return {
      ...seen,
      ok: false,
      code: error.code ?? error.name,
      retryAfterMs: error.retryAfterMs ?? seen.retryAfterMs,
      tookMs: performance.now() - began,
      afterReplyMs: performance.now() - Math.max(repliedAt, began),
    };
  }
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const jobs = {
  cards({ cards: known }) {
    for (const [brandId, own] of Object.entries(known)) cards.set(brandId, own);
  },
  /**
   * Compiles what is run, on both sides, in buckets that nothing is measured in. Instances begin at different buckets (`from`),
   * so that they do not wait for each other's slots.
   */
  async warmUp({ from }) {
    const others = [...cards.keys()].filter((id) => id !== '1004');
    const all = ['userCards', 'cardTemplate', 'userCard'].flatMap((what) =>
      others.map((brandId) => ({ brandId, what })),
    );
    const buckets = Array.from({ length: 6 }, (_, index) => all[(2 * from + index) % all.length]);
    const one = ({ brandId, what }) =>
      call({ what, brandId, card: cardsOf(brandId)[0], timeoutMs: 60_000, maxAgeMs: 0 });
    await Promise.all(buckets.map(one));
    // One after the other: together they would meet each other's work, which is not the path's.
    for (let turn = 0; turn < 3; turn += 1) for (const bucket of buckets) await one(bucket);
  },
  /** Keeps `outstanding` calls waiting on every bucket until the time is up. */
  async saturate({ buckets, outstanding, forMs, lane, timeoutMs = 30_000 }) {
    const until = performance.now() + forMs;
    const results = { ok: 0, failed: {} };
    await Promise.all(
      buckets.flatMap(({ brandId, what }) =>
        Array.from({ length: outstanding }, async (_, index) => {
          const own = cardsOf(brandId);
          for (let turn = index; performance.now() < until; turn += outstanding) {
            const { ok, code, retryAfterMs } = await call({
              what,
              brandId,
              card: own[turn % own.length],
              lane,
              timeoutMs,
              maxAgeMs: 0,
            });
            if (ok) results.ok += 1;
            else {
              results.failed[code] = (results.failed[code] ?? 0) + 1;
              await sleep(Math.min(1_000, retryAfterMs ?? 100));
            }
          }
        }),
      ),
    );
    return results;
  },
  /** Calls at a constant rate whatever becomes of them. */
  async trickle({ brandId, perSecond, forMs, timeoutMs = 3_000, maxAgeMs = 0 }) {
    const own = cardsOf(brandId);
    const count = Math.round((forMs / 1000) * perSecond);
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        await sleep((index + Math.random()) * (1000 / perSecond));
        return call({ brandId, card: own[index % own.length], timeoutMs, maxAgeMs, caller: 'trickle' });
      }),
    );
  },
  /** Different cards, all at once; how many were answered. */
  async burst({ brandId, from, count, timeoutMs }) {
    const own = cardsOf(brandId).slice(from, from + count);
    const answers = await Promise.all(own.map((card) => call({ brandId, card, timeoutMs, maxAgeMs: 0 })));
    return answers.filter(({ ok }) => ok).length;
  },
  /** The same card many times at once. */
  async herd({ brandId, times }) {
    const [card] = cardsOf(brandId);
    return Promise.all(Array.from({ length: times }, () => call({ brandId, card, timeoutMs: 5_000 })));
  },
  once: (parameters) => call({ ...parameters, card: cardsOf(parameters.brandId)[parameters.index ?? 0] }),
  /** A backlog of `seconds`, then calls that cannot wait for it, and one that can: the truth about their retryAfterMs. */
  async backlog({ brandId, seconds, limit, hasty, timeoutMs }) {
    const own = cardsOf(brandId);
    const waiting = Array.from({ length: seconds * limit }, (_, index) =>
      call({ brandId, card: own[index % own.length], timeoutMs: 30_000, maxAgeMs: 0 }),
    );
    await sleep(300);
    const refused = await Promise.all(
      Array.from({ length: hasty }, (_, index) =>
        call({
          brandId,
          card: own[(index + 40) % own.length],
          timeoutMs,
          maxAgeMs: 0,
          caller: name,
        }),
      ),
    );
    const truth = await call({ brandId, card: own[99], timeoutMs: 30_000, maxAgeMs: 0 });
    await Promise.all(waiting);
    return { refused, truthMs: truth.waitedMs };
  },
  /** A random mix of reads and writes; every event is told, for the judge. */
  async mix({ brandId, cards: count, operations, writeShare, concurrency }) {
    const own = cardsOf(brandId).slice(0, count);
    const history = [];
    let left = operations;
    let number = 0;
    const session = async (id) => {
      const seen = new Map();
      while (left > 0) {
        left -= 1;
        const index = Math.floor(Math.random() * own.length);
        const { cardId, openid, userCardCode } = own[index];
        const written = new Map();
        const scope = {
          lane: 'interactive',
          caller: name,
          deadline: clock.now() + 8_000,
          canAccess,
          seen,
          stats: tallyOf({ written }),
        };
        const began = performance.timeOrigin + performance.now();
        const value = `${name}-${(number += 1)}`;
        const isWrite = Math.random() < writeShare;
        let outcome = 'ok';
        let found;
        try {
          if (isWrite)
            await members.updateUserCard(
              { brand_id: brandId, card_id: cardId, openid, user_card_code: userCardCode, attach: value },
              { ...scope, lane: 'mutation', recordIntent: () => Promise.resolve() },
            );
          else
            found = (await members.userCard({ brandId, cardId, openid, userCardCode }, scope))?.record.attach;
        } catch (error) {
          outcome = error.code ?? String(error);
        }
        for (const [subject, epoch] of written) seen.set(subject, epoch);
        const ended = performance.timeOrigin + performance.now();
        history.push([isWrite ? 'w' : 'r', index, isWrite ? value : found, began, ended, outcome, id]);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, (_, index) => session(index)));
    return history;
  },
  async attach({ brandId, index, maxAgeMs }) {
    const scope = { lane: 'interactive', caller: name, deadline: clock.now() + 5_000, canAccess, maxAgeMs };
    const answer = await members.userCard({ brandId, ...cardsOf(brandId)[index] }, scope);
    return { attach: answer?.record.attach, stale: answer?.stale };
  },
  async serve() {
    // Loaded by the one case that needs it: the schema takes half of a process' start.
    const { createApp } = await import('../../../dist/app/app.js');
    const app = await createApp({
      config,
      clock,
      audit: ignore,
      observeCall: ignore,
      observeNotification: ignore,
      observeConfirm: ignore,
      reportError: ignore,
    });
    return { port: await app.start() };
  },
};

process.on('message', ({ id, job, ...parameters }) => {
  Promise.resolve(jobs[job](parameters)).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', () => {
  state.stop();
  void transport.close().then(() => process.exit(0));
});
process.send({ ready: true });
