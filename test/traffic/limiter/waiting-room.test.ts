import { createWaitingRoom, type Waiter } from '../../../src/traffic/limiter/waiting-room';

const waiter = (brandId: string, caller: string, latest = 1_000): Waiter => ({
  lane: 'interactive',
  brandId,
  caller,
  latest,
});
const shown = ({ brandId, caller, latest }: Waiter): string => `${brandId}/${caller}/${latest}`;

describe('a waiting room', () => {
  let room: ReturnType<typeof createWaitingRoom<Waiter>>;
  beforeEach(() => {
    room = createWaitingRoom();
  });
  const add = (...waiters: readonly Waiter[]): void => {
    for (const one of waiters) room.add(one);
  };
  const order = (): readonly string[] => {
    const taken: string[] = [];
    for (let next = room.take(); next !== undefined; next = room.take()) taken.push(shown(next));
    return taken;
  };

  it('serves brands in turn, whoever asks for them', () => {
    // One service asks much for brand a, and for b as everybody does.
    add(waiter('a', 'saas', 1), waiter('a', 'saas', 2), waiter('a', 'saas', 3), waiter('b', 'saas', 4));
    add(waiter('b', 'shop', 5));
    expect(order()).toEqual(['a/saas/1', 'b/saas/4', 'a/saas/2', 'b/shop/5', 'a/saas/3']);
  });

  it('serves callers of a brand in turn, and the earliest limit of a caller first', () => {
    add(waiter('a', 'x', 3), waiter('a', 'x', 1), waiter('a', 'x', 2), waiter('a', 'y', 9));
    expect(order()).toEqual(['a/x/1', 'a/y/9', 'a/x/2', 'a/x/3']);
  });

  it('knows who waits, and forgets who leaves', () => {
    const [one, two] = [waiter('a', 'x'), waiter('b', 'x')];
    add(one, two);
    expect([room.size, room.has(one), room.firstUrgent()]).toEqual([2, true, one]);
    expect([room.leave(one), room.leave(one), room.has(one), room.size]).toEqual([true, false, false, 1]);
    expect(room.firstUrgent()).toBe(two);
    expect(order()).toEqual(['b/x/1000']);
    expect([room.size, room.firstUrgent()]).toEqual([0, undefined]);
  });

  it('lets a busier brand yield, then a busier caller of the same brand', () => {
    add(waiter('a', 'saas', 1), waiter('a', 'saas', 2), waiter('a', 'other', 3));
    const late = waiter('b', 'saas', 9);
    add(late);
    expect(room.pickVictimFor(late)).toMatchObject({ brandId: 'a', caller: 'saas', latest: 2 });
    const other = waiter('a', 'third', 9);
    add(other);
    expect(room.pickVictimFor(other)).toMatchObject({ brandId: 'a', caller: 'saas', latest: 2 });
    expect(room.pickVictimFor(waiter('a', 'saas', 9))).toBeUndefined();
  });

  it('lets mutations yield to reads', () => {
    add({ ...waiter('b', 'x', 5), lane: 'mutation' });
    expect(room.pickVictimFor(waiter('a', 'y'))).toMatchObject({ lane: 'mutation' });
  });
});
