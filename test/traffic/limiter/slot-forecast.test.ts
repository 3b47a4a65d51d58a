import { newBucketState } from '../../../src/traffic/limiter/bucket-state';
import { slotForecast } from '../../../src/traffic/limiter/slot-forecast';
import { reserveSlot } from '../../../src/traffic/limiter/slots';
import { aBucket } from '../../support/calls';

const { lastSlotMs, callsWithin } = slotForecast;

describe('the forecast of slots', () => {
  it.each([0.3, 0.5, 1, 2, 3, 5, 7, 10, 33, 60, 100])(
    'is what an idle bucket of %s calls a second grants to calls that arrive together',
    (callsPerSecond) => {
      const bucket = aBucket(callsPerSecond);
      const state = newBucketState(bucket);
      const request = { bucket, maxWaitMs: 600_000, spacing: 'burst', latenessMs: 0, open: false } as const;
      const calls = Math.max(12, 4 * callsPerSecond);
      const waits = Array.from({ length: calls }, () => reserveSlot(state, request, 1_000_000).waitMs);
      expect(waits.map((_, index) => lastSlotMs(index + 1, bucket))).toEqual(waits);
      for (const ms of [...waits, 0, 500, 2_999, 4_500])
        expect(callsWithin(Math.min(ms, waits.at(-2) ?? 0), bucket)).toBe(
          waits.filter((wait) => wait <= Math.min(ms, waits.at(-2) ?? 0)).length,
        );
    },
  );

  it('has room for a page of 20 before the default deadline at five a second, and none in the past', () => {
    expect(callsWithin(4_500, aBucket(5))).toBeGreaterThanOrEqual(20);
    expect(callsWithin(-1, aBucket(5))).toBe(0);
  });
});
