import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { BucketShare } from '../operating/bucket-minutes';
import type { Finding } from '../operating/finding';
import type { Host } from '../traffic/calls/call';
import type { RefusalObserver } from '../server/http/refusals';
import type { TrafficHooks } from '../traffic/calls/hooks';
import { createEventMetrics, type EventMetrics } from './event-metrics';
import { createOperationMetrics, type OperationMetrics } from './operation-metrics';
import { prefix } from './prefix';
import { createSignerMetrics } from './signer-metrics';
import { createTrafficHooks } from './traffic-metrics';
import type { SignerEvent } from '../wechatpay/signer/remote-signer';

/**
 * The process's metrics for Prometheus. Label values come from closed lists (interface, route, lane, code), never from a
 * request: no brand, caller or name.
 */
export interface Metrics extends OperationMetrics, EventMetrics {
  readonly hooks: Omit<TrafficHooks, 'ceilingUsed'>;
  readonly failedOver: (to: Host) => void;
  /** Called when a personal field is decrypted. */
  readonly decrypted: () => void;
  /** Called after each request to a process that holds a private key. */
  readonly signerAsked: (event: SignerEvent) => void;
  /** Called with how many spans of traces were sent or lost. */
  readonly spansExported: (outcome: 'sent' | 'lost', spans: number) => void;
  readonly refused: RefusalObserver;
  readonly reloaded: (outcome: 'applied' | 'refused') => void;
  readonly storeChanged: (up: boolean) => void;
  /** Called when an audit record could not be written. */
  readonly auditFailed: () => void;
  /** Called when entries of the members' directory were lost, with their number. */
  readonly directoryLost: (count: number) => void;
  /** Returns the exposition and its content type. */
  readonly scrape: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface MetricsOptions {
  /** Known expiry dates, ms since the Unix epoch. */
  readonly expiries: () => readonly { readonly kind: string; readonly notAfter: number }[];
  /** The upstream's clock minus ours, ms; `undefined` before the first response. */
  readonly skewMs: () => number | undefined;
  /** The busiest bucket of each interface and route, as a share of its limit. */
  readonly budgetUsed: () => readonly BucketShare[];
  /** What `/readyz` reports now. */
  readonly findings: () => readonly Pick<Finding, 'code' | 'level'>[];
  /** Whether to include metrics of the process: memory, CPU, event loop delay. */
  readonly ofProcess: boolean;
}

export const createMetrics = ({
  expiries,
  skewMs,
  budgetUsed,
  findings,
  ofProcess,
}: MetricsOptions): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  if (ofProcess) collectDefaultMetrics({ register: registry });

  const failovers = new Counter({
    name: `${prefix}upstream_failovers_total`,
    help: 'Changes of the upstream host in use, by the host changed to.',
    labelNames: ['to'],
    registers,
  });
  for (const to of ['main', 'backup']) failovers.inc({ to }, 0);
  const decryptions = new Counter({
    name: `${prefix}decryptions_total`,
    help: 'Personal fields decrypted for a response.',
    registers,
  });
  const refusals = new Counter({
    name: `${prefix}refusals_total`,
    help: 'Requests refused by route and kind (unauthenticated, forbidden, rateLimited, …), and connections above a limit.',
    labelNames: ['route', 'kind'],
    registers,
  });
  const reloads = new Counter({
    name: `${prefix}reloads_total`,
    help: 'Reloads of a changed configuration at run time.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['applied', 'refused']) reloads.inc({ outcome }, 0);
  const auditFailures = new Counter({
    name: `${prefix}audit_failures_total`,
    help: 'Audit records that could not be written.',
    registers,
  });
  const spans = new Counter({
    name: `${prefix}trace_spans_total`,
    help: 'Spans of traces by outcome: sent to the receiver, lost because it did not take them.',
    labelNames: ['outcome'],
    registers,
  });
  const directoryLosses = new Counter({
    name: `${prefix}directory_lost_total`,
    help: "Entries of the members' directory that could not be stored.",
    registers,
  });
  new Gauge({
    name: `${prefix}key_expiry_timestamp_seconds`,
    help: 'When the first certificate or key of a kind expires, Unix time.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      const first = new Map<string, number>();
      for (const { kind, notAfter } of expiries())
        first.set(kind, Math.min(notAfter, first.get(kind) ?? Infinity));
      for (const [kind, notAfter] of first) this.set({ kind }, notAfter / 1000);
    },
  });
  new Gauge({
    name: `${prefix}upstream_clock_skew_seconds`,
    help: "The upstream's clock minus this process's clock.",
    registers,
    collect() {
      const ms = skewMs();
      if (ms === undefined) this.reset();
      else this.set(ms / 1000);
    },
  });
  new Gauge({
    name: `${prefix}budget_used_ratio`,
    help: 'Calls sent in the last whole minute by the busiest bucket of this process, as a share of its limit.',
    labelNames: ['interface', 'route'],
    registers,
    collect() {
      this.reset();
      for (const { share, ...labels } of budgetUsed()) this.set(labels, share);
    },
  });
  new Gauge({
    name: `${prefix}findings`,
    help: 'Findings of readiness by code and level; a code without a finding is absent.',
    labelNames: ['code', 'level'],
    registers,
    collect() {
      this.reset();
      for (const { code, level } of findings()) this.inc({ code, level });
    },
  });

  const store = new Gauge({
    name: `${prefix}store_up`,
    help: 'Whether the store shared by the fleet can be reached; 1 if none is configured.',
    registers,
  });
  store.set(1);

  return {
    ...createOperationMetrics(registers),
    ...createEventMetrics(registers),
    hooks: createTrafficHooks(registers),
    signerAsked: createSignerMetrics(registers),
    failedOver: (to) => {
      failovers.inc({ to });
    },
    decrypted: () => {
      decryptions.inc();
    },
    spansExported: (outcome, count) => {
      spans.inc({ outcome }, count);
    },
    refused: ({ route, kind }) => {
      refusals.inc({ route, kind });
    },
    reloaded: (outcome) => {
      reloads.inc({ outcome });
    },
    storeChanged: (up) => {
      store.set(up ? 1 : 0);
    },
    auditFailed: () => {
      auditFailures.inc();
    },
    directoryLost: (count) => {
      directoryLosses.inc(count);
    },
    scrape: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
};
