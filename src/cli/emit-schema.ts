import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { introspectionFromSchema, lexicographicSortSchema } from 'graphql';
import { errorTables } from '../documents/error-tables';
import { printSdl } from '../graphql/schema/print-schema';
import { describedSchema } from '../graphql/schema/schema';
import { subgraphSdl } from '../graphql/schema/subgraph-sdl';
import { manifestOf } from './documents-manifest';
import { readExamples } from './reference/examples';
import { reference } from './reference/reference';

/**
 * `npm run schema` writes schema, reference and document manifest. With `--check` it fails if the committed files differ. Both fail
 * if an element has no description, or a description no element.
 */
const emit = (directory: string, check: boolean): void => {
  const described = describedSchema();
  for (const problem of described.problems) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
  }
  const schema = lexicographicSortSchema(described.schema);
  const files = {
    'schema.graphql': printSdl(schema),
    'subgraph.graphql': subgraphSdl(schema),
    'introspection.json': `${JSON.stringify(introspectionFromSchema(schema, { oneOf: true }), null, 2)}\n`,
    'documents.json': `${JSON.stringify(manifestOf(reviewed(directory)), null, 2)}\n`,
    'reference.md': `${reference({
      schema,
      examples: readExamples(join(directory, 'operations')),
      errors: errorTables,
    })}\n`,
  };
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    if (!check) writeFileSync(path, text);
    else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      process.stderr.write(`schema/${name} is out of date: run \`npm run schema\` and commit the result.\n`);
      process.exitCode = 1;
    }
  }
};

const reviewed = (directory: string): readonly string[] => {
  const operations = join(directory, 'operations');
  return readdirSync(operations)
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(join(operations, name), 'utf8'));
};

emit(join(__dirname, '..', '..', 'schema'), process.argv.includes('--check'));
