import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { TrafficHooks } from '../traffic/calls/hooks';
import { prefix } from './prefix';

/** Seconds; a call's deadline is 3 s or 8 s by default. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 5, 8, 15];

/** Metrics of the call pipeline. */
export const createTrafficHooks = (registers: Registry[]): Omit<TrafficHooks, 'ceilingUsed'> => {
  const exchanges = new Counter({
    name: `${prefix}upstream_exchanges_total`,
    help: 'Requests to WeChat Pay, retries included.',
    labelNames: ['interface', 'route', 'host', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: `${prefix}upstream_exchange_duration_seconds`,
    help: 'From the first byte written to the end of the response.',
    labelNames: ['interface', 'route'],
    buckets,
    registers,
  });
  const rateRefusals = new Counter({
    name: `${prefix}upstream_rate_refusals_total`,
    help: 'Responses in which WeChat Pay refused a call for its rate (429).',
    labelNames: ['interface', 'route'],
    registers,
  });
  const retries = new Counter({
    name: `${prefix}upstream_retries_total`,
    help: 'Requests that retried an earlier attempt of the same call.',
    labelNames: ['interface', 'route'],
    registers,
  });
  const depth = new Gauge({
    name: `${prefix}limiter_queue_depth`,
    help: 'Calls of this process that wait for a slot.',
    labelNames: ['interface', 'lane'],
    registers,
  });
  const waits = new Histogram({
    name: `${prefix}limiter_wait_seconds`,
    help: 'How long a call waited for its slot.',
    labelNames: ['interface', 'lane'],
    buckets,
    registers,
  });
  const refusals = new Counter({
    name: `${prefix}limiter_refusals_total`,
    help: 'Calls refused because there was no slot before their deadline; nothing was sent.',
    labelNames: ['interface', 'lane'],
    registers,
  });
  const misses = new Counter({
    name: `${prefix}limiter_slots_missed_total`,
    help: 'Slots that this process gave up because it was too late.',
    labelNames: ['interface', 'lane'],
    registers,
  });
  const capped = new Counter({
    name: `${prefix}limiter_capped_total`,
    help: 'Calls refused because a caller, a brand or background work may use no more of the limit.',
    labelNames: ['of', 'interface'],
    registers,
  });
  const lookups = new Counter({
    name: `${prefix}cache_lookups_total`,
    help: 'Cache lookups by result: hit, stale (older than the policy), miss.',
    labelNames: ['kind', 'result'],
    registers,
  });

  return {
    lookedUp(kind, result) {
      lookups.inc({ kind, result });
    },
    waiting({ interface: name, lane }, change) {
      depth.inc({ interface: name, lane }, change);
    },
    waited({ interface: name, lane }, ms) {
      waits.observe({ interface: name, lane }, ms / 1000);
    },
    refused({ interface: name, lane }) {
      refusals.inc({ interface: name, lane });
    },
    capped(of, { interface: name }) {
      capped.inc({ of, interface: name });
    },
    slotMissed({ interface: name, lane }) {
      misses.inc({ interface: name, lane });
    },
    attempted({ interface: name, route, host, outcome, attempt, durationMs }) {
      const labels = { interface: name, route };
      exchanges.inc({ ...labels, host, outcome });
      if (durationMs > 0) durations.observe(labels, durationMs / 1000);
      if (attempt > 1) retries.inc(labels);
      if (outcome === 'UPSTREAM_RATE_LIMITED') rateRefusals.inc(labels);
    },
  };
};
