/** What a right response contains for one object. */
export interface Expected {
  readonly userCardCode: string;
  /** The level of the last acknowledged write. */
  readonly level: string;
}

/** One operation of a load. */
export interface Operation {
  /** When it is sent, ms after the start of the load, or after the answer of the operation that it follows. */
  readonly at: number;
  /** Which instance it is sent to. */
  readonly instance: number;
  /** Operations are told apart by it, e.g. the noisy brand from the others. */
  readonly group: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The objects under the alias `cards`, one or a list, in this order. */
  readonly expect: readonly Expected[];
  /** Sent once this one is answered. */
  readonly then?: readonly Operation[];
}

/** The result of one operation. */
export interface Outcome {
  readonly group: string;
  /** Counted from when it was due, so that a late sender hides nothing; ms. */
  readonly latencyMs: number;
  readonly verdict: Verdict;
  /** Objects that arrived and were right, of those asked for. */
  readonly served: number;
  readonly asked: number;
  /** `extensions.code` or the HTTP status of what failed, for the raw rows. */
  readonly code: string;
}

/**
 * `useful`: complete, right and in time. `late`: complete and right, too late. `partial`: some objects, the others
 * marked as errors. `stale`: an object older than the last acknowledged write. `wrong`: another object than asked for.
 */
export type Verdict = 'useful' | 'late' | 'partial' | 'stale' | 'wrong' | 'failed';
