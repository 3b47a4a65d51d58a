import type { Clock } from '../shared/clock';
import { retry } from './retry/retry';
import type { Hosts } from './retry/hosts';
import { adaptiveTimeout } from './retry/adaptive-timeout';
import type { RetryBudget } from './retry/retry-budget';
import type { RoundTripTexts } from './retry/shared-round-trips';
import { authorise } from './calls/authorise';
import { cache, type CacheDeps } from './cache/cache';
import { compose, type Attempt, type ScheduledCall, type Send, type Wrapper } from './calls/call';
import { intentFirst } from './calls/intent';
import { keepPlaceWhileUnderWay } from './limiter/bulkhead';
import type { Limiter } from './limiter/limiter';
import {
  observeAttempts,
  observeLookups,
  observeWaits,
  type TrafficHooks,
  observeCalls,
  type CallObserver,
} from './calls/hooks';
import { traceCalls, traceMisses, traceSlots, traceWaits } from './calls/trace-calls';

export interface PipelineDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: CallObserver;
  readonly cache: Omit<CacheDeps, 'clock' | 'random'>;
  readonly hosts: Hosts;
  readonly budget: RetryBudget;
  readonly limiter: Limiter;
  /** Divides limits by reserves and ceilings. Default: they are not divided. */
  readonly budgets?: Wrapper<Attempt> | undefined;
  readonly hooks: TrafficHooks;
  /** Where the processes of a fleet tell each other of round trips. Default: nowhere. */
  readonly roundTrips?: RoundTripTexts | undefined;
}

/** The order of the policies, outermost first. This is the only place that knows it. */
export const pipeline = ({ clock, random, ...deps }: PipelineDeps, transport: Send<ScheduledCall>): Send => {
  const calls = [
    // Sees every call, including those served from the cache and those refused.
    observeCalls(deps.observer, clock),
    // Above the cache: cached results reach only callers that may see them.
    authorise,
    // Above the limiter: a call that holds a slot does not wait for the disk.
    intentFirst,
    traceCalls(clock),
    observeLookups(deps.hooks),
    // Cached results cost nothing below this line; callers that miss together share one call.
    cache({ ...deps.cache, clock, random }),
    traceMisses(clock),
  ];
  // Above the limiter: every attempt takes its own slot and is signed again.
  const toAttempts = retry({ clock, random, hosts: deps.hosts, budget: deps.budget });
  const attempts = [
    observeWaits(deps.hooks),
    traceWaits(clock),
    // Above the limiter: what a brand or caller may not use holds no slot.
    ...(deps.budgets === undefined ? [] : [deps.budgets]),
  ];
  // Every attempt that passes the limiter is sent at its slot.
  const toScheduled = deps.limiter.wrapper;
  const scheduled = [
    traceSlots,
    // Below the limiter: time in its queue does not count towards the timeout.
    adaptiveTimeout({ clock, texts: deps.roundTrips }),
    // Sees every attempt, retries included.
    observeAttempts(deps.hooks, clock),
    // Next to the transport: a write goes on after its caller was told that its outcome is unknown.
    keepPlaceWhileUnderWay,
  ];
  return compose(calls, toAttempts(compose(attempts, toScheduled(compose(scheduled, transport)))));
};
