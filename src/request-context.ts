import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Events } from './app-events';
import type { Caller } from './auth/caller';
import { createNodeIds } from './graphql/common/node-id';
import type { Config } from './config/config';
import type { Context } from './graphql/context';
import type { createIdentity } from './identity';
import { createLoaders } from './loaders/loaders';
import { consistencyHeader, createConsistency } from './server/consistency';
import type { EdgeContext } from './server/edge-context';
import { languageOf } from './server/language';
import { asksForBackground } from './server/priority';
import { createTally } from './server/tally';
import { traceOf } from './server/trace';
import type { Clock } from './shared/clock';
import type { KeyRing } from './shared/key-ring';
import type { Upstream } from './upstream';

export interface ContextParts {
  readonly config: Config;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly identityOf: ReturnType<typeof createIdentity>;
  readonly upstream: Upstream;
  readonly cardEventsOf: Events['cardEventsOf'];
}

/** What one operation is given: who asks, how long and how urgently, and what it may reach. */
export type ContextOf = (
  request: IncomingMessage,
  signal: AbortSignal,
  caller: Caller,
) => Promise<Context & EdgeContext>;

export const createContextOf = (parts: ContextParts): ContextOf => {
  const { config, keys, clock, identityOf, upstream, cardEventsOf } = parts;
  const { server } = config;
  const { members, limiter } = upstream;
  const consistency = createConsistency(keys);
  const nodeIds = createNodeIds(keys);

  return (request, signal, caller) => {
    const started = clock.now();
    const tally = createTally();
    const trace = traceOf(request.headers.traceparent);
    const seen = consistency.read(asText(request.headers[consistencyHeader]));
    const isBackground = asksForBackground(asText(request.headers.priority));
    const identity = identityOf(caller, tally);
    const scope = { ...identity.scope, signal, seen, tally, traceId: trace.traceId };
    return Promise.resolve({
      language: languageOf(request.headers['accept-language']),
      tally,
      trace,
      consistency: () => consistency.write(seen, tally.written),
      loaders: createLoaders(members, {
        ...scope,
        lane: isBackground ? 'bulk' : 'interactive',
        deadline: started + server.queryDeadlineMs,
      }),
      members,
      writeScope: {
        ...scope,
        lane: isBackground ? 'bulk' : 'mutation',
        deadline: started + server.mutationDeadlineMs,
      },
      ...identity.context,
      nodeIds,
      throttle(bucket) {
        tally.varies();
        return limiter.status(bucket);
      },
      told: {},
      cardEvents: cardEventsOf({
        request,
        signal,
        maySubscribe: (brandId) => identity.context.brands.get(brandId) !== undefined,
      }),
      now: clock.wallNow,
      randomId: () => randomBytes(12).toString('hex'),
    });
  };
};

const asText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
