import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { coverage, validate } from '@graphql-inspector/core';
import { buildSchema, isInterfaceType, isObjectType, parse, Source, type GraphQLSchema } from 'graphql';

const directory = join(__dirname, '..', '..', 'schema');
const schema = buildSchema(readFileSync(join(directory, 'schema.graphql'), 'utf8'));
const sources = readdirSync(join(directory, 'operations'))
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => new Source(readFileSync(join(directory, 'operations', name), 'utf8'), name));

/** `Type.field` and `Type.field(argument)` that none of the documents selects or gives. */
const unused = (of: GraphQLSchema, documents: readonly Source[]): readonly string[] => {
  const { types } = coverage(of, [...documents]);
  const hits = (type: string, field: string): number => types[type]?.children[field]?.hits ?? 0;
  /** The inspector counts a field of an interface at the interface alone. */
  const isSelected = (type: string, field: string): boolean => {
    const one = of.getType(type);
    const alike = isObjectType(one)
      ? one.getInterfaces()
      : isInterfaceType(one)
        ? of.getPossibleTypes(one)
        : [];
    return [type, ...alike.map(({ name }) => name)].some((name) => hits(name, field) > 0);
  };
  return Object.entries(types).flatMap(([type, { children }]) =>
    // Inputs are given by variables: variables.json, which test/e2e/operations.test.ts sends.
    isObjectType(of.getType(type)) || isInterfaceType(of.getType(type))
      ? Object.entries(children).flatMap(([field, { children: args = {} }]) => [
          ...(isSelected(type, field) ? [] : [`${type}.${field}`]),
          ...Object.entries(args)
            .filter(([, argument]) => argument.hits === 0)
            .map(([argument]) => `${type}.${field}(${argument})`),
        ])
      : [],
  );
};

describe('the reviewed operations', () => {
  it('are valid, and select nothing that is deprecated', () => {
    const invalid = validate(schema, sources, { strictDeprecated: true, strictFragments: true });
    expect(
      invalid.map(({ source, errors, deprecated }) => ({
        name: source.name,
        errors: [...errors, ...deprecated].map(({ message }) => message),
      })),
    ).toEqual([]);
  });

  it('select every field and give every argument', () => {
    expect(unused(schema, sources)).toEqual([]);
  });

  it('would be found to lack a field, an argument, or the field of an interface', () => {
    const small = buildSchema(`
      type Query { card(id: ID, age: Int): Node title: String }
      interface Node { id: ID! }
      type Card implements Node { id: ID! level: String }`);
    const asked = new Source('{ card(id: "1") { id ... on Card { __typename } } }');
    expect(parse(asked).definitions).toHaveLength(1);
    expect(unused(small, [asked])).toEqual(['Query.card(age)', 'Query.title', 'Card.level']);
  });
});
