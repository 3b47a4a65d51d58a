import fc from 'fast-check';
import { offsetAfter, toConnection } from '../../../src/graphql/relay/connection';

const letters = Array.from('abcdefghij');
const page = (offset: number, first: number) =>
  toConnection({ items: letters.slice(offset, offset + first), offset, totalCount: letters.length });

describe('a connection', () => {
  test('gives each object the cursor of its position', () => {
    const { edges } = page(2, 3);
    expect(edges.map(({ node }) => node)).toEqual(['c', 'd', 'e']);
    expect(edges.map(({ cursor }) => letters[offsetAfter(cursor) ?? NaN])).toEqual(['d', 'e', 'f']);
  });

  test('returns every object once over all pages, for any page size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (first) => {
        const seen: string[] = [];
        for (let offset: number | undefined = 0; offset !== undefined;) {
          const { nodes, pageInfo } = page(offset, first);
          seen.push(...nodes);
          expect(pageInfo.hasPreviousPage).toBe(offset > 0);
          offset = pageInfo.hasNextPage ? offsetAfter(pageInfo.endCursor ?? '') : undefined;
        }
        expect(seen).toEqual(letters);
      }),
    );
  });

  test('without objects has no cursors and no other pages', () => {
    expect(toConnection({ items: [], offset: 0, totalCount: 0 })).toEqual({
      edges: [],
      nodes: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: undefined, endCursor: undefined },
    });
  });
});

describe('a cursor', () => {
  const cursor = page(0, 1).edges[0]?.cursor ?? '';
  const encoded = (plain: string): string => Buffer.from(plain).toString('base64url');

  test.each([
    '',
    'x',
    `${cursor}=`,
    `${cursor} `,
    `${cursor}A`,
    encoded('o:-1'),
    encoded('o:01'),
    encoded('o:1.5'),
    encoded('o:1e3'),
    encoded('o:12345678901'),
  ])('that is not one of ours is refused: %j', (text) => {
    expect(offsetAfter(text)).toBeUndefined();
  });
});
