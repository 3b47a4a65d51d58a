import { OperationTypeNode } from 'graphql';
import type { PreparedRequest } from '../../../../src/server/graphql/documents/prepare-request';
import type { EdgeContext } from '../../../../src/server/graphql/edge-context';
import { costCheck } from '../../../../src/server/graphql/limits/cost-check';
import { createOperationStats } from '../../../../src/server/graphql/operation-stats';
import { slotForecast } from '../../../../src/traffic/limiter/slot-forecast';
import { aBucket } from '../../../support/calls';

/** What the check does with an operation of so many certain calls, while a new call would wait for 7 s. */
const check = async (type: OperationTypeNode, calls: number) => {
  const stats = createOperationStats();
  const run = costCheck<EdgeContext>({
    forecast: slotForecast,
    plan: () => [
      {
        brandId: '1004',
        bucket: aBucket(5),
        max: calls,
        certain: calls,
        unanswered: () => Promise.resolve(calls),
      },
    ],
    status: () => ({ waitMs: 7_000 }),
    callsInTime: (_, ms) => ms,
    upstreamCalls: 200,
    operationMs: 20_000,
  });
  const request = { operation: { operation: type } } as PreparedRequest;
  const wait = { queryMs: 4_500, mutationMs: 8_000, applied: () => undefined };
  const refusal = await Promise.resolve(run(request, { stats, wait } as unknown as EdgeContext)).then(
    () => undefined,
    (error: unknown) => (error as { readonly originalError: unknown }).originalError,
  );
  const { throttle } = stats.toExtensions(() => ({ available: 0, queueDepth: 0 }));
  return { refusal, throttle };
};

describe('the check of the cost', () => {
  it('lets a query run whose calls have no time now, because each fails alone', async () => {
    expect(await check(OperationTypeNode.QUERY, 100)).toMatchObject({
      refusal: undefined,
      throttle: [{ plannedCalls: 100, callsInTime: 4_500 }],
    });
  });

  it.each([OperationTypeNode.QUERY, OperationTypeNode.SUBSCRIPTION])(
    'refuses a %s whose calls never have time',
    async (type) => {
      const { refusal } = await check(type, 102);
      expect(refusal).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE', retryAfterMs: undefined });
    },
  );

  it('refuses a mutation of which only a part has time, and says when all of it has', async () => {
    expect(await check(OperationTypeNode.MUTATION, 5)).toMatchObject({
      refusal: undefined,
      throttle: [{ plannedCalls: 5, callsInTime: 8_000 }],
    });
    const { refusal } = await check(OperationTypeNode.MUTATION, 6);
    expect(refusal).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE', retryAfterMs: 16 });
  });
});
