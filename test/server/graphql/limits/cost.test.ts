import { costFault, type PlannedSpending } from '../../../../src/server/graphql/limits/cost';
import type { Bucket } from '../../../../src/traffic/calls/call';
import { slotForecast } from '../../../../src/traffic/limiter/slot-forecast';
import { aBucket } from '../../../support/calls';

const spending = (
  max: number,
  { certain = max, kept = 0, bucket = aBucket(5), brandId = '1004' } = {},
): PlannedSpending => ({
  brandId,
  bucket,
  max,
  certain,
  unanswered: () => Promise.resolve(certain - kept),
});
const fault = (planned: readonly PlannedSpending[], waits: number | ((bucket: Bucket) => number) = 0) =>
  costFault(planned, {
    forecast: slotForecast,
    upstreamCalls: 50,
    maxWaitMs: 3_000,
    waitMs: typeof waits === 'number' ? () => waits : waits,
  });

describe('the cost of an operation', () => {
  it('is bounded by the sum over all brands', async () => {
    const brands = (calls: number) =>
      ['1', '2'].map((id) =>
        spending(calls, { certain: 0, brandId: id, bucket: aBucket(5, `brand/${id}/X`) }),
      );
    expect(await fault(brands(25))).toBeUndefined();
    const refusal = await fault(brands(26));
    expect(refusal).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE', plannedCalls: 52, retryAfterMs: undefined });
    expect(refusal?.publicMessage).toEqual([
      'The operation could need 52 upstream calls; at most 50 are allowed.',
      '该操作可能需要 52 次上游调用，最多允许 50 次。',
    ]);
  });

  it('must fit into the time that there is', async () => {
    // 5 a second: slots at 0, 1 016, 2 022 and 3 028 ms, and after them.
    expect(await fault([spending(15)])).toBeUndefined();
    const refusal = await fault([spending(16)]);
    expect(refusal).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE', plannedCalls: 16, retryAfterMs: undefined });
    expect(refusal?.publicMessage).toEqual([
      'The operation needs 16 calls of one interface, and in 3000 ms there is time for 15; ask for fewer objects at once.',
      '该操作需要对同一接口调用 16 次，3000 毫秒内只能完成 15 次，请减少单次查询的对象。',
    ]);
    expect(await fault([spending(30, { bucket: aBucket(10) })])).toBeUndefined();
    expect(await fault([spending(31, { bucket: aBucket(10) })])).toBeDefined();
  });

  it('accepts limits below one call a second', async () => {
    const bucket = aBucket(0.5);
    expect(await fault([spending(2, { bucket })])).toBeUndefined();
    expect(await fault([spending(3, { bucket })])).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
  });

  it('counts waiting calls, and returns a retryAfterMs if a retry helps', async () => {
    expect(await fault([spending(10)], 1_900)).toBeUndefined();
    expect(await fault([spending(10)], 2_500)).toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
      retryAfterMs: 596,
    });
  });

  it('adds up the brands that share a bucket, and only those', async () => {
    const bucket = aBucket(5, 'mchid/1900000001/GET_USER_CARD');
    expect(await fault([spending(8, { bucket }), spending(8, { bucket, brandId: '2' })])).toBeDefined();
    expect(
      await fault([spending(8, { bucket }), spending(8, { bucket: aBucket(5, 'brand/2/GET_USER_CARD') })]),
    ).toBeUndefined();
  });

  it('omits calls that the cache can serve, and calls that may not be needed', async () => {
    expect(await fault([spending(30, { kept: 15 })])).toBeUndefined();
    expect(await fault([spending(30, { kept: 14 })])).toBeDefined();
    expect(await fault([spending(30, { certain: 15 })])).toBeUndefined();
  });

  it('leaves a single call to the limiter, which refuses only its field', async () => {
    expect(await fault([spending(1)], 60_000)).toBeUndefined();
    expect(await fault([spending(2)], 60_000)).toBeDefined();
  });
});
