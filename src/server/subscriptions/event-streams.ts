import type { IncomingMessage } from 'node:http';
import { createHandler } from 'graphql-sse';
import type { Caller } from '../../auth/caller';
import type { Clock } from '../../shared/clock';
import type { CallerHandler } from '../http/authenticate';
import type { EdgeContext } from '../graphql/edge-context';
import { writeChunks, type EventStream } from './event-stream-writer';
import type { ErrorFormat } from '../graphql/format-error';
import { failure, sendJson } from '../http/http';
import { rememberSearch } from '../graphql/documents/inexact-numbers';
import { notJson, parseBody, searchOf, unreadable } from '../graphql/graphql-body';
import { gone, readBody } from '../http/read-body';
import { createSubscribe, type SubscribeOptions } from './subscribe';
import { clientHasLeft, createClientAbort } from '../http/client-abort';

export interface EventStreamsOptions<C extends EdgeContext>
  extends
    Pick<SubscribeOptions<C>, 'schema' | 'documents' | 'checks' | 'limits' | 'positionOf'>,
    Pick<ErrorFormat, 'newErrorId' | 'report' | 'nameRefusal'> {
  readonly clock: Clock;
  /** Called for every event, so that each one is read afresh. */
  readonly context: (request: IncomingMessage, signal: AbortSignal, caller: Caller) => Promise<C>;
  /** Called before every event: who the request's credential stands for now. Throws UNAUTHENTICATED if for nobody. */
  readonly callerNow: (request: IncomingMessage) => Promise<Caller>;
  readonly maxStreams: number;
  readonly maxStreamsPerCaller: number;
}

export interface EventStreams {
  /** GraphQL over Server-Sent Events, distinct connections mode: one subscription per request. */
  readonly handler: CallerHandler;
  /** Ends every stream after the event being written, without `complete`, so that clients reconnect. */
  drain(): void;
}

const maxBodyBytes = 100_000;
const retryAfterSeconds = 5;

/** Maximum life of a stream, ms. The client then reconnects and authenticates again, even if nothing has happened meanwhile. */
const lifeMs = 30 * 60_000;

/** Subscriptions over HTTP: graphql-sse implements the protocol, this file its limits. */
export const createEventStreams = <C extends EdgeContext>({
  clock,
  context,
  callerNow,
  maxStreams,
  maxStreamsPerCaller,
  ...options
}: EventStreamsOptions<C>): EventStreams => {
  const streams = new Set<EventStream>();
  const perCaller = new Map<string, number>();
  let draining = false;
  const subscribe = createSubscribe<C>(options);

  const handle = createHandler<IncomingMessage, Session<C>>({
    // No reserved streams: the state of a connection shared by many operations would be unbounded.
    authenticate: () => null,
    onSubscribe: ({ method, url, context: { first, fresh, stream } }, params) => {
      if (method === 'GET' && params.variables != null) rememberSearch(params.variables, searchOf(url));
      return subscribe(params, { first, fresh, stream });
    },
  });

  const end = (stream: EventStream, why: string): void => {
    stream.drained = true;
    stream.clientAbort.abort(new Error(why));
  };
  const count = (caller: string, by: 1 | -1): void => {
    const next = (perCaller.get(caller) ?? 0) + by;
    if (next === 0) perCaller.delete(caller);
    else perCaller.set(caller, next);
  };

  return {
    async handler(request, response, caller) {
      const text = await readBody(request, maxBodyBytes);
      if (text === gone) return;
      if (text === undefined) {
        response.setHeader('connection', 'close');
        sendJson(response, 413, failure('BAD_REQUEST', `The body must not exceed ${maxBodyBytes} bytes.`));
        return;
      }
      const body = parseBody(request, text);
      if (body === unreadable) {
        sendJson(response, 400, notJson(request));
        return;
      }
      const clientAbort = createClientAbort();
      response.on('close', () => {
        clientAbort.abort(clientHasLeft());
      });
      const first = await context(request, clientAbort.signal, caller);
      const fresh = async (): Promise<C> => context(request, clientAbort.signal, await callerNow(request));
      const own = perCaller.get(caller.id) ?? 0;
      if (draining || streams.size >= maxStreams || own >= maxStreamsPerCaller) {
        response.setHeader('retry-after', String(retryAfterSeconds));
        sendJson(response, draining ? 503 : 429, failure('TOO_MANY_STREAMS', tooMany[first.language]));
        return;
      }
      const stream: EventStream = {
        clientAbort,
        positions: [],
        inFlight: 0,
        onFlushed: undefined,
        drained: false,
      };
      const cancel = clock.after(lifeMs, () => {
        end(stream, 'the stream is old');
      });
      streams.add(stream);
      count(caller.id, 1);
      try {
        const [chunks, init] = await handle({
          method: request.method ?? 'GET',
          url: request.url ?? '',
          headers: { get: (name) => one(request.headers[name]) },
          // graphql-sse refuses a body that is not an object as if it were missing.
          body: typeof body === 'object' ? (body as Record<string, unknown> | null) : null,
          raw: request,
          context: { first, fresh, stream },
        });
        response.writeHead(init.status, { ...init.headers, 'x-accel-buffering': 'no' });
        if (chunks === null || typeof chunks === 'string') response.end(chunks ?? '');
        else await writeChunks(chunks, { request, response, stream, clock });
      } finally {
        cancel();
        clientAbort.abort(new Error('the stream has ended'));
        streams.delete(stream);
        count(caller.id, -1);
      }
    },
    drain() {
      draining = true;
      for (const stream of streams) {
        end(stream, 'the server stops');
      }
    },
  };
};

interface Session<C> {
  readonly first: C;
  readonly fresh: () => Promise<C>;
  readonly stream: EventStream;
}

const tooMany = {
  en: 'There are too many open subscriptions; close one or try again later.',
  zh: '订阅连接过多，请关闭部分连接或稍后重试。',
} as const;

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;
