// What a ledger says about a limit. Times are milliseconds.

/** The brand and the bucket that most cases measure. */
export const brandId = '1004';
export const bucket = { brandId, what: 'userCard' };

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const countOf = (entries, status) => entries.filter((entry) => entry.status === status).length;

/** Most arrivals within any half-open second. */
export const peakPerSecond = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, at, last) => {
    while (sorted[first] <= at - 1000) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
};

/** Starts of the disjoint seconds in which more than `limit` arrived. */
export const secondsOver = (times, limit) => {
  const sorted = [...times].sort((a, b) => a - b);
  const starts = [];
  let until = -Infinity;
  for (let last = limit; last < sorted.length; last += 1)
    if (sorted[last] - sorted[last - limit] < 1000 && sorted[last - limit] >= until) {
      starts.push(sorted[last - limit]);
      until = sorted[last - limit] + 1000;
    }
  return starts;
};

export const within = (times, from, forMs) => times.filter((at) => at >= from && at < from + forMs);

export const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

/** Entries of one bucket, by the dimension they counted against and their interface. */
export const byBucket = (entries) => {
  const groups = new Map();
  for (const entry of entries) {
    const name = `${entry.dimension}/${entry.interface}`;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [entry]);
    else known.push(entry);
  }
  return groups;
};
