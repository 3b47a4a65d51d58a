import { variableFault } from '../../../../src/server/graphql/limits/variable-limits';

const limits = { variables: 2, variableDepth: 3, variableBytes: 100, listEntries: 4 };
const fault = (variables: Record<string, unknown>): string =>
  variableFault(variables, limits)?.publicMessage[0] ?? 'none';
const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

describe('the limits of variables', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    ['number', { a: 1, b: 1 }, { a: 1, b: 1, c: 1 }, /at most 2 variables/],
    ['depth', { a: nested(3) }, { a: nested(4) }, /nested at most 3 deep/],
    ['bytes', { a: 'x'.repeat(92) }, { a: 'x'.repeat(93) }, /at most 100 bytes/],
    ['bytes of other scripts', { a: '会'.repeat(30) }, { a: '会'.repeat(31) }, /at most 100 bytes/],
    ['lists', { a: [[1, 2, 3, 4]] }, { a: [{ b: [1, 2, 3, 4, 5] }] }, /at most 4 entries/],
  ])('bound their %s', (_, atTheBound, above, message) => {
    expect(fault(atTheBound)).toBe('none');
    expect(fault(above)).toMatch(message);
  });

  it('survive nesting that would overflow the stack', () => {
    expect(fault({ a: nested(200_000) })).toMatch(/nested at most 3 deep/);
  });
});
