// One instance of the product's upstream side: limiter, cache, attempts, signer and wire as the server composes them.
import { createSecretKey } from 'node:crypto';
import { demoConfig } from '../../../dist/cli/demo.js';
import { systemClock } from '../../../dist/shared/clock.js';
import { createKeyRing } from '../../../dist/shared/key-ring.js';
import { createCallPolicies } from '../../../dist/app/call-policies.js';
import { openCredentials } from '../../../dist/app/credentials.js';
import { openSharedState } from '../../../dist/app/shared-state.js';
import { createStoreWatch } from '../../../dist/app/store-watch.js';
import { createUpstream } from '../../../dist/app/upstream.js';
import { teeHooks } from '../../../dist/traffic/calls/tee-hooks.js';
import { createUpstreamClock } from '../../../dist/wechatpay/crypto/upstream-clock.js';
import { jobsOf } from './jobs.mjs';

const ignore = () => undefined;

/** Rejects as the server does if the store refuses it. `known`: the seeded cards by brand. */
export const openInstance = async (
  { provision, main, backup = main, redis, skewMs = 0, limits = {}, route, name },
  known,
) => {
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
  const watch = createStoreWatch({}, ignore);
  const state = await openSharedState({ config, keys, clock, random, ...watch });
  /** When the store last answered a reservation, for judging how soon a refusal follows. */
  const store = { repliedAt: 0 };
  const slots = {
    ...state.slots,
    async reserve(request) {
      const answer = await state.slots.reserve(request);
      store.repliedAt = performance.now();
      return answer;
    },
  };
  /** Attempts that reached the path, and those of which the product did not await the response. */
  const attempts = { sent: 0, givenUp: 0 };
  const { members, transport } = createUpstream({
    config,
    keys,
    clock,
    random,
    state: { ...state, slots },
    accounts: openCredentials(config, clock).accounts,
    policies: createCallPolicies(config),
    observeCall: ignore,
    hooks: teeHooks({
      attempted({ durationMs, outcome, status }) {
        if (durationMs === 0) return;
        attempts.sent += 1;
        if (outcome !== 'ok' && status === undefined) attempts.givenUp += 1;
      },
    }),
    upstreamClock: createUpstreamClock(clock),
    onHostChange: ignore,
  });
  return {
    jobs: jobsOf({
      name,
      clock,
      config,
      members,
      cards: new Map(Object.entries(known)),
      store,
      attempts,
      watch,
    }),
    async close() {
      await state.stop();
      await transport.close();
    },
  };
};
