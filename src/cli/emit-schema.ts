import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { introspectionFromSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from '../graphql/schema';
import { readExamples } from './reference/examples';
import { reference } from './reference/reference';
import { readDocumentedErrors } from './reference/upstream-errors';

/** `npm run schema` writes what the server emits; `--check` fails where the committed files differ. */
const emit = (directory: string, check: boolean): void => {
  const schema = lexicographicSortSchema(createSchema());
  const files = {
    'schema.graphql': `# Emitted by \`npm run schema\` from src/graphql. Do not edit.\n${printSchema(schema)}\n`,
    'introspection.json': `${JSON.stringify(introspectionFromSchema(schema), null, 2)}\n`,
    'reference.md': `${reference({
      schema,
      examples: readExamples(join(directory, 'operations')),
      errors: readDocumentedErrors(join(directory, 'upstream-errors.json')),
    })}\n`,
  };
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    if (!check) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      process.stderr.write(
        `schema/${name} is not what the server emits: run \`npm run schema\` and commit it.\n`,
      );
      process.exitCode = 1;
    }
  }
};

emit(join(__dirname, '..', '..', 'schema'), process.argv.includes('--check'));
