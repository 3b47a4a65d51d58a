import type { Config } from '../config/config';
import { createResponseCache, type ResponseCache } from '../server/graphql/response-cache';
import type { Clock } from '../shared/clock';
import type { Limiter } from '../traffic/limiter/limiter';
import type { Observability } from './observability';

export interface AppResponseCacheDeps {
  readonly config: Pick<Config, 'cache'>;
  readonly clock: Clock;
  readonly limiter: Pick<Limiter, 'status' | 'callsInTime'>;
  readonly observability: Pick<Observability, 'observeOperation' | 'metrics'>;
}

/** Memory for whole responses as a share of `cache.maxBytes`, in addition to the cache. */
const responseCacheShare = 0.25;

/** The cache of whole responses; a hit is observed like any other operation. */
export const createAppResponseCache = ({
  config,
  clock,
  limiter,
  observability: { observeOperation, metrics },
}: AppResponseCacheDeps): ResponseCache =>
  createResponseCache({
    maxBytes: Math.ceil(config.cache.maxBytes * responseCacheShare),
    now: clock.now,
    throttleStatus: limiter.status,
    callsInTime: limiter.callsInTime,
    observe: observeOperation,
    lookedUp: (kind, result) => {
      metrics.hooks.lookedUp(kind, result);
    },
  });
