import { parseValue } from 'graphql';
import { DateTime, toDateTime } from '../../../src/graphql/values/scalars';

describe('DateTime', () => {
  test.each(['2015-05-20T13:29:35+08:00', '2020-05-20T13:29:35.120+08:00', '2015-05-20T05:29:35Z'])(
    'passes %s with its offset unchanged, both ways',
    (text) => {
      expect(DateTime.serialize(text)).toBe(text);
      expect(DateTime.parseValue(text)).toBe(text);
      expect(DateTime.parseLiteral(parseValue(JSON.stringify(text)))).toBe(text);
    },
  );

  test('leaves the format of an input to its rule, which returns a user error', () => {
    expect(DateTime.parseValue('tomorrow')).toBe('tomorrow');
  });

  test.each([[1_700_000_000], [new Date(0)], [true], [null], ['x'.repeat(65)]])('refuses %p', (value) => {
    expect(() => DateTime.parseValue(value)).toThrow('DateTime must be a string');
    expect(() => DateTime.serialize(value)).toThrow('DateTime must be a string');
  });

  test.each(['1', 'true', 'null', '[]', 'WORD'])('refuses the literal %s', (literal) => {
    expect(() => DateTime.parseLiteral(parseValue(literal))).toThrow('DateTime must be a string');
  });

  test('writes a time of this server in UTC', () => {
    expect(toDateTime(Date.UTC(2026, 10, 21, 5, 20))).toBe('2026-11-21T05:20:00.000Z');
  });
});
