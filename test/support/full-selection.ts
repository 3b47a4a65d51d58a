import {
  getNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type GraphQLSchema,
} from 'graphql';

/** Selects every field of a type that needs no argument, and of the types below it, except those named. */
export const fullSelection = (schema: GraphQLSchema, typeName: string, except: readonly string[]): string => {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`no type with fields ${typeName}`);
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (except.includes(field.name)) return [];
    const named = getNamedType(field.type);
    if (isScalarType(named) || isEnumType(named)) return [field.name];
    return [`${field.name} { ${fullSelection(schema, named.name, except)} }`];
  });
  return fields.join(' ');
};
