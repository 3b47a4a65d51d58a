import { idealUseful, type Arrival } from './ideal';
import { seededRandom } from './random';

const upstream = { callsPerSecond: 5, failing: 0, wellAtMs: 0, tripMs: 80 };
const parts = () => ({ deadlineMs: 3_000, random: seededRandom(1) });
const apart = (count: number, ms: number): Arrival[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * ms, key: String(index) }));

describe('a client that makes no mistake', () => {
  it('completes all calls that the limit allows', () => {
    expect(idealUseful(apart(50, 200), upstream, parts())).toBe(1);
  });

  it('completes three windows of simultaneous calls; the fourth has no time left', () => {
    expect(idealUseful(apart(40, 0), upstream, parts())).toBe(15 / 40);
  });

  it('sends one call for many waiting operations', () => {
    const same = apart(200, 0).map(({ at }) => ({ at, key: 'one' }));
    expect(idealUseful(same, upstream, parts())).toBe(1);
  });

  it('retries until the upstream recovers', () => {
    const failing = { ...upstream, failing: 1, wellAtMs: 2_000 };
    expect(idealUseful(apart(5, 0), failing, parts())).toBe(1);
    expect(idealUseful(apart(5, 0), { ...failing, wellAtMs: 4_000 }, parts())).toBe(0);
  });

  it('completes two fifths at twice its capacity if three fifths of the calls fail', () => {
    const useful = idealUseful(apart(2_000, 200), { ...upstream, failing: 0.6, wellAtMs: Infinity }, parts());
    expect(useful).toBeGreaterThan(0.35);
    expect(useful).toBeLessThan(0.45);
  });
});
