import { HeaderMap } from '@apollo/server';
import type { IncomingMessage } from 'node:http';
import { localCaller } from '../../src/auth/caller';
import type { EdgeContext } from '../../src/server/edge-context';
import { createRepeats } from '../../src/server/repeats';
import { createTally } from '../../src/server/tally';
import { traceOf } from '../../src/server/trace';
import { aCall } from '../support/calls';

const text = '{"query":"{ brand(brandId: \\"1004\\") { brandId } }"}';
const request = { method: 'POST', url: '/graphql', headers: {} } as IncomingMessage;
const answer = { headers: new HeaderMap(), body: '{"data":{"brand":{"brandId":"1004"}}}' };

const setUp = () => {
  const tally = createTally();
  const { brandId, bucket } = aCall();
  tally.cacheHit(brandId, bucket, { kind: 'cardTemplate', stale: false, holds: () => true });
  const trace = traceOf(undefined);
  const context: EdgeContext = {
    language: 'en',
    tally,
    trace,
    told: {
      event: {
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
  const repeats = createRepeats({
    mostBytes: 100_000,
    now: () => 0,
    throttleStatus: () => ({ available: 5, queueDepth: 0 }),
    observe: () => undefined,
    lookedUp: () => undefined,
  });
  const keyNow = (): string => {
    const key = repeats.keyOf(request, { text, caller: localCaller });
    if (key === undefined) throw new Error('this request has no key');
    return key;
  };
  return {
    repeats,
    keyNow,
    keep: (key: string) => {
      repeats.keep(key, context, answer);
    },
    isKept: () => repeats.find(keyNow(), { trace: () => trace, started: 0 }) !== undefined,
  };
};

describe('answers that are given again', () => {
  it('are those of requests in the same bytes', () => {
    const { keep, keyNow, isKept } = setUp();
    expect(isKept()).toBe(false);
    keep(keyNow());
    expect(isKept()).toBe(true);
  });

  it('are forgotten when keys or limits change', () => {
    const { repeats, keep, keyNow, isKept } = setUp();
    keep(keyNow());
    repeats.clear();
    expect(isKept()).toBe(false);
  });

  it('are not those that were begun before keys or limits changed', () => {
    const { repeats, keep, keyNow, isKept } = setUp();
    const begun = keyNow();
    repeats.clear();
    keep(begun);
    expect(isKept()).toBe(false);
  });
});
