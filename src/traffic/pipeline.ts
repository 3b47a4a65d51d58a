import type { Clock } from '../shared/clock';
import { attempts } from './attempts/attempts';
import type { Hosts } from './attempts/hosts';
import { patience } from './attempts/patience';
import type { RetryBudget } from './attempts/retry-budget';
import { authorise } from './authorise';
import { cache, type CacheParts } from './cache/cache';
import { compose, type Send } from './call';
import { intentFirst } from './intent';
import type { Limiter } from './limiter/limiter';
import { meterExchanges, meterLookups, meterWaits, type Meter } from './meter';
import { observe, type CallObserver } from './observe';

export interface PipelineParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: CallObserver;
  readonly cache: Omit<CacheParts, 'clock' | 'random'>;
  readonly hosts: Hosts;
  readonly budget: RetryBudget;
  readonly limiter: Limiter;
  readonly meter: Meter;
}

/** The order of the policies, outermost first. This is the only place that knows it. */
export const pipeline = ({ clock, random, ...parts }: PipelineParts, wire: Send): Send =>
  compose(
    [
      // Sees every call, also those answered from the cache and those refused.
      observe(parts.observer, clock),
      // Above the cache: what is kept is answered only to those who may see it.
      authorise,
      // Above the limiter: a call that holds a slot does not wait for the disk.
      intentFirst,
      meterLookups(parts.meter),
      // What is kept costs nothing below this line; callers that miss together share one call.
      cache({ ...parts.cache, clock, random }),
      // Above the limiter: every attempt pays for its slot and is signed afresh.
      attempts({ clock, random, hosts: parts.hosts, budget: parts.budget }),
      meterWaits(parts.meter),
      // What passes here is sent at its slot.
      parts.limiter.wrapper,
      // Below the limiter: the time in its queue is not the upstream's silence.
      patience({ clock }),
      // Sees every exchange, a repeated one as often as it is made.
      meterExchanges(parts.meter, clock),
    ],
    wire,
  );
