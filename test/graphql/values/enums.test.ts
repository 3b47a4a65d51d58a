import { getNamedType, isEnumType, isInputObjectType, isObjectType, type GraphQLType } from 'graphql';
import { createSchema } from '../../../src/graphql/schema/schema';

const schema = createSchema();
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** Enums whose values are defined by this server, so no other value can occur. */
const own = new Set(['UserErrorCode', 'ImportOutcome']);

const valuesOf = (type: GraphQLType): readonly string[] => {
  const named = getNamedType(type);
  return isEnumType(named) ? named.getValues().map(({ name }) => name) : [];
};

const outputs = types.filter(isObjectType).flatMap((type) =>
  Object.values(type.getFields())
    .filter((field) => isEnumType(getNamedType(field.type)) && !own.has(getNamedType(field.type).name))
    .map((field) => [`${type.name}.${field.name}`, type, field] as const),
);
const inputs = [
  ...types
    .filter(isInputObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
    ),
  ...types
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) =>
        field.args.map((arg) => [`${type.name}.${field.name}(${arg.name})`, arg] as const),
      ),
    ),
].filter(([, { type }]) => isEnumType(getNamedType(type)));

describe("WeChat Pay's enumerations", () => {
  it.each(outputs)('%s has UNKNOWN, and beside it the text that was sent', (_, type, field) => {
    expect(valuesOf(field.type)).toContain('UNKNOWN');
    const raw = type.getFields()[`${field.name}Raw`];
    const isList = String(field.type).startsWith('[');
    expect(String(raw?.type)).toBe(isList ? '[String!]' : 'String');
  });

  it.each(inputs)('%s accepts documented values only', (_, { type }) => {
    expect(valuesOf(type)).not.toContain('UNKNOWN');
  });

  it('are many', () => {
    expect(outputs.length).toBeGreaterThan(12);
    expect(inputs.length).toBeGreaterThan(10);
  });
});
