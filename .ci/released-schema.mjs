// Compares the schema with the one of the last release, `schema/released.graphql`: what was released must keep its meaning.
//   node .ci/released-schema.mjs [--directory schema]             fails if a client would notice a break, and names each
//   node .ci/released-schema.mjs --write [--breaking]             at a release: writes the file, with --breaking despite breaks
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const { values: options } = parseArgs({
  options: {
    directory: { type: 'string', default: 'schema' },
    write: { type: 'boolean', default: false },
    breaking: { type: 'boolean', default: false },
  },
});

/** Changes that the inspector only calls dangerous, although documents or generated types change their meaning. */
const alsoBreaks = [
  // Clients that read @semanticNonNull have generated a type without null.
  ({ type, message }) =>
    type === 'DIRECTIVE_USAGE_FIELD_DEFINITION_REMOVED' && /'semanticNonNull'/.test(message),
  // A document that leaves out the argument or the field gets something else.
  ({ type, message }) =>
    /^(?:FIELD_ARGUMENT_DEFAULT|INPUT_FIELD_DEFAULT_VALUE)_CHANGED$/.test(type) &&
    !/from 'undefined'/.test(message),
];

const current = join(options.directory, 'schema.graphql');
const released = join(options.directory, 'released.graphql');
const schemaOf = (file) => buildSchema(readFileSync(file, 'utf8'));

const changes = await diff(schemaOf(released), schemaOf(current));
const breaks = changes.filter(
  (change) =>
    change.criticality.level === CriticalityLevel.Breaking || alsoBreaks.some((isBreak) => isBreak(change)),
);
for (const { path, message } of breaks) console.error(`${path ?? 'schema'}: ${message}.`);

if (breaks.length > 0 && !options.breaking) {
  console.error(
    `The schema breaks what was released, in ${breaks.length === 1 ? 'one place' : `${breaks.length} places`}. Keep the former element ` +
      'beside the new one, and mark it @deprecated with its replacement. If this release is to break clients: describe each break ' +
      'under "Upgrading" in CHANGELOG.md, and run `npm run schema:release -- --breaking`.',
  );
  process.exitCode = 1;
} else if (options.write) {
  writeFileSync(released, readFileSync(current));
  console.log(
    `${released} is now the schema of this release: ${changes.length} changes, ${breaks.length} breaks`,
  );
}
