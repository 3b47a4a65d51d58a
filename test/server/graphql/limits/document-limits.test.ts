import { getIntrospectionQuery, parse } from 'graphql';
import { defaultQueryLimits } from '../../../../src/config/query-limits';
import { documentFaults } from '../../../../src/server/graphql/limits/document-limits';
import { measure } from '../../../../src/server/graphql/limits/document-size';

const limits = {
  depth: 4,
  fields: 12,
  rootFields: 3,
  aliases: 2,
  directives: 2,
  fragments: 2,
  listEntries: 3,
};
const faults = (text: string, bounds = limits): readonly string[] =>
  documentFaults(parse(text), bounds).map(({ message }) => message);
const sizeOf = (text: string) => [...measure(parse(text)).values()][0];

describe('the limits of a document', () => {
  it.each<[string, string, string, RegExp]>([
    ['depth', '{ a { a { a { b } } } }', '{ a { a { a { a { b } } } } }', /at most 4 deep/],
    [
      'depth behind fragments',
      '{ a { ...f } } fragment f on Query { a { ... on Query { a { b } } } }',
      '{ a { a { ...f } } } fragment f on Query { a { ... on Query { a { b } } } }',
      /at most 4 deep/,
    ],
    ['root fields', '{ b b b }', '{ b b b b }', /at most 3 root fields/],
    [
      'root fields behind fragments',
      '{ b ...f } fragment f on Query { b ... { b } }',
      '{ b ...f ...f } fragment f on Query { b ... { b } }',
      /at most 3 root fields/,
    ],
    ['aliases', '{ x: b a { y: b } }', '{ x: b a { y: b z: b } }', /at most 2 aliases/],
    [
      'aliases behind fragments',
      '{ a { ...f } } fragment f on Query { y: b z: b }',
      '{ a { ...f } b ...f } fragment f on Query { y: b }  query q { a { ...g ...g } } fragment g on Query { y: b z: b }',
      /at most 2 aliases/,
    ],
    [
      'fields',
      `{ a { ${'b '.repeat(11)} } }`,
      `{ a { ...f ...f } } fragment f on Query { ${'b '.repeat(6)} }`,
      /at most 12 fields/,
    ],
    [
      'directives',
      '{ b @skip(if: false) @include(if: true) }',
      '{ b @skip(if: false) @include(if: true) a @skip(if: true) { b } }',
      /at most 2 directives/,
    ],
    [
      'fragments',
      '{ ...f ...g } fragment f on Query { b } fragment g on Query { b }',
      '{ ...f } fragment f on Query { b } fragment g on Query { b } fragment h on Query { b }',
      /at most 2 fragments/,
    ],
    ['literal lists', '{ a(list: [1, 2, 3]) { b } }', '{ a(list: [1, 2, 3, 4]) { b } }', /at most 3 entries/],
  ])('bound %s', (_, atTheBound, above, message) => {
    expect(faults(atTheBound)).toEqual([]);
    expect(faults(above).join()).toMatch(message);
  });

  it('hold for each operation of a document by itself', () => {
    expect(faults('query q { b b b } query r { b b b }')).toEqual([]);
    expect(faults('query q { b } query r { b b b b }')).toHaveLength(1);
  });

  it('measure a document that expands to 2^200 fields in one pass', () => {
    const bomb = `{ ...f0 } ${Array.from({ length: 200 }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(' ')} fragment f200 on Query { b }`;
    expect(sizeOf(bomb)?.fields).toBe(2 ** 200);
    expect(faults(bomb).join()).toMatch(/at most 12 fields/);
  });

  it('survive fragments that are circular or undefined', () => {
    expect(sizeOf('{ ...a } fragment a on Query { b ...c } fragment c on Query { b ...a }')?.fields).toBe(2);
    expect(sizeOf('{ b ...nowhere }')?.fields).toBe(1);
  });

  it('accept the standard introspection query', () => {
    expect(faults(getIntrospectionQuery({ inputValueDeprecation: true }), defaultQueryLimits)).toEqual([]);
    expect(sizeOf('{ ...f } fragment f on Query { b __schema { types { name } } }')?.introspects).toBe(true);
    expect(sizeOf('{ __typename }')?.introspects).toBe(false);
  });
});
