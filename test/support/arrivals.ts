/** The highest number of arrivals in any half-open second, as an upstream with a sliding log counts. */
export const peakPerSecond = (times: readonly number[]): number => {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  let max = 0;
  sorted.forEach((at, index) => {
    while ((sorted[first] ?? at) <= at - 1_000) first += 1;
    max = Math.max(max, index - first + 1);
  });
  return max;
};
