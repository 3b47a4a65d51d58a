import 'reflect-metadata';
import { graphql, introspectionFromSchema } from 'graphql';
import {
  Arg,
  buildSchemaSync,
  Extensions,
  Field,
  InputType,
  Int,
  Query,
  Resolver,
  type ClassType,
} from 'type-graphql';
import { applyOneOf } from '../../../src/graphql/schema/one-of';
import { printSdl } from '../../../src/graphql/schema/print-schema';

@Extensions({ oneOf: true })
@InputType()
class Length {
  @Field(() => Int, { nullable: true })
  readonly metres?: number | null;
  @Field(() => Int, { nullable: true })
  readonly feet?: number | null;
}

@Resolver()
class Lengths {
  @Query(() => Int)
  metres(@Arg('of', () => Length) { metres, feet }: Length): number {
    return metres ?? Math.round((feet ?? 0) * 0.3);
  }
}

@Extensions({ oneOf: true })
@InputType()
class Impossible {
  @Field(() => Int)
  readonly metres!: number;
}

@Resolver()
class Impossibles {
  @Query(() => Int)
  metres(@Arg('of', () => Impossible) { metres }: Impossible): number {
    return metres;
  }
}

const schemaOf = (resolver: ClassType) =>
  applyOneOf(buildSchemaSync({ resolvers: [resolver], validate: false }));

describe('an input class with the extension oneOf', () => {
  const schema = schemaOf(Lengths);
  const ask = (length: object) =>
    graphql({
      schema,
      source: 'query ($of: Length!) { metres(of: $of) }',
      variableValues: { of: length },
    });

  test('is a @oneOf type in the SDL and in introspection', () => {
    expect(printSdl(schema)).toContain('input Length @oneOf {');
    const { __schema } = introspectionFromSchema(schema);
    expect(__schema.types.find(({ name }) => name === 'Length')).toMatchObject({ isOneOf: true });
  });

  test('takes exactly one field, in variables and in the document', async () => {
    expect((await ask({ feet: 10 })).errors).toBeUndefined();
    for (const length of [{}, { metres: 1, feet: 3 }, { metres: null }, { metres: 1, feet: null }])
      expect([length, (await ask(length)).errors?.length]).toEqual([length, 1]);
    for (const text of ['{}', '{metres: 1, feet: 3}', '{metres: null}'])
      expect((await graphql({ schema, source: `{ metres(of: ${text}) }` })).errors).toHaveLength(1);
  });

  test('is refused at the start if a field is required', () => {
    expect(() => schemaOf(Impossibles)).toThrow(/Impossible\.metres must be nullable/);
  });
});
