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
    latency.add(trip);
    addRoundTrip(known, trip, start);
  }
  now = later;
  return latency;
};
const steady = [5, 5, 6, 5, 6, 5, 5, 6];
const many = (trip: number): readonly number[] => Array<number>(32).fill(trip);

describe('how late a call may have arrived', () => {
  it('is its response time while nothing is known of the path', () => {
    expect(after([]).expected(later)).toEqual({ latenessMs: 0, open: true });
    expect(after([]).latenessMs(60, later)).toBe(60);
    // Not even its own round trip is a measure: all of it may have been the way there.
    expect(after([50]).latenessMs(50, later)).toBe(50);
  });

  it('is its round trip less the fastest one', () => {
    const latency = after([...many(5), ...steady]);
    expect(latency.expected(later)).toEqual({ latenessMs: 0, open: false });
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
    path.written(start);
    after([60, 65, 70, 66, 61, 64, 63, 62], { path });
    const unknown = after([], { path });
    expect([60, 232].map((trip) => unknown.latenessMs(trip, later))).toEqual([0, 172]);
    // Nobody knows yet how long this interface takes.
    expect(unknown.expected(later)).toEqual({ latenessMs: 0, open: true });
  });

  it('is unknown before four responses, and in the first second and a half', () => {
    const trips = [60, 65, 70, 66];
    const path = createPath();
    path.written(later - 1_000);
    after(trips.slice(1), { path });
    const latency = after([], { path });
    const late = (ms: number): number => Math.round(latency.latenessMs(80, later + ms));
    expect(late(500)).toBe(80);
    after(trips.slice(0, 1), { path });
    expect([late(499), late(500)]).toEqual([80, 20]);
  });

  it('is estimated from what other processes have seen, before this one has seen anything', () => {
    const latency = after([], { others: [...many(60), ...many(60)] });
    expect([60, 90].map((trip) => Math.round(latency.latenessMs(trip, later)))).toEqual([0, 30]);
    expect(latency.givenUpMs(1_000, later)).toBe(400);
  });

  it('is estimated widely for the first calls of a process, from when they are written', () => {
    const fast = after([], { others: many(60) });
    expect(fast.expected(later)).toEqual({ latenessMs: 0, open: false });
    expect(fast.written(later)).toEqual({ latenessMs: 0, open: true });
    expect(fast.written(later + 1_499)).toEqual({ latenessMs: 0, open: true });
    expect(fast.written(later + 1_500)).toEqual({ latenessMs: 0, open: false });
  });

  it('is what others have seen, for the first calls of a process to a slow upstream', () => {
    const slow = after([], { others: [...many(1_500), 1_540] });
    const expected = slow.expected(later);
    expect(expected.latenessMs).toBeGreaterThan(5);
    expect(slow.written(later)).toEqual(expected);
  });

  it('is not longer because a slow answer was not waited for', () => {
    const slow = after(many(1_500));
    expect([1_400, 3_000].map((waitedMs) => slow.givenUpMs(waitedMs, later))).toEqual([undefined, 400]);
  });

  it("does not count the upstream's own work", () => {
    const latency = after(Array.from({ length: 80 }, (_, call) => (call % 8 === 0 ? 50 : 450)));
    expect(latency.latenessMs(50, later)).toBe(0);
    expect(latency.latenessMs(450, later)).toBeLessThanOrEqual(150);
  });

  it('is wider if round trips differ, because ways there and back may differ by connection', () => {
    const differing = after(Array.from({ length: 64 }, (_, call) => 40 + (call % 5) * 10));
    expect(differing.latenessMs(40, later)).toBeGreaterThan(5);
    expect(after(many(40)).latenessMs(40, later)).toBeLessThan(1);
  });

  it('is presumed wider after few round trips, of which the shortest is not the shortest there is', () => {
    const differing = (count: number): number =>
      after(Array.from({ length: count }, (_, call) => 1_500 + (call % 2) * 20)).expected(later).latenessMs;
    expect(differing(6)).toBeGreaterThan(differing(60) + 4);
  });

  it('has a maximum', () => {
    expect([after([]).latenessMs(5_000, later), after([]).givenUpMs(2_000, later)]).toEqual([700, 700]);
    expect(after(steady).givenUpMs(2_000, later)).toBe(400);
  });

  it('is presumed only if the next window comes before the response', () => {
    expect(after(steady).expected(later).latenessMs).toBe(0);
    const slow = after(Array.from({ length: 64 }, (_, call) => 1_500 + (call % 4) * 10));
    const { latenessMs, open } = slow.expected(later);
    expect(open).toBe(false);
    expect(latenessMs).toBeGreaterThan(15);
    expect(latenessMs).toBeLessThan(40);
  });

  it('forgets the fastest round trips', () => {
    const slower = [...many(5), ...Array<number>(256).fill(40)];
    expect(after(slower).latenessMs(42, later)).toBeCloseTo(2, 0);
    expect(after(slower).p90Ms(later)).toBe(40);
  });
});

describe('how long a call takes', () => {
  it('is known from others before the first answer', () => {
    expect(after([], { others: many(1_500) }).p90Ms(later)).toBe(1_500);
    expect(after([40], { others: many(1_500) }).p90Ms(later)).toBe(40);
  });

  it('is no longer known when nobody has seen an answer for ten seconds', () => {
    const latency = after(many(3_000));
    expect([0, 10_000, 10_001].map((ms) => latency.p90Ms(later + ms))).toEqual([3_000, 3_000, 0]);
  });
});
