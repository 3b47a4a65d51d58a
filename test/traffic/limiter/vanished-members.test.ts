import fc from 'fast-check';
import {
  callsLeftTo,
  membersOver,
  type Member,
  type MemberIdentity,
} from '../../../src/traffic/limiter/vanished-members';

const minute = 60_000;
const now = 1_700_000_000_000;
const silentFor = (id: string, ms: number): Member => ({ id, beatAt: now - ms, size: 3 });
const nobody: Pick<MemberIdentity, 'hasEnded' | 'replaces'> = {
  hasEnded: () => false,
  replaces: () => false,
};
const over = (
  members: readonly Member[],
  known: Partial<typeof nobody> = {},
  view: { readonly joinedAt?: number; readonly max?: number } = {},
) => membersOver({ members, now, joinedAt: now - 10 * minute, max: 8, ...view }, { ...nobody, ...known });

describe('a vanished member', () => {
  it('is kept while it may only be cut off', () => {
    expect(over([silentFor('a', 5 * minute), silentFor('b', 20 * 60 * minute)])).toEqual([]);
  });

  it('is over as soon as its process has certainly ended', () => {
    expect(over([silentFor('a', 800), silentFor('b', 800)], { hasEnded: (id) => id === 'b' })).toEqual(['b']);
    // A process that still says that it lives has not ended, whatever its number says.
    expect(over([silentFor('a', 100)], { hasEnded: () => true })).toEqual([]);
  });

  it('is over when this process has taken its place, after a minute', () => {
    const replaces = (): boolean => true;
    expect(over([silentFor('a', 59_000)], { replaces }, { joinedAt: now - 50_000 })).toEqual([]);
    expect(over([silentFor('a', 61_000)], { replaces }, { joinedAt: now - 50_000 })).toEqual(['a']);
    // It was there before this process and beside it.
    expect(over([silentFor('a', 61_000)], { replaces }, { joinedAt: now - 70_000 })).toEqual([]);
  });

  it('is over when there are as many others as there can be, the longest silent first', () => {
    const members = [
      silentFor('alive', 0),
      silentFor('other', 0),
      silentFor('a', 2 * minute),
      silentFor('b', minute),
    ];
    expect(over(members, {}, { max: 4 })).toEqual([]);
    expect(over(members, {}, { max: 3 })).toEqual(['a']);
    expect(over(members, {}, { max: 1 })).toEqual(['a', 'b']);
    expect(over([...members, silentFor('c', 5_000)], {}, { max: 2 })).toEqual(['a', 'b']);
  });

  it('is over after a day', () => {
    expect(over([silentFor('a', 24 * 60 * minute)])).toEqual(['a']);
  });
});

describe('what is left to vanished members', () => {
  it('is as much as the slots of their places allow in any window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((size) =>
          fc.record({
            size: fc.constant(size),
            places: fc.uniqueArray(fc.nat(size - 1), { minLength: 1 }),
          }),
        ),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(100),
        ({ size, places }, calls, first) => {
          const used = Array.from({ length: calls }, (_, index) => (first + index) % size).filter((place) =>
            places.includes(place),
          );
          const left = callsLeftTo(
            places.map(() => size),
            calls,
          );
          expect(used.length).toBeLessThanOrEqual(left);
          expect(left).toBeLessThanOrEqual(calls);
        },
      ),
    );
    expect([callsLeftTo([], 5), callsLeftTo([3], 5), callsLeftTo([3, 6], 5), callsLeftTo([2, 2], 5)]).toEqual(
      [0, 2, 3, 5],
    );
  });
});
