import type { HeaderMap } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../auth/caller';
import type { CacheHit } from '../../traffic/calls/call';
import type { TrafficHooks } from '../../traffic/calls/hooks';
import type { EdgeContext } from './edge-context';
import { headerOf } from '../http/headers';
import { minCompressedBytes, type Body } from '../http/send-body';
import { sharedStart, type SharedStart } from '../http/shared-start';
import type { OperationEvent } from './operation-event';
import type { OperationStats, ThrottleStatusOf } from './operation-stats';
import type { Trace } from '../http/trace';

/** A response as sent: JSON text, and the headers chosen by Apollo. */
export interface CachedResponse {
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: string | Body;
}

/** Caches whole responses of queries, for callers with the same permissions and requests with the same bytes. */
export interface ResponseCache {
  /**
   * Requests with the same key have the same response while its objects stay the same; `undefined` if the request must not be
   * cached. Keys become invalid when encryption keys or limits change: see `clear`.
   */
  keyFor(
    request: IncomingMessage,
    parts: { readonly text: string; readonly caller: Caller },
  ): string | undefined;
  /** Returns the response if all its objects are still current, and records it as an operation. */
  get(
    key: string,
    request: { readonly trace: () => Trace; readonly started: number; readonly caller: Caller },
  ): CachedResponse | undefined;
  /** Stores a response if it may be reused. */
  set(
    key: string,
    context: EdgeContext,
    answer: { readonly headers: HeaderMap; readonly body: string },
  ): void;
  /** Empties the cache; responses still being computed are not stored under a valid key. */
  readonly clear: () => void;
}

export interface ResponseCacheOptions {
  /** Size limit, bytes. */
  readonly maxBytes: number;
  /** Clock time in ms. */
  readonly now: () => number;
  readonly throttleStatus: ThrottleStatusOf;
  readonly observe: (event: OperationEvent) => void;
  readonly lookedUp: TrafficHooks['lookedUp'];
}

interface StoredResponse {
  readonly headers: CachedResponse['headers'];
  /** JSON, up to the value of `extensions`. */
  readonly start: string;
  /** Compresses the start once; `undefined` if it is too short for that. */
  readonly shared: SharedStart | undefined;
  readonly objects: readonly CacheHit[];
  readonly stats: OperationStats;
  readonly event: Omit<OperationEvent, 'caller' | 'durationMs' | keyof Trace>;
}

/** Size of an entry apart from its text and key, bytes: the stats and the list of objects. */
const overheadBytes = 1_024;
const objectBytes = 256;

/**
 * Runs after every check that may refuse a request, and saves the execution. A response is reused only while each of its
 * objects would be served from the same cache entry, still fresh. A response that decrypted, wrote, failed, called the
 * upstream or changes by itself is never stored. `extensions` are computed anew.
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
    sizeCalculation: ({ start, shared, objects }, key) =>
      overheadBytes +
      objects.length * objectBytes +
      2 * (start.length + key.length) +
      // Compressed JSON has less than half its size; there may be two encodings.
      (shared === undefined ? 0 : start.length),
  });
  let era = 0;
  return {
    keyFor(request, { text, caller }) {
      const { method, url = '' } = request;
      // A consistency token asks for newer data than other callers may get.
      if (method !== 'POST' || headerOf(request, 'consistencyToken') !== undefined) return undefined;
      // Not the language: only errors depend on it, and a response with errors is never stored.
      return [era, caller.permissions.text, headerOf(request, 'accept') ?? '', url, text].join('\n');
    },
    get(key, { trace, started, caller }) {
      const stored = responses.get(key);
      if (stored === undefined) return undefined;
      const { start, shared, headers, objects, stats, event } = stored;
      if (!objects.every(({ isCurrent }) => isCurrent())) {
        responses.delete(key);
        return undefined;
      }
      for (const { kind } of objects) lookedUp(kind, 'hit');
      observe({ ...event, caller: caller.id, ...trace(), durationMs: now() - started });
      const extensions = JSON.stringify(stats.toExtensions(throttleStatus));
      const end = `${extensions}}\n`;
      const content = start + end;
      if (shared === undefined) return { headers, body: content };
      return { headers, body: { content, encode: (encoding) => shared.encodeWith(end, encoding) } };
    },
    set(key, { stats, operationEvent: { event }, holdsPersonalData }, { headers, body }) {
      const objects = stats.cachedObjects();
      if (objects === undefined || event?.type !== 'query' || event.outcome !== 'ok' || holdsPersonalData())
        return;
      const { data } = JSON.parse(body) as { readonly data: unknown };
      const {
        caller: _____,
        durationMs: _,
        traceId: __,
        spanId: ___,
        parentSpanId: ____,
        ...lasting
      } = event;
      const start = `{"data":${JSON.stringify(data)},"extensions":`;
      responses.set(key, {
        // The content length is that of the first response.
        headers: [...headers].filter(([name]) => name !== 'content-length'),
        start,
        shared: start.length < minCompressedBytes ? undefined : sharedStart(start),
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
