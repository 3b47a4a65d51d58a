import { createLatency, createPath, type Path } from '../../../src/traffic/limiter/latency';

const start = 1_700_000_000_000;
/** Long after the first call, so that the path is known. */
const later = start + 10_000;
const after = (...trips: readonly number[]) => {
  const latency = createLatency(createPath());
  for (const trip of trips) latency.add(trip, start);
  return latency;
};
const known = (path: Path, trips: readonly number[]) => {
  const latency = createLatency(path);
  for (const trip of trips) latency.add(trip, start);
  return latency;
};
const steady = [5, 5, 6, 5, 6, 5, 5, 6];

describe('how late a call may have arrived', () => {
  it('is its response time while nothing is known of the path', () => {
    const latency = after();
    expect([latency.isKnown(later), latency.latenessMs(60, later)]).toEqual([false, 60]);
    // Not even its own round trip is a measure: all of it may have been the way there.
    expect(after(50).latenessMs(50, later)).toBe(50);
  });

  it('is not estimated from the burst in which a process starts', () => {
    const latency = after(...steady);
    expect([latency.isKnown(start + 1_999), latency.isKnown(start + 2_000)]).toEqual([false, true]);
    expect(latency.latenessMs(50, start + 1_000)).toBe(50);
  });

  it('is its round trip less the fastest one', () => {
    const latency = after(...steady);
    expect([5, 7, 20, 100].map((trip) => latency.latenessMs(trip, later))).toEqual([0, 2, 15, 95]);
  });

  it('is estimated for the first calls of a bucket from the fastest round trip of all buckets', () => {
    const path = createPath();
    known(path, [60, 65, 70, 66, 61, 64, 63, 62]);
    const unknown = createLatency(path);
    expect(unknown.isKnown(later)).toBe(true);
    expect([60, 232].map((trip) => unknown.latenessMs(trip, later))).toEqual([0, 172]);
  });

  it("does not count the upstream's own work", () => {
    const latency = after(50, 440, 60, 450, 450, 70, 450, 480);
    expect([60, 400, 450].map((trip) => latency.latenessMs(trip, later))).toEqual([0, 50, 100]);
  });

  it('has a maximum', () => {
    expect([after().latenessMs(5_000, later), after().givenUpMs(later)]).toEqual([1_000, 1_000]);
    expect(after(...steady).givenUpMs(later)).toBe(400);
  });

  it('is presumed only if the next window comes before the response', () => {
    expect(after(...steady).presumedMs(later)).toBe(0);
    const slow = after(1_500, 1_500, 1_520, 1_540, 1_530, 1_510, 1_525, 1_535);
    expect(slow.presumedMs(later)).toBe(25);
    expect(slow.presumedMs(start)).toBe(0);
  });

  it('forgets', () => {
    const latency = after(40, 140, 42, 150, 41, 160, 43, 170);
    for (let turn = 0; turn < 32; turn += 1) latency.add(5, start);
    expect([latency.latenessMs(8, later), latency.p90Ms()]).toEqual([3, 5]);
  });
});
