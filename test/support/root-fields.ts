import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

/** One operation that uses one root field, with every argument that the field or the samples name. */
export interface RootFieldOperation {
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  readonly rule: unknown;
  readonly query: string;
  variables(samples: Samples): Record<string, unknown>;
}

/** Values of arguments and members by name; `inputs` are whole inputs by the mutation's name. */
export interface Samples {
  readonly values: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, object>>;
}

/** Generated from the schema, so that a new root field is covered at once. */
export const rootFieldOperations = (
  schema: GraphQLSchema,
  { known, skip }: { readonly known: readonly string[]; readonly skip: readonly string[] },
): readonly RootFieldOperation[] => {
  const of = (kind: RootFieldOperation['kind'], fields: Record<string, GraphQLField<unknown, unknown>>) =>
    Object.values(fields).map((field): RootFieldOperation => {
      const args = field.args.filter((arg) => isRequiredArgument(arg) || known.includes(arg.name));
      const declared = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
      const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
      return {
        name: field.name,
        kind,
        rule: field.extensions.access,
        query:
          `${kind}${args.length === 0 ? '' : ` (${declared})`} { ${field.name}` +
          `${args.length === 0 ? '' : `(${given})`} ${selection(field.type, 2, skip)} }`,
        variables: (samples) =>
          Object.fromEntries(
            args.map(({ name, type }) => [
              name,
              name === 'input' && field.name in samples.inputs
                ? withBrand(samples.inputs[field.name], samples.values.brandId)
                : sample(type, name, samples.values),
            ]),
          ),
      };
    });
  return [
    ...of('query', schema.getQueryType()?.getFields() ?? {}),
    ...of('mutation', schema.getMutationType()?.getFields() ?? {}),
  ];
};

/** The same input for another brand, wherever it names one. */
const withBrand = (value: unknown, brandId: unknown): unknown => {
  if (Array.isArray(value)) return value.map((one) => withBrand(one, brandId));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'brandId' ? brandId : withBrand(member, brandId),
    ]),
  );
};

const selection = (output: GraphQLOutputType, depth: number, skip: readonly string[]): string => {
  const type = getNamedType(output);
  if (!isCompositeType(type)) return '';
  if (isInterfaceType(type) || !('getFields' in type)) return '{ __typename }';
  const fields = Object.values(type.getFields())
    .filter(({ name, args }) => !skip.includes(name) && !args.some(isRequiredArgument))
    .filter(({ type: inner }) => isLeafType(getNamedType(inner)) || depth > 0)
    .filter(({ type: inner, args }) => isLeafType(getNamedType(inner)) || args.length === 0)
    .map(({ name, type: inner }) => `${name} ${selection(inner, depth - 1, skip)}`);
  return `{ __typename ${fields.join(' ')} }`;
};

const sample = (type: GraphQLInputType, name: string, values: Samples['values']): unknown => {
  if (isNonNullType(type)) return sample(type.ofType, name, values);
  if (name in values) return values[name];
  if (isListType(type)) return [sample(type.ofType, name, values)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type) && type.isOneOf)
    return { key: sample(type.getFields().key?.type as GraphQLInputType, 'key', values) };
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field) => isRequiredInputField(field) || field.name in values)
        .map((field) => [field.name, sample(field.type, field.name, values)]),
    );
  return { Int: 1, Float: 1, Boolean: true, DateTime: '2030-01-01T00:00:00+08:00' }[type.name] ?? 'x';
};
