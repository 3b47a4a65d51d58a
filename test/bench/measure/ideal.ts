/** A read of one object, ms after the start. */
export interface Arrival {
  readonly at: number;
  readonly key: string;
}

export interface FailingUpstream {
  /** In any sliding second. */
  readonly callsPerSecond: number;
  /** 0 … 1: calls that bring nothing, until `wellAtMs`. */
  readonly failing: number;
  readonly wellAtMs: number;
  readonly tripMs: number;
}

interface Waiting extends Arrival {
  readonly due: number;
}

const stepMs = 2;

/**
 * Share of useful answers (0 … 1) of a client that makes no mistake: nothing is known at first, each object is asked for
 * once at a time, whoever has the least time left first, every free call is used, an answer serves all who wait, and a
 * failure is noticed as fast as an answer. No client of the same limit can do better in the long run.
 */
export const idealUseful = (
  arrivals: readonly Arrival[],
  { callsPerSecond, failing, wellAtMs, tripMs }: FailingUpstream,
  { deadlineMs, random }: { readonly deadlineMs: number; readonly random: () => number },
): number => {
  const end = Math.max(...arrivals.map(({ at }) => at)) + deadlineMs;
  const known = new Map<string, number>();
  const askedUntil = new Map<string, number>();
  let calls: number[] = [];
  let waiting: Waiting[] = [];
  let next = 0;
  let useful = 0;
  for (let now = 0; now <= end; now += stepMs) {
    for (let arrival = arrivals[next]; arrival !== undefined && arrival.at <= now; arrival = arrivals[next]) {
      waiting.push({ ...arrival, due: arrival.at + deadlineMs });
      next += 1;
    }
    const isAnswered = ({ key }: Arrival): boolean => (known.get(key) ?? Infinity) <= now;
    useful += waiting.filter(isAnswered).length;
    waiting = waiting.filter((one) => !isAnswered(one) && one.due > now);
    calls = calls.filter((at) => at > now - 1000);
    while (calls.length < callsPerSecond) {
      const [first] = waiting
        .filter(({ key, due }) => due >= now + tripMs && (askedUntil.get(key) ?? 0) <= now)
        .sort((a, b) => a.due - b.due);
      if (first === undefined) break;
      calls.push(now);
      askedUntil.set(first.key, now + tripMs);
      if (now >= wellAtMs || random() >= failing) known.set(first.key, now + tripMs);
    }
  }
  return useful / arrivals.length;
};
