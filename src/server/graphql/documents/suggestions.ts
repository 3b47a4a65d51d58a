import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** The names suggested in a message of graphql-js, limited to names of the schema. */
export const suggestionsIn = (message: string, schema: GraphQLSchema): readonly string[] => {
  const from = message.lastIndexOf('Did you mean');
  if (from === -1) return [];
  const quoted = [...message.slice(from).matchAll(/"(\w+)"/g)].map(([, name]) => name ?? '');
  const known = vocabularyOf(schema);
  return quoted.filter((name) => known.has(name)).map((name) => `"${name}"`);
};

const vocabularies = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** Every name in the schema: types, fields, arguments, enum values, directives. */
const vocabularyOf = (schema: GraphQLSchema): ReadonlySet<string> => {
  let names = vocabularies.get(schema);
  if (names === undefined) {
    names = new Set([
      ...schema.getDirectives().flatMap(({ name, args }) => [name, ...namesOf(args)]),
      ...Object.values(schema.getTypeMap()).flatMap((type) => [type.name, ...namesIn(type)]),
    ]);
    vocabularies.set(schema, names);
  }
  return names;
};

const namesOf = (named: readonly { readonly name: string }[]): readonly string[] =>
  named.map(({ name }) => name);

const namesIn = (type: GraphQLNamedType): readonly string[] => {
  if (isEnumType(type)) return namesOf(type.getValues());
  if (isInputObjectType(type)) return Object.keys(type.getFields());
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap(({ name, args }) => [name, ...namesOf(args)]);
};
