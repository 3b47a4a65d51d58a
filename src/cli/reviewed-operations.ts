import { join } from 'node:path';
import type { ReviewedOperation } from '../server/explorer/explorer';
import { readExamples, textOf } from './reference/examples';

/** The operations shipped with the server, with variables that fit the sandbox. */
const directory = join(__dirname, '..', '..', 'schema', 'operations');

/** Every reviewed operation for the explorer, grouped by its file. */
export const reviewedOperations = (): readonly ReviewedOperation[] =>
  readExamples(directory).map((example) => ({
    group: example.file.replace('.graphql', '').replaceAll('-', ' '),
    name: example.name,
    query: textOf(example),
    variables: example.variables,
  }));
