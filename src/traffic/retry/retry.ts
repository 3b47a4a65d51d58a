import { sleep, type Clock } from '../../shared/clock';
import { defined } from '../../shared/defined';
import { AppError } from '../../shared/errors';
import type { Attempt, Call, Host, Wrapper } from '../calls/call';
import type { Hosts } from './hosts';
import {
  actions,
  attemptOutcome,
  isOwnRefusal,
  isTimeout,
  mayHaveHappened,
  type AttemptOutcome,
} from './outcome';
import type { RetryBudget } from './retry-budget';

export interface RetryDeps {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly hosts: Hosts;
  readonly budget: RetryBudget;
}

/** A read is retried while time and budget last; a write is better looked up than retried often. */
const maxAttempts: Readonly<Record<Call['access'], number>> = { read: 12, write: 3 };
const firstBackoffMs = 50;
const maxBackoffMs = 2_000;
/** Share of the time left, so that pauses shorten as the deadline approaches. */
const maxPauseShare = 1 / 6;
/** No attempt is started with less time left than the fastest one takes, ms. */
const minAttemptMs = 100;

/** Time that a write's attempts leave for looking up its outcome, ms; at most a quarter of the time left. */
const lookUpMs = 1_500;

/**
 * The only retry loop. It runs above limiter and signer, so that every attempt takes its own slot and signature. A write
 * whose outcome stayed unclear rejects with OUTCOME_UNKNOWN, never as "not done", and early enough to look it up.
 */
export const retry =
  ({ clock, random, hosts, budget }: RetryDeps): Wrapper<Call, Attempt> =>
  (next) =>
  async (asked) => {
    const call = { ...asked, deadline: asked.deadline - reserveOf(asked) };
    let unclear = false;
    let failure: unknown;
    let timeouts = 0;
    /** Hosts whose answer to this call would be the same again. */
    const useless = new Set<Host>();
    for (let made = 1; ; made += 1) {
      const host = (useless.size > 0 ? hosts.otherThan(useless) : undefined) ?? hosts.choose();
      try {
        const reply = await next({ ...withoutSignal(call, unclear), host, attempt: made, timeouts });
        hosts.report(host, true);
        budget.earn(call.bucket.id);
        return reply;
      } catch (error) {
        const outcome = attemptOutcome(error);
        // A page instead of a response is a failure of the host, like a timeout.
        const isPage = outcome === 'unusable' || outcome === 'redirected';
        if (isPage || wasAsked(error)) hosts.report(host, !isPage && wasAnswered(error));
        if (outcome === 'unsent' || mayHaveHappened(outcome)) failure = error;
        if (isTimeout(error)) timeouts += 1;
        unclear ||= mayHaveHappened(outcome) && call.idempotency !== 'read';
        if (outcome === 'unusable') useless.add(host);
        const pauseMs =
          outcome === 'unsent' && made === 1
            ? 0
            : random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** made, leftOf(call) * maxPauseShare);
        const hostIsLeft = useless.size === 0 || hosts.otherThan(useless) !== undefined;
        if (hostIsLeft && made < maxAttempts[call.access] && (await mayRepeat(call, outcome))) {
          await sleep(clock, pauseMs);
          continue;
        }
        // After an unclear attempt, a final refusal may result from that attempt's success; the caller looks it up.
        if (unclear) throw unknownOutcome(error, call);
        // If no slot was free for a retry, the earlier failure is the real cause.
        throw isOwnRefusal(error) ? (failure ?? error) : error;
      }
    }

    function reserveOf(given: Call): number {
      const isLookedUp = given.access === 'write' && given.idempotency !== 'read';
      return isLookedUp ? Math.min(lookUpMs, leftOf(given) / 4) : 0;
    }

    function leftOf({ deadline }: Call): number {
      return Math.max(0, deadline - clock.now());
    }

    async function mayRepeat(call: Call, outcome: AttemptOutcome) {
      const { idempotency, bucket, isNewestWrite } = call;
      if (actions[outcome][idempotency] === 'stop' || leftOf(call) < minAttemptMs) return false;
      // A late repeat of a write must not undo a newer one.
      if (idempotency === 'set' && isNewestWrite !== undefined && !(await isNewestWrite())) return false;
      return budget.spend(bucket.id);
    }
  };

/** A caller who disconnects stops a call that was not written; a write that may have happened is completed. */
const withoutSignal = (call: Call, written: boolean): Call => {
  if (!written) return call;
  const { signal: _, ...rest } = call;
  return rest;
};

const wasAsked = (error: unknown): boolean =>
  error instanceof AppError && (error.upstream !== undefined || error.code === 'UPSTREAM_UNAVAILABLE');

const wasAnswered = (error: unknown): boolean =>
  error instanceof AppError && error.upstream !== undefined && error.upstream.status < 500;

const unknownOutcome = (error: unknown, { account }: Call): AppError =>
  new AppError('OUTCOME_UNKNOWN', 'the write may have been processed', {
    cause: error,
    sent: true,
    route: account.route,
    ...(error instanceof AppError ? defined({ upstream: error.upstream, hint: error.hint }) : {}),
  });
