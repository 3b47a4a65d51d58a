/** One call as it arrived: the ground truth of tests and benchmarks. Holds no personal data. */
export interface LedgerEntry {
  /** Clock time in ms, with fractions, at which the request's headers had arrived. */
  readonly at: number;
  readonly interface: string;
  readonly route: 'brand' | 'partner';
  /** brand_id or mchid whose limit the call used. */
  readonly dimension: string;
  readonly status: number;
  readonly code: string;
  readonly nonce: string;
}

export interface LedgerFilter {
  readonly since?: number;
  readonly interface?: string;
}

export interface Ledger {
  add(entry: LedgerEntry): void;
  entries(filter?: LedgerFilter): readonly LedgerEntry[];
  clear(): void;
}

/** A day of one bucket at 5 calls a second. */
const maxEntries = 432_000;

export const createLedger = (): Ledger => {
  let entries: LedgerEntry[] = [];
  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > maxEntries) entries = entries.slice(-maxEntries / 2);
    },
    entries: ({ since = 0, interface: name } = {}) =>
      entries.filter((entry) => entry.at >= since && (name === undefined || entry.interface === name)),
    clear() {
      entries = [];
    },
  };
};

/** The maximum number of calls of one bucket that arrived within any half-open second. */
export const peakPerSecond = (entries: readonly Pick<LedgerEntry, 'at'>[]): number => {
  const times = entries.map(({ at }) => at).sort((a, b) => a - b);
  let max = 0;
  let first = 0;
  times.forEach((at, last) => {
    while ((times[first] ?? at) <= at - 1000) first += 1;
    max = Math.max(max, last - first + 1);
  });
  return max;
};
