// Generates the typed documents of the tests, unless they are up to date with schema and operations.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { filesBelow, hashOf, root, writeWhole } from './files.mjs';

const generated = join(root, 'test/support/operations.ts');

const inputs = hashOf([
  ...filesBelow(join(root, 'schema/operations')),
  ...['schema/schema.graphql', 'codegen.yml', 'package-lock.json', 'deploy/codegen.mjs'].map((name) =>
    join(root, name),
  ),
]);

/** The first line has the hash of the sources, and that of the generated text. */
const headOf = (body) => `// Generated. ${inputs} ${createHash('sha256').update(body).digest('hex')}\n`;

const isCurrent = () => {
  try {
    const text = readFileSync(generated, 'utf8');
    const body = text.slice(text.indexOf('\n') + 1);
    return text === headOf(body) + body;
  } catch {
    return false;
  }
};

const generate = () => {
  const program = createRequire(import.meta.url).resolve('@graphql-codegen/cli/package.json');
  const { bin } = JSON.parse(readFileSync(program, 'utf8'));
  const words = [join(dirname(program), bin['graphql-codegen']), '--config', 'codegen.yml', '--silent'];
  const { status } = spawnSync(process.execPath, words, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) return status ?? 1;
  const body = readFileSync(generated, 'utf8');
  writeWhole(generated, headOf(body) + body);
  return 0;
};

process.exitCode = isCurrent() ? 0 : generate();
