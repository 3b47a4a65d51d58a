import {
  check,
  double,
  integer,
  jsonValue,
  oneof,
  property,
  string,
  stringMatching,
  tuple,
} from 'fast-check';
import {
  inexactIn,
  inexactNumbersOf,
  parseRequestBody,
} from '../../../../src/server/graphql/documents/inexact-numbers';
import { relativeCost } from '../../../support/relative-cost';

const found = (json: string) =>
  inexactNumbersOf(json).map(({ path, isWhole }) => `${path.join('.')}${isWhole ? ' whole' : ''}`);

describe('the inexact numbers of a JSON text', () => {
  it.each<[string, readonly string[]]>([
    ['{"a": 9007199254740991}', []],
    ['{"a": -9007199254740991}', []],
    ['{"a": 9007199254740992}', ['a']],
    ['{"a": 9007199254740993}', ['a']],
    ['{"a": -6901234567890123457}', ['a']],
    ['{"a": 1e21}', ['a']],
    ['{"a": 1E3}', ['a whole']],
    ['{"a": 1.0}', ['a whole']],
    ['{"a": -0, "b": 0, "c": [-0, -7]}', ['a whole', 'c.0 whole']],
    ['{"a": 0.0e9}', ['a whole']],
    ['{"a": 1.5}', ['a']],
    ['{"a": 150e-1}', ['a whole']],
    ['{"a": 155e-1}', ['a']],
    ['{"a": 9007199254740991.4}', ['a']],
    ['{"a": 2.00000000000000000001}', ['a']],
    ['{"a": 1e-99999999999}', ['a']],
    ['{"a": 1e99999999999}', ['a']],
    ['[1, 1.5, {"b": [2, [1e3]]}, "1.5"]', ['1', '2.b.1.0 whole']],
    ['{"a": "x: 1.5, 6901234567890123457", "b": [":1.5"], "c": 1.5}', ['c']],
    ['{"a\\"b": {"\\u0063": 1.5}}', ['a"b.c']],
    ['{"a": {}, "b": [], "c": [[], {}], "d": 1.5}', ['d']],
    ['1.5', []],
  ])('of %s are %j', (json, expected) => {
    expect(found(json)).toEqual(expected);
  });

  it('are those whose digits JSON.parse changes', () => {
    const number = oneof(
      integer().map(String),
      double({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
      stringMatching(/^-?[1-9]\d{0,24}$/),
      stringMatching(/^-?[1-9]\d{0,18}\.\d{1,4}$/),
      stringMatching(/^-?[1-9]\d{0,5}[eE][+-]?\d{1,2}$/),
    );
    const result = check(
      property(tuple(number, string(), jsonValue()), ([text, name, other]) => {
        const json = JSON.stringify({ other: [other, 'HERE'], [name]: 'x' }).replace('"HERE"', text);
        const operationEvent = inexactNumbersOf(json).some(
          ({ path }) => path[0] === 'other' && path[1] === 1,
        );
        return (
          operationEvent === (String(JSON.parse(text)) !== text || !Number.isSafeInteger(JSON.parse(text)))
        );
      }),
      { numRuns: 2_000 },
    );
    expect(result.failed ? `seed ${result.seed}: ${JSON.stringify(result.counterexample)}` : '').toBe('');
  });

  it('take memory and time in proportion to the length of the text, at any depth', async () => {
    // A path of its own for each number would take 2 GB.
    const deep = `${'['.repeat(16_000)}${Array(14_000).fill('1e1').join(',')}${']'.repeat(16_000)}`;
    for (const variables of [`{"v": ${deep}}`, `{"v": ${deep}, "v": 1e1}`]) {
      const text = `{"variables": ${variables}}`;
      const inexact = () => inexactIn((parseRequestBody(text) as { variables: object }).variables, 11);
      const before = process.memoryUsage().heapUsed;
      expect(inexact()).toEqual(variables.endsWith('1e1}') ? [{ path: ['v'], isWhole: true }] : []);
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
      expect(await relativeCost(inexact, { below: 1_000 })).toBeLessThan(1_000);
    }
  });

  it('are found in linear time', async () => {
    for (const json of [
      `{"a": ${'1'.padEnd(500_000, '0')}1}`,
      `{"a": 1.${'0'.repeat(500_000)}1}`,
      `[${'1.5,'.repeat(125_000)}1]`,
      `[${`${' '.repeat(1_600)}1.5,`.repeat(300)}1]`,
      `${'['.repeat(45_000)}1.5${']'.repeat(45_000)}`,
    ]) {
      // As large as a request may be: what is not linear takes minutes.
      expect(await relativeCost(() => inexactNumbersOf(json), { below: 3_000 })).toBeLessThan(3_000);
    }
  });
});
