import { GraphQLError, GraphQLID, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLSafeInt } from 'graphql-scalars';

/**
 * GraphQL's ID, except that a number must be one that JavaScript represents exactly: `6901234567890123457` in JSON would be
 * rounded to another member's card code. Use it instead of type-graphql's ID; a schema with both is refused.
 */
export const ID = new GraphQLScalarType<string, string>({
  ...GraphQLID.toConfig(),
  parseValue(value) {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new GraphQLError('An ID beyond ±(2^53 - 1) or with a fraction must be sent as a string.');
    return GraphQLID.parseValue(value);
  },
});

const longest = 64;

/**
 * Passes text through unchanged in both directions, offset included. The format of a date-time is a rule of the inputs
 * (rules.ts). So a broken one is returned as a user error with its path, together with the others.
 */
export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description:
    'RFC 3339 date-time with an offset, e.g. 2015-05-20T13:29:35+08:00. Passed on to the upstream with its offset unchanged. 带时区的时间（RFC 3339）。',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  serialize: (value) => expectText(value),
  parseValue: (value) => expectText(value),
  parseLiteral: (node) => expectText(node.kind === Kind.STRING ? node.value : undefined),
});

const expectText = (value: unknown): string => {
  if (typeof value === 'string' && value.length <= longest) return value;
  throw new GraphQLError('DateTime must be a string such as 2015-05-20T13:29:35+08:00.');
};

/** Converts clock time in ms to DateTime. */
export const toDateTime = (ms: number): string => new Date(ms).toISOString();

/** For the upstream's 64-bit counts, within the range in which JavaScript's numbers are exact. */
export const SafeInt = GraphQLSafeInt;
