import { sleep, type Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Call, Wrapper } from '../call';
import type { Hosts } from './hosts';
import { actions, outcomeOf, type Outcome } from './outcome';
import type { RetryBudget } from './retry-budget';

export interface AttemptsParts {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly hosts: Hosts;
  readonly budget: RetryBudget;
}

const mostAttempts = 3;
const firstBackoffMs = 100;
const longestBackoffMs = 2_000;

/**
 * The one loop of attempts. It stands above limiter and signer, so that every attempt takes a slot and a new signature.
 * Rejects a write whose outcome stayed unclear with OUTCOME_UNKNOWN, never with "not done".
 */
export const attempts =
  ({ clock, random, hosts, budget }: AttemptsParts): Wrapper =>
  (next) =>
  async (call) => {
    let unclear = false;
    for (let made = 1; ; made += 1) {
      const host = hosts.choose();
      try {
        const reply = await next({ ...withoutSignal(call, unclear), host, attempt: made });
        hosts.report(host, true);
        budget.earn(call.bucket.id);
        return reply;
      } catch (error) {
        const outcome = outcomeOf(error);
        if (wasAsked(error)) hosts.report(host, wasAnswered(error));
        unclear ||= outcome === 'unclear' && call.repeat !== 'safe';
        const pauseMs =
          outcome === 'unsent' ? 0 : random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** made);
        if (made < mostAttempts && (await mayRepeat(call, outcome, pauseMs))) {
          await sleep(clock, pauseMs);
          continue;
        }
        // A final refusal after an unclear attempt may be the echo of that attempt's success: the caller looks it up.
        throw unclear ? unknownOutcome(error) : error;
      }
    }

    async function mayRepeat(
      { repeat, deadline, bucket, stillNewest }: Call,
      outcome: Outcome,
      pauseMs: number,
    ) {
      if (actions[outcome][repeat] !== 'again') return false;
      if (clock.now() + pauseMs >= deadline) return false;
      // A late repeat of a write must not undo a newer one.
      if (repeat === 'absolute' && stillNewest !== undefined && !(await stillNewest())) return false;
      return budget.spend(bucket.id);
    }
  };

/** A caller who leaves stops what was not written; a write that may have happened is seen through. */
const withoutSignal = (call: Call, written: boolean): Call => {
  if (!written) return call;
  const { signal: _, ...rest } = call;
  return rest;
};

const wasAsked = (error: unknown): boolean =>
  error instanceof AppError && (error.upstream !== undefined || error.code === 'UPSTREAM_UNAVAILABLE');

const wasAnswered = (error: unknown): boolean =>
  error instanceof AppError && error.upstream !== undefined && error.upstream.status < 500;

const unknownOutcome = (error: unknown): AppError =>
  new AppError('OUTCOME_UNKNOWN', 'the write may have been processed', {
    cause: error,
    sent: true,
    ...(error instanceof AppError && error.upstream !== undefined ? { upstream: error.upstream } : {}),
  });
