import { createSecretKey, hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';
import { createKeyRing } from '../../src/shared/key-ring';
import { AppError } from '../../src/shared/errors';
import { keyRing, namedKey } from '../support/key-ring';

const idsOf = (keys: readonly { readonly id: string }[]): readonly string[] => keys.map(({ id }) => id);

describe('a key ring', () => {
  it('derives keys by HKDF, separately for each purpose', () => {
    const ring = keyRing('a');
    const own = (purpose: string) => ring.derive(purpose).current().key.export();
    const expected = hkdfSync('sha256', namedKey('a').key.export(), '', 'seal', 32);
    expect(own('seal')).toEqual(Buffer.from(expected));
    expect(own('sign')).not.toEqual(own('seal'));
  });

  it('updates every existing view when keys change', () => {
    const ring = keyRing('old');
    const [early, other] = [ring.derive('x'), ring.deriveAs('y', (key) => key.export().toString('hex'))];
    const before = early.current().key;
    ring.replace([namedKey('new'), namedKey('old')]);
    for (const view of [early, other]) {
      expect(view.current().id).toBe('new');
      expect(idsOf(view.all())).toEqual(['new', 'old']);
    }
    expect(early.find('old')?.equals(before)).toBe(true);
    ring.replace([namedKey('new')]);
    expect([early.find('old'), other.find('old')]).toEqual([undefined, undefined]);
  });

  it('derives once per key and purpose', () => {
    let made = 0;
    const view = keyRing('a', 'b').deriveAs('x', () => (made += 1));
    for (let index = 0; index < 10; index += 1) {
      view.current();
      view.find('b');
      view.all();
    }
    expect(made).toBe(2);
  });

  it.each([
    ['none', []],
    ['a short one', [{ id: 'a', key: createSecretKey(Buffer.alloc(31)) }]],
    ['a name with a dot', [{ ...namedKey('a'), id: 'a.b' }]],
    ['a good one before a bad one', [namedKey('good'), { ...namedKey('a'), id: '' }]],
  ])('refuses %s and keeps its keys', (_, keys) => {
    expect(() => createKeyRing(keys)).toThrow(AppError);
    const ring = keyRing('a');
    const view = ring.derive('x');
    expect(() => {
      ring.replace(keys);
    }).toThrow(AppError);
    expect(idsOf(view.all())).toEqual(['a']);
  });

  it('never prints derived keys', () => {
    const ring = keyRing('a');
    const view = ring.derive('x');
    expect(inspect([ring, view, view.all()], { depth: 9 })).toContain('key: [redacted]');
    expect(JSON.stringify(view.current())).toBe('{"id":"a","key":"[redacted]"}');
  });
});
