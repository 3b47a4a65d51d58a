import type { HeaderMap } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../auth/caller';
import type { CacheHit } from '../../traffic/calls/call';
import type { TrafficHooks } from '../../traffic/calls/hooks';
import { consistencyHeader } from './consistency';
import type { EdgeContext } from './edge-context';
import { languageOf } from '../http/language';
import type { OperationEvent } from './operation-event';
import type { OperationStats, ThrottleStatusOf } from './operation-stats';
import type { Trace } from '../http/trace';

/** An answer as it goes out: a JSON text, and the headers that Apollo chose for it. */
export interface CachedResponse {
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: string;
}

/** Whole answers of queries, for whoever may see the same and asks the same in the same bytes. */
export interface ResponseCache {
  /**
   * Requests with the same key have the same answer, as long as its objects stay as they are; `undefined` where that
   * cannot be said. No key lives longer than the keys and limits by which its answer is made: see `clear`.
   */
  keyFor(
    request: IncomingMessage,
    parts: { readonly text: string; readonly caller: Caller },
  ): string | undefined;
  /** The answer, where everything that it was made of is still what a lookup would find; then it counts as an operation. */
  get(
    key: string,
    request: { readonly trace: () => Trace; readonly started: number },
  ): CachedResponse | undefined;
  /** Keeps an answer, where it may be given again. */
  set(
    key: string,
    context: EdgeContext,
    answer: { readonly headers: HeaderMap; readonly body: string },
  ): void;
  /** Forgets all, also what is being answered now. */
  clear(): void;
}

export interface ResponseCacheOptions {
  /** Bound of what is kept, bytes. */
  readonly maxBytes: number;
  /** Clock time in ms. */
  readonly now: () => number;
  readonly throttleStatus: ThrottleStatusOf;
  readonly observe: (event: OperationEvent) => void;
  readonly lookedUp: TrafficHooks['lookedUp'];
}

interface StoredResponse {
  readonly headers: CachedResponse['headers'];
  /** JSON. */
  readonly data: string;
  readonly objects: readonly CacheHit[];
  readonly stats: OperationStats;
  readonly event: Omit<OperationEvent, 'durationMs' | keyof Trace>;
}

/** What an answer costs beside its text and its key: the tally, the list of its objects. */
const overheadBytes = 1_024;
const objectBytes = 256;

/**
 * Stands behind everything that may refuse a request, and in front of everything that it costs to execute one again:
 * an answer is given again only while each object in it would be answered from the same entry, still fresh. What was
 * opened, written, refused, asked upstream or changes by itself is never kept; what the answer says of the budget
 * (`extensions`) is said anew.
 */
export const createResponseCache = ({
  maxBytes,
  now,
  throttleStatus,
  observe,
  lookedUp,
}: ResponseCacheOptions): ResponseCache => {
  const responses = new LRUCache<string, StoredResponse>({
    maxSize: maxBytes,
    sizeCalculation: ({ data, objects }, key) =>
      overheadBytes + objects.length * objectBytes + 2 * (data.length + key.length),
  });
  let era = 0;
  return {
    keyFor({ method, url = '', headers }, { text, caller }) {
      // With a consistency token a caller asks for what is newer than others may be content with.
      if (method !== 'POST' || headers[consistencyHeader] !== undefined) return undefined;
      const language = languageOf(headers['accept-language']);
      return [era, caller.permissions.text, language, headers.accept ?? '', url, text].join('\n');
    },
    get(key, { trace, started }) {
      const stored = responses.get(key);
      if (stored === undefined) return undefined;
      const { data, headers, objects, stats, event } = stored;
      if (!objects.every(({ isCurrent }) => isCurrent())) {
        responses.delete(key);
        return undefined;
      }
      for (const { kind } of objects) lookedUp(kind, 'hit');
      observe({ ...event, ...trace(), durationMs: now() - started });
      const extensions = JSON.stringify(stats.toExtensions(throttleStatus));
      return { headers, body: `{"data":${data},"extensions":${extensions}}\n` };
    },
    set(key, { stats, operationEvent: { event }, holdsPersonalData }, { headers, body }) {
      const objects = stats.cachedObjects();
      if (objects === undefined || event?.type !== 'query' || event.outcome !== 'ok' || holdsPersonalData())
        return;
      const { data } = JSON.parse(body) as { readonly data: unknown };
      const { durationMs: _, traceId: __, spanId: ___, parentSpanId: ____, ...lasting } = event;
      responses.set(key, {
        // The length is that of the first answer.
        headers: [...headers].filter(([name]) => name !== 'content-length'),
        data: JSON.stringify(data),
        objects,
        stats,
        event: lasting,
      });
    },
    clear() {
      era += 1;
      responses.clear();
    },
  };
};
