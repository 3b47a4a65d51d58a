import { createLatency, createPath, type Latency, type Path } from '../../../src/traffic/limiter/latency';
import { addRoundTrip, noRoundTrips, viewRoundTrips } from '../../../src/traffic/limiter/round-trips';

const start = 1_700_000_000_000;
/** Long after the first call, so that the path is known. */
const later = start + 10_000;

/** One process's estimate of a bucket whose users have seen these round trips; `path`: of this process. */
const after = (
  trips: readonly number[],
  { path = createPath(), others = [] }: { readonly path?: Path; readonly others?: readonly number[] } = {},
): Latency => {
  const known = noRoundTrips();
  let now = start;
  const latency = createLatency(path, () => viewRoundTrips(known, now));
  for (const trip of others) addRoundTrip(known, trip, start);
  for (const trip of trips) {
    latency.add(trip, start);
    addRoundTrip(known, trip, start);
  }
  now = later;
  return latency;
};
const steady = [5, 5, 6, 5, 6, 5, 5, 6];
const many = (trip: number): readonly number[] => Array<number>(32).fill(trip);

describe('how late a call may have arrived', () => {
  it('is its response time while nothing is known of the path', () => {
    expect(after([]).arrival(later)).toEqual({ latenessMs: 0, open: true });
    expect(after([]).latenessMs(60, later)).toBe(60);
    // Not even its own round trip is a measure: all of it may have been the way there.
    expect(after([50]).latenessMs(50, later)).toBe(50);
  });

  it('is its round trip less the fastest one', () => {
    const latency = after([...many(5), ...steady]);
    expect(latency.arrival(later)).toEqual({ latenessMs: 0, open: false });
    for (const [trip, lateMs] of [
      [5, 0],
      [7, 2],
      [20, 15],
      [100, 95],
    ] as const)
      expect(latency.latenessMs(trip, later)).toBeCloseTo(lateMs, 0);
  });

  it('is estimated for the first calls of a bucket from the fastest round trip of all buckets', () => {
    const path = createPath();
    after([60, 65, 70, 66, 61, 64, 63, 62], { path });
    const unknown = after([], { path });
    expect([60, 232].map((trip) => unknown.latenessMs(trip, later))).toEqual([0, 172]);
    // Nobody knows yet how long this interface takes.
    expect(unknown.arrival(later)).toEqual({ latenessMs: 0, open: true });
  });

  it('is estimated from what other processes have seen, before this one has seen anything', () => {
    const latency = after([], { others: many(60) });
    expect([60, 90].map((trip) => Math.round(latency.latenessMs(trip, later)))).toEqual([0, 30]);
    expect(latency.givenUpMs(later)).toBe(400);
  });

  it('is estimated widely for the first calls of a process, which compete with compilation', () => {
    expect(after([], { others: many(60) }).arrival(later)).toEqual({ latenessMs: 0, open: true });
    expect(after([], { others: many(1_500) }).arrival(later)).toEqual({ latenessMs: 300, open: false });
    const path = createPath();
    path.add(1_500, later);
    const first = later - 1_500;
    const latency = after([], { path, others: many(1_500) });
    expect(latency.arrival(first + 1_499).latenessMs).toBe(300);
    expect(latency.arrival(first + 1_500).latenessMs).toBeLessThan(10);
  });

  it("does not count the upstream's own work", () => {
    const latency = after(Array.from({ length: 40 }, (_, call) => (call % 8 === 0 ? 50 : 450)));
    expect(latency.latenessMs(50, later)).toBe(0);
    expect(latency.latenessMs(450, later)).toBeLessThanOrEqual(150);
  });

  it('is wider if round trips differ, because ways there and back may differ by connection', () => {
    const differing = after(Array.from({ length: 64 }, (_, call) => 40 + (call % 5) * 10));
    expect(differing.latenessMs(40, later)).toBeGreaterThan(5);
    expect(after(many(40)).latenessMs(40, later)).toBeLessThan(1);
  });

  it('has a maximum', () => {
    expect([after([]).latenessMs(5_000, later), after([]).givenUpMs(later)]).toEqual([1_000, 1_000]);
    expect(after(steady).givenUpMs(later)).toBe(400);
  });

  it('is presumed only if the next window comes before the response', () => {
    expect(after(steady).arrival(later).latenessMs).toBe(0);
    const slow = after(Array.from({ length: 64 }, (_, call) => 1_500 + (call % 4) * 10));
    const { latenessMs, open } = slow.arrival(later);
    expect(open).toBe(false);
    expect(latenessMs).toBeGreaterThan(15);
    expect(latenessMs).toBeLessThan(40);
  });

  it('forgets the fastest round trips', () => {
    const slower = [...many(5), ...Array<number>(256).fill(40)];
    expect(after(slower).latenessMs(42, later)).toBeCloseTo(2, 0);
    expect(after(slower).p90Ms()).toBe(40);
  });
});
