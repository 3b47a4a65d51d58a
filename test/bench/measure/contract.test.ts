import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
} from 'graphql';

const read = (...path: string[]): GraphQLSchema =>
  buildSchema(readFileSync(join(__dirname, '..', ...path), 'utf8'));

/** `Type.field(argument: Type): Type` of everything that a schema has. */
const signatures = (schema: GraphQLSchema): string[] =>
  Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => {
      if (isScalarType(type)) return [`scalar ${type.name}`];
      if (isEnumType(type)) return type.getValues().map(({ name }) => `${type.name}.${name}`);
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
      const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(
        type.getFields(),
      );
      return fields.map((field) => {
        const args = 'args' in field ? field.args.filter((arg) => arg.name !== 'maxAgeSeconds') : [];
        const inner = args.map((arg) => `${arg.name}: ${String(arg.type)}`).sort();
        return `${type.name}.${field.name}(${inner.join(', ')}): ${String(field.type)}`;
      });
    });

describe("the contenders' contract", () => {
  it("is part of the product's schema", () => {
    const product = new Set(signatures(read('..', '..', 'schema', 'schema.graphql')));
    const common = signatures(read('contract.graphql'));
    expect(common.length).toBeGreaterThan(40);
    expect(common.filter((one) => !product.has(one))).toEqual([]);
  });
});
