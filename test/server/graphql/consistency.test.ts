import { createConsistency } from '../../../src/server/graphql/consistency';
import { keyRing, namedKey } from '../../support/key-ring';

const none = new Map<string, number>();
const written = new Map([['1004/user/abc', 1_700_000_000_000_000]]);

describe('a consistency token', () => {
  it('is accepted during every step of a key rotation, until its key is removed', () => {
    const ring = keyRing('old');
    const consistency = createConsistency(ring);
    const before = consistency.write(none, written);
    for (const ids of [
      ['old', 'new'],
      ['new', 'old'],
    ]) {
      ring.replace(ids.map((id) => namedKey(id)));
      expect(consistency.read(before)).toEqual(written);
      expect(consistency.read(consistency.write(none, written))).toEqual(written);
    }
    const after = consistency.write(none, written);
    expect(after).not.toBe(before);
    ring.replace([namedKey('new')]);
    expect(consistency.read(after)).toEqual(written);
    expect(() => consistency.read(before)).toThrow(/must be the value of extensions.consistency/);
  });

  it('fits ten writes whose subjects have a long name under each of three keys', () => {
    const many = new Map(
      Array.from({ length: 30 }, (_, index) => [
        `${'b'.repeat(32)}/points/${String(index).padStart(22, '0')}`,
        1_700_000_000_000_000 + index,
      ]),
    );
    const consistency = createConsistency(keyRing('k1'));
    expect(consistency.read(consistency.write(none, many)).size).toBe(30);
  });
});
