import {
  buildSchema,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLOutputType,
} from 'graphql';
import { upstreamOf } from '../../../src/graphql/cost/upstream';
import { printSdl } from '../../../src/graphql/schema/print-schema';
import { servedSchema } from '../../../src/graphql/schema/schema';

const schema = servedSchema();
const roots = [schema.getQueryType(), schema.getMutationType()];

/** Every field of the schema, with its type's name. */
const fields = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .filter(isObjectType)
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, type, field })),
  );

const levelsOf = ({ extensions }: GraphQLField<unknown, unknown>): readonly number[] =>
  (extensions.semanticNonNull ?? []) as readonly number[];

const isNullableAt = (type: GraphQLOutputType, level: number): boolean => {
  if (level === 0) return !isNonNullType(type);
  const list = getNullableType(type);
  return isListType(list) && isNullableAt(list.ofType, level - 1);
};

describe('nullability', () => {
  it('keeps the failure of one call or root field from erasing the others', () => {
    const own = fields.filter(
      ({ type, field }) =>
        roots.includes(type) ||
        (type.name !== 'Subscription' && (upstreamOf(field.extensions)?.interfaces.length ?? 0) > 0),
    );
    expect(own.length).toBeGreaterThan(25);
    // Federation specifies the types of its two fields, and gateways rely on them.
    expect(own.filter(({ field }) => isNonNullType(field.type)).map(({ name }) => name)).toEqual([
      'Query._entities',
      'Query._service',
    ]);
  });

  it('is told to generators where only an error makes a field null', () => {
    const marked = fields.filter(({ field }) => levelsOf(field).length > 0);
    expect(marked.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Brand.cardTemplates',
        'Brand.membershipActivities',
        'Brand.userCards',
        'Mutation.updateUserCard',
        'Query.brands',
        'UserCardConnection.nodes',
        'UserCardEdge.node',
      ]),
    );
    // A list or a payload is never null as an answer.
    const unmarked = fields.filter(
      ({ field }) =>
        /(?:Connection|Payload)$/.test(getNamedType(field.type).name) &&
        isNullableAt(field.type, 0) &&
        !levelsOf(field).includes(0),
    );
    expect(unmarked.map(({ name }) => name)).toEqual([]);
    // A level that is not nullable would say nothing.
    for (const { field } of marked)
      for (const level of levelsOf(field)) expect(isNullableAt(field.type, level)).toBe(true);
  });

  it('is not promised where null is an answer: no such object, or a payload with userErrors', () => {
    const answers = [
      'Query.userCard',
      'Query.node',
      'UserCard.cardTemplate',
      'UpdateUserCardPayload.userCard',
    ];
    const found = fields.filter(({ name }) => answers.includes(name));
    expect(found.map(({ field }) => levelsOf(field))).toEqual(answers.map(() => []));
  });

  it('is printed with every marked field of the SDL, and changes nothing else in it', () => {
    const sdl = printSdl(schema);
    const printed = buildSchema(sdl);
    for (const { type, field } of fields) {
      const shown = printed.getType(type.name);
      const node = isObjectType(shown) ? shown.getFields()[field.name]?.astNode : undefined;
      const [directive] = node?.directives ?? [];
      const levels = levelsOf(field);
      expect([field.name, directive?.name.value]).toEqual([
        field.name,
        levels.length === 0 ? undefined : 'semanticNonNull',
      ]);
    }
    expect(sdl).toMatch(/ {2}nodes: \[UserCard\]! @semanticNonNull\(levels: \[1\]\)\n/);
    expect(sdl).toMatch(/ {2}node: UserCard @semanticNonNull\n/);
  });
});
