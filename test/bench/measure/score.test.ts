import type { Outcome } from './operation';
import { peakPerSecond, score, type LedgerCall } from './score';

const call = (at: number, change: Partial<LedgerCall> = {}): LedgerCall => ({
  at,
  route: 'brand',
  dimension: '1004',
  interface: 'GET_USER_CARD',
  status: 200,
  ...change,
});
const outcome = (verdict: Outcome['verdict'], latencyMs: number, served = 1): Outcome => ({
  group: 'g',
  verdict,
  latencyMs,
  served,
  asked: 2,
  code: '',
});

describe('score', () => {
  const calls = [call(0), call(10, { status: 429 }), call(20, { status: 429 })];
  const outcomes = [
    outcome('useful', 100, 2),
    outcome('stale', 300, 0),
    outcome('wrong', 200, 0),
    outcome('failed', 400),
  ];
  const scored = score(outcomes, calls, { cpuSeconds: 1.5, peakMemoryMiB: 90 });

  it('counts calls against operations and what the upstream refused', () => {
    expect(scored).toMatchObject({ operations: 4, upstreamCalls: 3, callsPer1000: 750, rateLimited: 2 });
  });

  it('counts useful responses', () => {
    expect(scored).toMatchObject({ useful: 0.25, servedObjects: 3 / 8, wrong: 1, stale: 1 });
  });

  it('has the latencies of all operations, failed ones included', () => {
    expect(scored).toMatchObject({ p50Ms: 200, p95Ms: 400, p99Ms: 400 });
  });

  it('has what the processes used', () => {
    expect(scored).toMatchObject({ cpuSeconds: 1.5, peakMemoryMiB: 90 });
  });
});

describe('peakPerSecond', () => {
  it('considers every half-open second, not only whole ones', () => {
    expect(peakPerSecond([900, 950, 1_000, 1_899, 1_900].map((at) => call(at)))).toBe(4);
  });

  it('counts each limit separately', () => {
    expect(
      peakPerSecond([
        call(0),
        call(1),
        call(2, { interface: 'GET_CARD_TEMPLATE' }),
        call(3, { dimension: '1002' }),
        call(4, { route: 'partner' }),
      ]),
    ).toBe(2);
  });

  it('does not need calls in order, nor any', () => {
    expect(peakPerSecond([call(5_000), call(0), call(4_500), call(4_001)])).toBe(3);
    expect(peakPerSecond([])).toBe(0);
  });
});
