import {
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { isOpenToMembers, openToMembers } from '../../../src/graphql/access/member-access';
import { servedSchema } from '../../../src/graphql/schema/schema';

const schema: GraphQLSchema = servedSchema();

const objectsOf = (type: ReturnType<typeof getNamedType>): readonly GraphQLObjectType[] => {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
};

/** An abstract type of objects that are read by their ids. A member reads the types of which they have objects. */
const areNodes = (type: ReturnType<typeof getNamedType>): boolean =>
  isAbstractType(type) &&
  schema.getPossibleTypes(type).every((object) => object.getInterfaces().some(({ name }) => name === 'Node'));

describe('what members may select', () => {
  it('names only types and fields of the schema', () => {
    const missing = Object.entries(openToMembers).flatMap(([name, fields]) => {
      const type = schema.getType(name);
      if (!isObjectType(type)) return [name];
      if (fields === 'all') return [];
      return fields.filter((field) => !(field in type.getFields())).map((field) => `${name}.${field}`);
    });
    expect(missing).toEqual([]);
  });

  it('has something to select below each open field', () => {
    const types = Object.values(schema.getTypeMap()).filter(isObjectType);
    const closed = types.flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ name }) => isOpenToMembers(type.name, name))
        .filter((field) => !isLeafType(getNamedType(field.type)))
        .filter((field) => !areNodes(getNamedType(field.type)))
        .flatMap((field) =>
          objectsOf(getNamedType(field.type))
            .filter((object) => !Object.hasOwn(openToMembers, object.name))
            .map((object) => `${type.name}.${field.name}: ${object.name}`),
        ),
    );
    expect(closed).toEqual([]);
  });
});
