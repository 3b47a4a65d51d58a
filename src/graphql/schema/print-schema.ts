import { isObjectType, Kind, lexicographicSortSchema, parse, printSchema, type GraphQLSchema } from 'graphql';

/** The schema in SDL, sorted: the content of `schema/schema.graphql` and of the path of that name. */
export const printSdl = (schema: GraphQLSchema): string =>
  `# Emitted by \`npm run schema\` from src/graphql. Do not edit.\n${withDirectives(schema)}\n`;

/** graphql-js prints no directive of a field, so `@semanticNonNull` is inserted at the end of each field that is marked with it. */
const withDirectives = (schema: GraphQLSchema): string => {
  const sdl = printSchema(lexicographicSortSchema(schema));
  const inserted = parse(sdl).definitions.flatMap((definition) => {
    const type =
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ? schema.getType(definition.name.value) : undefined;
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || !isObjectType(type)) return [];
    return (definition.fields ?? []).flatMap(({ name, loc }) => {
      const levels = type.getFields()[name.value]?.extensions.semanticNonNull as
        readonly number[] | undefined;
      return levels === undefined || loc === undefined ? [] : [{ at: loc.end, text: directiveOf(levels) }];
    });
  });
  let end = sdl.length;
  const parts: string[] = [];
  for (const { at, text } of inserted.reverse()) {
    parts.unshift(text + sdl.slice(at, end));
    end = at;
  }
  return sdl.slice(0, end) + parts.join('');
};

const directiveOf = (levels: readonly number[]): string =>
  levels.join() === '0' ? ' @semanticNonNull' : ` @semanticNonNull(levels: [${levels.join(', ')}])`;
