import {
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** A place in a value of an argument, down to a scalar or an enum. */
export interface InputPlace {
  /** `Mutation.updateUserCard(input)`, the argument. */
  readonly argument: string;
  readonly argumentType: GraphQLInputType;
  /** From the argument's value on: field names, and 0 for the entries of a list. */
  readonly path: readonly (string | number)[];
  /** Name of the scalar or enum. */
  readonly leaf: string;
}

/** Every place of a client's values, in every field of the schema. */
export const inputPlaces = (schema: GraphQLSchema): readonly InputPlace[] =>
  Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__') || (!isObjectType(type) && !isInterfaceType(type))) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.flatMap((arg) =>
        leavesOf(arg.type, []).map(({ path, leaf }) => ({
          argument: `${type.name}.${field.name}(${arg.name})`,
          argumentType: arg.type,
          path,
          leaf,
        })),
      ),
    );
  });

const leavesOf = (
  type: GraphQLInputType,
  path: InputPlace['path'],
): readonly Pick<InputPlace, 'path' | 'leaf'>[] => {
  if (isNonNullType(type)) return leavesOf(type.ofType, path);
  if (isListType(type)) return leavesOf(type.ofType, [...path, 0]);
  if (!isInputObjectType(type)) return [{ path, leaf: type.name }];
  return Object.values(type.getFields()).flatMap((field) => leavesOf(field.type, [...path, field.name]));
};

/** JSON with one text at a place, and nothing else. */
export const jsonWith = (path: InputPlace['path'], text: string): string =>
  path.reduceRight<string>(
    (inner, step) => (typeof step === 'number' ? `[${inner}]` : `{${JSON.stringify(step)}: ${inner}}`),
    text,
  );
