import { parse, validate } from 'graphql';
import { servedSchema } from '../../../src/graphql/schema/schema';

const schema = servedSchema();

describe('a validity in a response', () => {
  const begin = '2026-01-01T00:00:00+08:00';
  const end = '2026-12-31T23:59:59+08:00';
  const typeOf = (validity: object) => {
    const type = schema.getType('Validity');
    return type !== undefined && 'resolveType' in type
      ? type.resolveType?.(validity, {}, undefined as never, type)
      : undefined;
  };

  test.each<[object, string]>([
    [{ type: 'PERMANENT' }, 'PermanentValidity'],
    [{ type: 'PERMANENT', availableEndTime: end }, 'PermanentValidity'],
    [{ type: 'FIX_TERM', availableDayAfterReceive: 30 }, 'FixTermValidity'],
    [{ type: 'FIX_TERM' }, 'OtherValidity'],
    [{ type: 'FIX_TIME_RANGE', availableBeginTime: begin, availableEndTime: end }, 'FixTimeRangeValidity'],
    [{ type: 'FIX_TIME_RANGE', availableEndTime: end }, 'OtherValidity'],
    [{ type: 'UNKNOWN', typeRaw: 'OF_TOMORROW', availableDayAfterReceive: 30 }, 'OtherValidity'],
    [{ availableDayAfterReceive: 30 }, 'OtherValidity'],
  ])('%j is a %s', async (validity, expected) => {
    expect(await typeOf(validity)).toBe(expected);
  });

  test('can be asked for whole, with all its types in one selection', () => {
    const document = parse(`{ node(id: "x") { ... on UserCard { validDateInformation {
      type availableBeginTime availableEndTime availableDayAfterReceive
      ... on FixTermValidity { days } ... on FixTimeRangeValidity { begin end }
      ... on OtherValidity { typeRaw availableDayAfterReceive }
    } } } }`);
    expect(validate(schema, document)).toEqual([]);
  });
});
