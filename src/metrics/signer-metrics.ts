import { Counter, Histogram, type Registry } from 'prom-client';
import type { SignerEvent } from '../wechatpay/signer/remote-signer';
import { prefix } from './prefix';

/** Seconds; a signer in the same network needs a few milliseconds. */
const buckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** Metrics of the processes that hold private keys. Returns what is to be called after each request to one. */
export const createSignerMetrics = (registers: Registry[]): ((event: SignerEvent) => void) => {
  const requests = new Counter({
    name: `${prefix}signer_requests_total`,
    help: 'Requests to signers by action and outcome: done, declined (another key), unavailable, refused, wrong.',
    labelNames: ['action', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: `${prefix}signer_duration_seconds`,
    help: 'How long signers took for a request.',
    labelNames: ['action'],
    buckets,
    registers,
  });
  return ({ action, outcome, tookMs }) => {
    requests.inc({ action, outcome });
    durations.observe({ action }, tookMs / 1000);
  };
};
