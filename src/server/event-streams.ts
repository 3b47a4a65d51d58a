import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createHandler } from 'graphql-sse';
import type { Caller } from '../auth/caller';
import type { Clock } from '../shared/clock';
import type { CallerHandler } from './authenticate';
import type { EdgeContext } from './edge-context';
import { writeChunks, type Outlet } from './event-stream-writer';
import type { ErrorFormat } from './format-error';
import { failure, sendJson } from './http';
import { rememberSearch } from './documents/inexact-numbers';
import { notJson, parseBody, searchOf, unreadable } from './graphql-body';
import { gone, readBody } from './read-body';
import { createSubscribe, type SubscribeParts } from './subscribe';

export interface EventStreamsParts<C extends EdgeContext>
  extends
    Pick<SubscribeParts<C>, 'schema' | 'documents' | 'checks' | 'limits' | 'positionOf'>,
    Pick<ErrorFormat, 'newErrorId' | 'report'> {
  readonly clock: Clock;
  /** Made anew for every event, so that nothing that an earlier one read is served again. */
  readonly context: (request: IncomingMessage, signal: AbortSignal, caller: Caller) => Promise<C>;
  readonly mostStreams: number;
  readonly mostStreamsPerCaller: number;
}

export interface EventStreams {
  /** GraphQL over Server-Sent Events, distinct connections mode: one subscription per request. */
  readonly handler: CallerHandler;
  /** Ends every stream after the event that it is writing, without `complete`, so that clients come back. */
  drain(): void;
}

const mostBodyBytes = 100_000;
const retryAfterSeconds = 5;

/** Then the client comes back and shows its credential again: what was taken away does not last longer than this. */
const lifeMs = 30 * 60_000;

/** Subscriptions over HTTP. What the protocol asks is graphql-sse's; here are the bounds. */
export const createEventStreams = <C extends EdgeContext>({
  clock,
  context,
  mostStreams,
  mostStreamsPerCaller,
  ...parts
}: EventStreamsParts<C>): EventStreams => {
  const outlets = new Set<Outlet>();
  const perCaller = new Map<string, number>();
  let draining = false;
  const subscribe = createSubscribe<C>(parts);

  const handle = createHandler<IncomingMessage, Session<C>>({
    // No reserved streams: a single connection for many operations would be state that nobody bounds.
    authenticate: () => null,
    onSubscribe: ({ method, url, context: { first, fresh, outlet } }, params) => {
      if (method === 'GET' && params.variables != null) rememberSearch(params.variables, searchOf(url));
      return subscribe(params, { first, fresh, outlet });
    },
  });

  const end = (outlet: Outlet, why: string): void => {
    outlet.drained = true;
    outlet.left.abort(new Error(why));
  };
  const count = (caller: string, by: 1 | -1): void => {
    const next = (perCaller.get(caller) ?? 0) + by;
    if (next === 0) perCaller.delete(caller);
    else perCaller.set(caller, next);
  };

  return {
    async handler(request, response, caller) {
      const text = await readBody(request, mostBodyBytes);
      if (text === gone) return;
      if (text === undefined) {
        response.setHeader('connection', 'close');
        sendJson(response, 413, failure('BAD_REQUEST', `The body must have at most ${mostBodyBytes} bytes.`));
        return;
      }
      const body = parseBody(request, text);
      if (body === unreadable) {
        sendJson(response, 400, notJson(request));
        return;
      }
      const left = new AbortController();
      setMaxListeners(0, left.signal);
      response.on('close', () => {
        left.abort(new Error('the client has left'));
      });
      const fresh = (): Promise<C> => context(request, left.signal, caller);
      const first = await fresh();
      const own = perCaller.get(caller.id) ?? 0;
      if (draining || outlets.size >= mostStreams || own >= mostStreamsPerCaller) {
        response.setHeader('retry-after', String(retryAfterSeconds));
        sendJson(response, draining ? 503 : 429, failure('TOO_MANY_STREAMS', tooMany[first.language]));
        return;
      }
      const outlet: Outlet = { left, positions: [], inFlight: 0, onFlushed: undefined, drained: false };
      const cancel = clock.after(lifeMs, () => {
        end(outlet, 'the stream is old');
      });
      outlets.add(outlet);
      count(caller.id, 1);
      try {
        const [chunks, init] = await handle({
          method: request.method ?? 'GET',
          url: request.url ?? '',
          headers: { get: (name) => one(request.headers[name]) },
          // What is no object is refused by the protocol, as if there were no body.
          body: typeof body === 'object' ? (body as Record<string, unknown> | null) : null,
          raw: request,
          context: { first, fresh, outlet },
        });
        response.writeHead(init.status, { ...init.headers, 'x-accel-buffering': 'no' });
        if (chunks === null || typeof chunks === 'string') response.end(chunks ?? '');
        else await writeChunks(chunks, { request, response, outlet, clock });
      } finally {
        cancel();
        left.abort(new Error('the stream has ended'));
        outlets.delete(outlet);
        count(caller.id, -1);
      }
    },
    drain() {
      draining = true;
      for (const outlet of outlets) {
        end(outlet, 'the server stops');
      }
    },
  };
};

interface Session<C> {
  readonly first: C;
  readonly fresh: () => Promise<C>;
  readonly outlet: Outlet;
}

const tooMany = {
  en: 'There are too many open subscriptions; close one or try again later.',
  zh: '订阅连接过多,请关闭部分连接或稍后重试。',
} as const;

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;
