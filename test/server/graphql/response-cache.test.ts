import { HeaderMap } from '@apollo/server';
import type { IncomingMessage } from 'node:http';
import { localCaller } from '../../../src/auth/caller';
import type { EdgeContext } from '../../../src/server/graphql/edge-context';
import { createResponseCache } from '../../../src/server/graphql/response-cache';
import { createOperationStats } from '../../../src/server/graphql/operation-stats';
import { createWaitOf } from '../../../src/server/graphql/operation-wait';
import { traceOf } from '../../../src/server/http/trace';
import { aCall } from '../../support/calls';

const text = '{"query":"{ brand(brandId: \\"1004\\") { brandId } }"}';
const request = { method: 'POST', url: '/graphql', headers: {} } as IncomingMessage;
const answer = {
  headers: new HeaderMap([
    ['preference-applied', 'wait=3'],
    ['content-type', 'application/json'],
  ]),
  body: '{"data":{"brand":{"brandId":"1004"}}}',
};

const waitFor = (prefer: string | undefined) =>
  createWaitOf({ queryMs: 4_500, mutationMs: 8_000, operationMs: 20_000 })({
    headers: prefer === undefined ? {} : { prefer },
  });

interface Body {
  readonly extensions: unknown;
}

const setUp = () => {
  const stats = createOperationStats();
  const { brandId, bucket } = aCall();
  stats.cacheHit(brandId, bucket, { kind: 'cardTemplate', stale: false, isCurrent: () => true });
  const trace = traceOf(undefined);
  const context: EdgeContext = {
    language: 'en',
    callerId: 'local',
    permissions: localCaller.permissions,
    stats,
    wait: waitFor(undefined),
    trace,
    operationEvent: {
      event: {
        caller: 'local',
        type: 'query',
        rootFields: ['brand'],
        outcome: 'ok',
        codes: [],
        durationMs: 1,
        upstreamCalls: 0,
        cachedCalls: 1,
        ...trace,
      },
    },
    holdsPersonalData: () => false,
    consistency: () => undefined,
  };
  const responseCache = createResponseCache({
    maxBytes: 100_000,
    now: () => 0,
    throttleStatus: () => ({ available: 5, queueDepth: 0 }),
    callsInTime: (_, ms) => ms,
    observe: () => undefined,
    lookedUp: () => undefined,
  });
  const keyNow = (): string => {
    const key = responseCache.keyFor(request, { text, caller: localCaller });
    if (key === undefined) throw new Error('this request has no key');
    return key;
  };
  const get = (prefer?: string) =>
    responseCache.get(keyNow(), {
      trace: () => trace,
      started: 0,
      caller: localCaller,
      wait: waitFor(prefer),
    });
  return {
    responseCache,
    keyNow,
    keep: (key: string) => {
      responseCache.set(key, context, answer);
    },
    get,
    isKept: () => get() !== undefined,
  };
};

describe('responses that are reused', () => {
  it('are those of requests with the same bytes', () => {
    const { keep, keyNow, isKept } = setUp();
    expect(isKept()).toBe(false);
    keep(keyNow());
    expect(isKept()).toBe(true);
  });

  it('are dropped when keys or limits change', () => {
    const { responseCache, keep, keyNow, isKept } = setUp();
    keep(keyNow());
    responseCache.clear();
    expect(isKept()).toBe(false);
  });

  it('are not those of requests that began before keys or limits changed', () => {
    const { responseCache, keep, keyNow, isKept } = setUp();
    const begun = keyNow();
    responseCache.clear();
    keep(begun);
    expect(isKept()).toBe(false);
  });

  it('are the same however long the client waits; header and callsInTime are those of the request', () => {
    const { keep, keyNow, get } = setUp();
    keep(keyNow());
    const [patient, other] = [get('wait=15'), get()];
    expect([...(patient?.headers ?? [])]).toEqual([
      ['content-type', 'application/json'],
      ['preference-applied', 'wait=15'],
    ]);
    expect([...(other?.headers ?? [])]).toEqual([['content-type', 'application/json']]);
    const extensions = [patient, other].map((one) => {
      if (typeof one?.body !== 'string') throw new Error('a short response is not compressed');
      return (JSON.parse(one.body) as Body).extensions;
    });
    expect(extensions).toMatchObject([
      { throttle: [{ callsInTime: 15_000 }] },
      { throttle: [{ callsInTime: 4_500 }] },
    ]);
  });
});
