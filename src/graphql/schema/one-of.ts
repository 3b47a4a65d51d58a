import { isInputObjectType, isNonNullType, type GraphQLSchema } from 'graphql';

/**
 * Makes an input type a `@oneOf` type if its class has the decorator `@Extensions({ oneOf: true })`: a caller must fill in exactly one
 * of its fields. type-graphql has no option for it. Throws if a field is required or has a default, because then no value would be
 * valid.
 */
export const applyOneOf = (schema: GraphQLSchema): GraphQLSchema => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInputObjectType(type) || type.extensions.oneOf !== true) continue;
    for (const field of Object.values(type.getFields()))
      if (isNonNullType(field.type) || field.defaultValue !== undefined)
        throw new Error(`${type.name}.${field.name} must be nullable and without a default`);
    type.isOneOf = true;
  }
  return schema;
};
