import fc from 'fast-check';
import { createNodeIds, type NodeRef } from '../../../src/graphql/relay/node-id';
import { namedKey } from '../../support/key-ring';

const ids = createNodeIds(namedKey('a').key);

const text = fc.string({ minLength: 1, maxLength: 32 });
const refs: fc.Arbitrary<NodeRef> = fc.oneof(
  fc.record({ kind: fc.constant('Brand' as const), brandId: text }),
  fc.record({ kind: fc.constant('CardTemplate' as const), brandId: text, cardId: text }),
  fc.record({ kind: fc.constant('MembershipActivity' as const), brandId: text, activityId: text }),
  fc.record({
    kind: fc.constant('UserCard' as const),
    brandId: text,
    cardId: text,
    openid: fc.string({ minLength: 1, maxLength: 128 }),
    userCardCode: text,
  }),
);
const card: NodeRef = {
  kind: 'UserCard',
  brandId: '1004',
  cardId: 'pbLatjvWOibDc5-TBnbUk1pD12o0',
  openid: 'obLatjnx9gnqzS4myYGmLZ7LgLBA',
  userCardCode: '478515832665',
};

describe('a global id', () => {
  test('decodes to its object, and is always the same text', () => {
    fc.assert(
      fc.property(refs, (ref) => {
        const id = ids.encode(ref);
        expect(ids.decode(id)).toEqual(ref);
        expect(createNodeIds(namedKey('a').key).encode(ref)).toBe(id);
      }),
    );
  });

  test('can encode the longest keys that the documents allow', () => {
    const longest: NodeRef = {
      kind: 'UserCard',
      brandId: 'b'.repeat(32),
      cardId: 'c'.repeat(32),
      openid: 'o'.repeat(128),
      userCardCode: '"'.repeat(32),
    };
    expect(ids.decode(ids.encode(longest))).toEqual(longest);
  });

  test('reveals none of its keys', () => {
    const id = ids.encode(card);
    const seen = id + Buffer.from(id, 'base64url').toString('latin1');
    for (const secret of [card.openid, card.userCardCode, card.cardId, card.brandId])
      expect(seen).not.toContain(secret);
  });

  test('differs for objects whose joined keys are equal', () => {
    const one = ids.encode({ kind: 'CardTemplate', brandId: '1', cardId: '23' });
    expect(ids.encode({ kind: 'CardTemplate', brandId: '12', cardId: '3' })).not.toBe(one);
  });

  test('is refused after any change of any character', () => {
    const id = ids.encode(card);
    fc.assert(
      fc.property(
        fc.nat(id.length - 1),
        fc.constantFrom(...Array.from('ABCXYZabcxyz0189-_.=+/ ,')),
        (at, character) => {
          fc.pre(id[at] !== character);
          expect(ids.decode(id.slice(0, at) + character + id.slice(at + 1))).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  test('has one form: every other last character is refused', () => {
    const id = ids.encode({ kind: 'Brand', brandId: '1004' });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = Array.from(alphabet).filter((last) => ids.decode(id.slice(0, -1) + last) !== undefined);
    expect(accepted).toEqual([id.at(-1)]);
  });

  test.each(['', 'a', '.', 'AAAA', 'a.AAAA', 'nonsense', 'A'.repeat(10_000)])(
    'is refused if it is not one of ours: %.20s',
    (id) => {
      expect(ids.decode(id)).toBeUndefined();
    },
  );

  test.each([
    ['with something after it', (id: string) => `${id}.`],
    ['with a line break', (id: string) => `${id}\n`],
    ['with padding', (id: string) => `${id}=`],
    ['cut short', (id: string) => id.slice(0, -4)],
  ])('is refused %s', (_, spoil) => {
    expect(ids.decode(spoil(ids.encode(card)))).toBeUndefined();
  });

  test('is the same as the first that this version gave out: clients store ids', () => {
    expect(ids.encode({ kind: 'Brand', brandId: '1004' })).toBe(
      'F5rw9Ts0LYkNCwDKKG4n1fas0uy1KY2b3VE_wG_eUmJvnNBjxigWsQ',
    );
  });

  test('is refused under another key', () => {
    const other = createNodeIds(namedKey('b').key);
    expect(other.decode(ids.encode(card))).toBeUndefined();
  });
});
