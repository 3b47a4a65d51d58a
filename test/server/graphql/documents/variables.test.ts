import { GraphQLError, Kind, parse, valueFromAST, parseValue } from 'graphql';
import { ID } from '../../../../src/graphql/values/scalars';
import { servedSchema } from '../../../../src/graphql/schema/schema';
import { parseRequestBody } from '../../../../src/server/graphql/documents/inexact-numbers';
import { coerceVariables } from '../../../../src/server/graphql/documents/variables';
import { AppError } from '../../../../src/shared/errors';
import { inputPlaces, jsonWith } from '../../../support/input-places';

const schema = servedSchema();
const places = inputPlaces(schema);

/** The faults reported for a variable `v` of a type, given as text in a body: [English, Chinese] of each. */
const faultsOf = (type: string, json: string): readonly (readonly [string, string])[] => {
  const [operation] = parse(`query ($v: ${type}) { __typename }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  const { variables } = parseRequestBody(`{"query": "1.5 [1.5", "variables": {"v": ${json}}}`) as {
    variables: Record<string, unknown>;
  };
  try {
    coerceVariables(operation, variables, { schema, maxErrors: 10, maxDepth: 11 });
    return [];
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    return (error.errors as GraphQLError[]).map(({ originalError }) => {
      if (!(originalError instanceof AppError)) throw new Error('a fault of another kind');
      expect(originalError.code).toBe('BAD_USER_INPUT');
      return originalError.publicMessage;
    });
  }
};

const placeIn = (path: readonly (string | number)[]): string =>
  `v${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`;

describe('a number in place of an ID', () => {
  const ids = places.filter(({ leaf }) => leaf === 'ID');

  it('can be sent in every place that the schema has', () => {
    expect(schema.getType('ID')).toBe(ID);
    expect(ids.length).toBeGreaterThan(60);
  });

  it.each([
    '6901234567890123457',
    '9007199254740993',
    '9007199254740991.4',
    '1e21',
    '1e3',
    '1.0',
    '1.5',
    '-1E2',
  ])('is refused in each of them as %s, because its digits change', (number) => {
    for (const { argumentType, path } of ids) {
      const [fault, ...others] = faultsOf(String(argumentType), jsonWith(path, number));
      expect(others).toEqual([]);
      expect(fault?.[0]).toMatch(/send it as a string/);
      expect(fault?.[1]).toMatch(/请以字符串发送/);
      expect(fault?.[0]).toContain(path.length === 0 ? 'Variable "$v"' : `at "${placeIn(path)}"`);
      expect(fault?.join()).not.toContain(number.slice(1, 5));
    }
  });

  it('is refused beyond ±(2^53 − 1) even if its text is unknown', () => {
    for (const value of [2 ** 53, -(2 ** 53), 6901234567890123457n, 1e21, 1.5])
      expect(() => ID.parseValue(typeof value === 'bigint' ? Number(value) : value)).toThrow();
  });

  it('is accepted if it is exact, and a literal keeps its digits', () => {
    expect(faultsOf('ID!', '9007199254740991')).toEqual([]);
    expect(ID.parseValue(9007199254740991)).toBe('9007199254740991');
    expect(valueFromAST(parseValue('6901234567890123457'), ID)).toBe('6901234567890123457');
    expect(valueFromAST(parseValue('1e21'), ID)).toBeUndefined();
    expect(valueFromAST(parseValue('1.5'), ID)).toBeUndefined();
  });

  it('is reported together with the other errors', () => {
    expect(faultsOf('[ID!]!', '["a", 1e21, 5, 6901234567890123457]')).toHaveLength(2);
  });
});

describe('a number in place of a whole number', () => {
  it.each<[string, string, boolean]>([
    ['Int', '1e3', true],
    ['Int', '2.0', true],
    ['Int', '2.00000000000000000001', false],
    ['SafeInt', '9007199254740991', true],
    ['SafeInt', '9007199254740993', false],
    ['SafeInt', '9007199254740990.6', false],
    ['SafeInt', '1e15', true],
    ['SafeInt', '1.5', false],
  ])('of type %s, %s: accepted %s', (type, number, isTaken) => {
    expect(faultsOf(type, number)).toHaveLength(isTaken ? 0 : 1);
  });

  it('has no place of type Float, which would round it', () => {
    expect(places.filter(({ leaf }) => leaf === 'Float')).toEqual([]);
  });
});

describe('a value of another type', () => {
  it.each<[string, string, RegExp]>([
    ['Int', '"x"', /^Variable "\$v" got an invalid value: expected "Int" \(a whole number/],
    ['[Int!]', '[1, "x"]', /at "v\[1\]": expected "Int!"/],
    ['String', '5', /expected "String" \(text\)/],
    ['UserCardState', '"x"', /Value does not exist in "UserCardState" enum/],
    ['DateTime', '5', /expected "DateTime"/],
    ['UserCardKey', '5', /expected "UserCardKey" \(an object\)/],
    ['UserCardKey', '[]', /expected "UserCardKey"/],
    ['ID!', 'null', /expected "ID!" .*not null/],
    [
      '[UserCardRef!]!',
      '[{"key": {"brandId": "1", "cardId": "1", "typo": 5}}]',
      /at "v\[0\]\.key": fields "openid", "userCardCode" are required and fields "typo" are not defined in "UserCardKey"/,
    ],
    ['UserCardRef!', '{}', /"UserCardRef" takes exactly one of "id" and "key", and not null/],
    ['UserCardRef!', '{"id": null}', /at "v\.id": expected "ID".*not null/],
    [
      '[UserCardRef!]!',
      '[{"id": "1"}, {"id": "1", "key": {"brandId": "1", "cardId": "1", "openid": "1", "userCardCode": "1"}}]',
      /at "v\[1\]": "UserCardRef" takes exactly one of "id" and "key"/,
    ],
  ])('%s given as %s is reported with its place and type', (type, json, message) => {
    const [fault] = faultsOf(type, json);
    expect(fault?.[0]).toMatch(message);
    expect(fault?.[1]).toMatch(/^变量 "\$v" 的值无效.*：.*。$/);
  });
});
