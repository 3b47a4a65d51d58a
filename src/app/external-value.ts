import { getNullableType, isEnumType, isInputObjectType, isListType, type GraphQLInputType } from 'graphql';
import { isRecord } from '../shared/is-record';

/** A value as resolvers get it, in the form of a variable: enumerations have their names in the schema. */
export const externalValue = (type: GraphQLInputType, value: unknown): unknown => {
  const bare = getNullableType(type);
  if (value === undefined || value === null) return value;
  // Throws if there is no such value, and then the row is malformed.
  if (isEnumType(bare)) return bare.serialize(value);
  if (isListType(bare))
    return Array.isArray(value) ? value.map((one) => externalValue(bare.ofType, one)) : value;
  if (!isInputObjectType(bare) || !isRecord(value)) return value;
  const fields = bare.getFields();
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const field = fields[name];
      return [name, field === undefined ? one : externalValue(field.type, one)];
    }),
  );
};
