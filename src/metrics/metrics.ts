import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Host } from '../traffic/calls/call';
import type { TrafficHooks } from '../traffic/calls/hooks';
import { createOperationMetrics, type OperationMetrics } from './operation-metrics';
import { prefix } from './prefix';
import { createTrafficHooks } from './traffic-metrics';

/**
 * What the process tells Prometheus. Every label's values come from a closed list (interface, route, lane, code): no
 * brand, caller, name or anything else from a request.
 */
export interface Metrics extends OperationMetrics {
  readonly hooks: TrafficHooks;
  readonly failedOver: (to: Host) => void;
  /** A personal field was opened. */
  readonly decrypted: () => void;
  readonly reloaded: (outcome: 'applied' | 'refused') => void;
  readonly storeChanged: (up: boolean) => void;
  /** An audit record could not be written. */
  readonly auditFailed: () => void;
  /** The text of the exposition and its content type. */
  readonly scrape: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface MetricsOptions {
  /** Unix time in ms at which the first of the kind ends; absent where nothing known does. */
  readonly expiries: () => readonly { readonly kind: string; readonly notAfter: number }[];
  /** The upstream's clock less ours, ms; `undefined` before the first answer. */
  readonly skewMs: () => number | undefined;
  /** Also memory, CPU and the delay of the event loop: what the process has only one of. */
  readonly ofProcess: boolean;
}

export const createMetrics = ({ expiries, skewMs, ofProcess }: MetricsOptions): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  if (ofProcess) collectDefaultMetrics({ register: registry });

  const failovers = new Counter({
    name: `${prefix}upstream_failovers_total`,
    help: 'Changes of the upstream host in use, by the host changed to.',
    labelNames: ['to'],
    registers,
  });
  const decryptions = new Counter({
    name: `${prefix}decryptions_total`,
    help: 'Personal fields opened for an answer.',
    registers,
  });
  const reloads = new Counter({
    name: `${prefix}reloads_total`,
    help: 'Readings of a changed configuration while running.',
    labelNames: ['outcome'],
    registers,
  });
  const auditFailures = new Counter({
    name: `${prefix}audit_failures_total`,
    help: 'Audit records that could not be written.',
    registers,
  });
  new Gauge({
    name: `${prefix}key_expiry_timestamp_seconds`,
    help: 'When the first certificate or key of a kind ends, Unix time.',
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
    help: "The upstream's clock less this process' clock.",
    registers,
    collect() {
      const ms = skewMs();
      if (ms === undefined) this.reset();
      else this.set(ms / 1000);
    },
  });

  const store = new Gauge({
    name: `${prefix}store_up`,
    help: 'Whether the store that a fleet shares can be reached; 1 where none is configured.',
    registers,
  });
  store.set(1);

  return {
    ...createOperationMetrics(registers),
    hooks: createTrafficHooks(registers),
    failedOver: (to) => {
      failovers.inc({ to });
    },
    decrypted: () => {
      decryptions.inc();
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
    scrape: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
};
