import type { Config } from '../config/config';
import { createResponseCache, type ResponseCache } from '../server/graphql/response-cache';
import type { Clock } from '../shared/clock';
import type { Limiter } from '../traffic/limiter/limiter';
import type { Observability } from './observability';

export interface AppResponseCacheDeps {
  readonly config: Pick<Config, 'cache'>;
  readonly clock: Clock;
  readonly limiter: Pick<Limiter, 'status'>;
  readonly observability: Pick<Observability, 'observeOperation' | 'metrics'>;
}

/** What whole answers may take beside the objects that they are made of, as a share of `cache.maxBytes`. */
const responseCacheShare = 0.25;

/** Whole responses, within their share of the cache; a hit counts as an operation like any other. */
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
    observe: observeOperation,
    lookedUp: (kind, result) => {
      metrics.hooks.lookedUp(kind, result);
    },
  });
