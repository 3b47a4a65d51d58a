import { createKeyRing } from '../../src/shared/key-ring';
import { createCipher } from '../../src/shared/cipher';
import { keyRing, namedKey } from '../support/key-ring';

describe('a cipher', () => {
  it('decrypts only in the same context and for the same purpose', () => {
    const cipher = createCipher(keyRing('a'), 'entries');
    const sealed = cipher.encrypt('name', 'plain');
    expect(sealed).not.toContain('plain');
    expect(cipher.decrypt('name', sealed)).toBe('plain');
    expect(cipher.decrypt('other', sealed)).toBeUndefined();
    expect(createCipher(keyRing('a'), 'events').decrypt('name', sealed)).toBeUndefined();
    expect(
      createCipher(createKeyRing([namedKey('a', 'b')]), 'entries').decrypt('name', sealed),
    ).toBeUndefined();
    expect(cipher.decrypt('name', `${sealed.slice(0, -4)}AAAA`)).toBeUndefined();
  });

  it('decrypts during every step of a key rotation, until the old key is removed', () => {
    const ring = keyRing('old');
    const cipher = createCipher(ring, 'entries');
    const before = cipher.encrypt('name', 'before');
    ring.replace([namedKey('old'), namedKey('new')]);
    expect(cipher.encrypt('name', 'x')).toMatch(/^old\./);
    ring.replace([namedKey('new'), namedKey('old')]);
    const after = cipher.encrypt('name', 'after');
    expect(after).toMatch(/^new\./);
    expect([cipher.decrypt('name', before), cipher.decrypt('name', after)]).toEqual(['before', 'after']);
    ring.replace([namedKey('new')]);
    expect([cipher.decrypt('name', before), cipher.decrypt('name', after)]).toEqual([undefined, 'after']);
  });
});
