/** Counts the failures of the latest rows. An operation that mostly fails is wrong, and each further row costs a call. */
export interface FailureWatch {
  /** Returns true once more than 20 % of the last 200 rows have failed. */
  add(failed: boolean): boolean;
}

const watched = 200;
const maxFailures = watched / 5;

export const createFailureWatch = (): FailureWatch => {
  const latest: boolean[] = [];
  let failures = 0;
  return {
    add(failed) {
      latest.push(failed);
      failures += failed ? 1 : 0;
      if (latest.length > watched && latest.shift() === true) failures -= 1;
      return failures > maxFailures;
    },
  };
};
