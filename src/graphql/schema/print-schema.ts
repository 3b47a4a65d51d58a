import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';

/** The schema in SDL, sorted: the content of `schema/schema.graphql` and of the path of that name. */
export const printSdl = (schema: GraphQLSchema): string =>
  `# Emitted by \`npm run schema\` from src/graphql. Do not edit.\n${printSchema(lexicographicSortSchema(schema))}\n`;
