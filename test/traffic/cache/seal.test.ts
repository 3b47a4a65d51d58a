import { createKeyRing } from '../../../src/shared/key-ring';
import { createSeal } from '../../../src/traffic/cache/seal';
import { keyRing, namedKey } from '../../support/key-ring';

describe('a seal', () => {
  it('opens what it sealed, under its name and for its purpose only', () => {
    const seal = createSeal(keyRing('a'), 'entries');
    const sealed = seal.seal('name', 'plain');
    expect(sealed).not.toContain('plain');
    expect(seal.open('name', sealed)).toBe('plain');
    expect(seal.open('other', sealed)).toBeUndefined();
    expect(createSeal(keyRing('a'), 'events').open('name', sealed)).toBeUndefined();
    expect(createSeal(createKeyRing([namedKey('a', 'b')]), 'entries').open('name', sealed)).toBeUndefined();
    expect(seal.open('name', `${sealed.slice(0, -4)}AAAA`)).toBeUndefined();
  });

  it('goes on opening through every step of a change of keys, and ends with the old one', () => {
    const ring = keyRing('old');
    const seal = createSeal(ring, 'entries');
    const before = seal.seal('name', 'before');
    ring.replace([namedKey('old'), namedKey('new')]);
    expect(seal.seal('name', 'x')).toMatch(/^old\./);
    ring.replace([namedKey('new'), namedKey('old')]);
    const after = seal.seal('name', 'after');
    expect(after).toMatch(/^new\./);
    expect([seal.open('name', before), seal.open('name', after)]).toEqual(['before', 'after']);
    ring.replace([namedKey('new')]);
    expect([seal.open('name', before), seal.open('name', after)]).toEqual([undefined, 'after']);
  });
});
