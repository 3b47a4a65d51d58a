import type { HeaderMap } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import type { Caller } from '../../auth/caller';
import type { Bucket, CacheHit } from '../../traffic/calls/call';
import type { TrafficHooks } from '../../traffic/calls/hooks';
import type { EdgeContext } from './edge-context';
import { headerOf, responseHeader } from '../http/headers';
import { minCompressedBytes, type Body } from '../http/send-body';
import { sharedStart, type SharedStart } from '../http/shared-start';
import type { OperationEvent } from './operation-event';
import type { OperationStats, ThrottleStatusOf } from './operation-stats';
import type { OperationWait } from './operation-wait';
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
    request: {
      readonly trace: () => Trace;
      readonly started: number;
      readonly caller: Caller;
      readonly wait: OperationWait;
    },
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
  /** How many calls of the bucket there is time for within so many ms. */
  readonly callsInTime: (bucket: Bucket, ms: number) => number;
  readonly observe: (event: OperationEvent) => void;
  readonly lookedUp: TrafficHooks['lookedUp'];
}

interface StoredResponse {
  /** Of the stored body, characters. */
  readonly length: number;
  /** Computed at the first repetition: most responses that are stored are never asked for again. */
  readonly repeated: () => RepeatedResponse;
  readonly objects: readonly CacheHit[];
  readonly stats: OperationStats;
  readonly event: Omit<OperationEvent, 'caller' | 'durationMs' | keyof Trace>;
}

interface RepeatedResponse {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** JSON, up to the value of `extensions`. */
  readonly start: string;
  /** Compresses the start once; `undefined` if it is too short for that. */
  readonly shared: SharedStart | undefined;
}

/** Headers that each response has for itself. How long a client waits changes nothing of what it gets from the cache. */
const perResponse: ReadonlySet<string> = new Set(['content-length', responseHeader.preferenceApplied]);

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
  callsInTime,
  observe,
  lookedUp,
}: ResponseCacheOptions): ResponseCache => {
  const responses = new LRUCache<string, StoredResponse>({
    maxSize: maxBytes,
    sizeCalculation: ({ length, objects }, key) =>
      overheadBytes +
      objects.length * objectBytes +
      2 * (length + key.length) +
      // Compressed JSON has less than half its size; there may be two encodings.
      (length < minCompressedBytes ? 0 : length),
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
    get(key, { trace, started, caller, wait }) {
      const stored = responses.get(key);
      if (stored === undefined) return undefined;
      const { repeated, objects, stats, event } = stored;
      if (!objects.every(({ isCurrent }) => isCurrent())) {
        responses.delete(key);
        return undefined;
      }
      const { start, shared, headers } = repeated();
      for (const { kind } of objects) lookedUp(kind, 'hit');
      observe({ ...event, caller: caller.id, ...trace(), durationMs: now() - started });
      const extensions = JSON.stringify(
        stats.toExtensions(throttleStatus, (bucket) => callsInTime(bucket, wait.queryMs)),
      );
      const preference = wait.applied('query');
      const ownHeaders: CachedResponse['headers'] =
        preference === undefined ? headers : [...headers, [responseHeader.preferenceApplied, preference]];
      const end = `${extensions}}\n`;
      const content = start + end;
      if (shared === undefined) return { headers: ownHeaders, body: content };
      return {
        headers: ownHeaders,
        body: { content, encode: (encoding) => shared.encodeWith(end, encoding) },
      };
    },
    set(key, { stats, operationEvent: { event }, holdsPersonalData }, { headers, body }) {
      const objects = stats.cachedObjects();
      if (objects === undefined || event?.type !== 'query' || event.outcome !== 'ok' || holdsPersonalData())
        return;
      const {
        caller: _____,
        durationMs: _,
        traceId: __,
        spanId: ___,
        parentSpanId: ____,
        parentSampled: ______,
        ...lasting
      } = event;
      responses.set(key, {
        length: body.length,
        repeated: repeatable({ headers, body }),
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

/** Holds the response as it was sent until the first call, and only the result of that call afterwards. */
const repeatable = (answer: {
  readonly headers: HeaderMap;
  readonly body: string;
}): (() => RepeatedResponse) => {
  let held: typeof answer | RepeatedResponse = answer;
  return () => {
    if ('start' in held) return held;
    const { data } = JSON.parse(held.body) as { readonly data: unknown };
    const start = `{"data":${JSON.stringify(data)},"extensions":`;
    held = {
      headers: [...held.headers].filter(([name]) => !perResponse.has(name)),
      start,
      shared: start.length < minCompressedBytes ? undefined : sharedStart(start),
    };
    return held;
  };
};
