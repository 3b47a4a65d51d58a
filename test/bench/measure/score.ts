import type { Outcome } from './operation';
import { quantile } from './quantile';

/** One call as the stand-in's ledger has it. */
export interface LedgerCall {
  /** Clock time in ms. */
  readonly at: number;
  readonly route: string;
  readonly dimension: string;
  readonly interface: string;
  readonly status: number;
}

/** What the processes of a contender used. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMemoryMiB: number;
}

export interface Score {
  readonly operations: number;
  readonly upstreamCalls: number;
  readonly callsPer1000: number;
  readonly rateLimited: number;
  /** Shares are 0 … 1. */
  readonly useful: number;
  readonly servedObjects: number;
  readonly wrong: number;
  readonly stale: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly peakPerSecond: number;
  readonly cpuSeconds: number;
  readonly peakMemoryMiB: number;
}

export const score = (outcomes: readonly Outcome[], calls: readonly LedgerCall[], usage: Usage): Score => {
  const latencies = outcomes.map(({ latencyMs }) => latencyMs);
  const count = (verdict: Outcome['verdict']): number =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return {
    operations: outcomes.length,
    upstreamCalls: calls.length,
    callsPer1000: (calls.length / outcomes.length) * 1000,
    rateLimited: calls.filter(({ status }) => status === 429).length,
    useful: count('useful') / outcomes.length,
    servedObjects: sum(({ served }) => served) / sum(({ asked }) => asked),
    wrong: count('wrong'),
    stale: count('stale'),
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    p99Ms: quantile(latencies, 0.99),
    peakPerSecond: peakPerSecond(calls),
    ...usage,
  };
};

/** Most calls that one limit saw in any half-open second, refused ones included. */
export const peakPerSecond = (calls: readonly LedgerCall[]): number => {
  const byLimit = new Map<string, number[]>();
  for (const { at, route, dimension, interface: name } of calls) {
    const limit = `${route}/${dimension}/${name}`;
    const times = byLimit.get(limit);
    if (times === undefined) byLimit.set(limit, [at]);
    else times.push(at);
  }
  return Math.max(0, ...[...byLimit.values()].map(maxInWindow));
};

const maxInWindow = (times: readonly number[]): number => {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((at, last) => {
    while ((sorted[first] ?? at) <= at - 1000) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
};
