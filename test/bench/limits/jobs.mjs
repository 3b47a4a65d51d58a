// What an instance can be told to do. Every job resolves to what it has seen.
import { createOperationStats } from '../../../dist/server/graphql/operation-stats.js';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ignore = () => undefined;
const canAccess = () => true;

/** `cards`: the seeded cards by brand. */
export const jobsOf = ({ name, clock, config, members, cards, store, attempts, watch }) => {
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
        afterReplyMs: performance.now() - Math.max(store.repliedAt, began),
      };
    }
  };

  const update = ({ brandId, index, attach, scope }) => {
    const { cardId, openid, userCardCode } = cardsOf(brandId)[index];
    return members.updateUserCard(
      { brand_id: brandId, card_id: cardId, openid, user_card_code: userCardCode, attach },
      { ...scope, lane: 'mutation', recordIntent: () => Promise.resolve() },
    );
  };

  return {
    /** What readiness says of the store. */
    findings: () => watch.findings().map(({ code, detail }) => ({ code, detail })),
    attempts: () => attempts,
    /**
     * Makes the way to the upstream known, in buckets that nothing is measured in. Instances begin at different buckets (`from`),
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
    /** Keeps `outstanding` calls waiting on every bucket until the time is up, on other cards from `from` on. */
    async saturate({ buckets, outstanding, forMs, lane, timeoutMs = 30_000, maxAgeMs = 0, from = 0 }) {
      const until = performance.now() + forMs;
      const results = { ok: 0, failed: {} };
      await Promise.all(
        buckets.flatMap(({ brandId, what }) =>
          Array.from({ length: outstanding }, async (_, index) => {
            const own = cardsOf(brandId);
            for (let turn = from + index; performance.now() < until; turn += outstanding) {
              const card = own[turn % own.length];
              const { ok, code, retryAfterMs } = await call({
                what,
                brandId,
                card,
                lane,
                timeoutMs,
                maxAgeMs,
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
          call({ brandId, card: own[(index + 40) % own.length], timeoutMs, maxAgeMs: 0, caller: name }),
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
            if (isWrite) await update({ brandId, index, attach: value, scope });
            else
              found = (await members.userCard({ brandId, cardId, openid, userCardCode }, scope))?.record
                .attach;
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
    async write({ brandId, index, attach }) {
      const scope = { caller: name, deadline: clock.now() + 8_000, canAccess };
      await update({ brandId, index, attach, scope });
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
};
