// Generates the typed documents of the tests, unless they already are what the schema and the operations make.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { filesBelow, hashOf, root, writeWhole } from './files.mjs';

const generated = join(root, 'test/support/operations.ts');
const stamp = join(root, 'node_modules/.cache/codegen.json');

const inputs = () =>
  hashOf([
    ...filesBelow(join(root, 'schema/operations')),
    ...['schema/schema.graphql', 'codegen.yml', 'package-lock.json', 'deploy/codegen.mjs'].map((name) =>
      join(root, name),
    ),
  ]);

const isCurrent = (hash) => {
  try {
    const made = JSON.parse(readFileSync(stamp, 'utf8'));
    return made.inputs === hash && made.output === hashOf([generated]);
  } catch {
    return false;
  }
};

const hash = inputs();
if (!isCurrent(hash)) {
  const program = createRequire(import.meta.url).resolve('@graphql-codegen/cli/package.json');
  const { bin } = JSON.parse(readFileSync(program, 'utf8'));
  const { status } = spawnSync(
    process.execPath,
    [join(dirname(program), bin['graphql-codegen']), '--config', 'codegen.yml', '--silent'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeWhole(stamp, JSON.stringify({ inputs: hash, output: hashOf([generated]) }));
}
