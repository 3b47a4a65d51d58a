// `npm run bench`: makes ready what the measurement needs, then runs it. Arguments: see README.md.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
};

/** npm writes what it installed beside it; a lock that is not that one means that something changed. */
const isInstalled = () => {
  const installed = `${here}node_modules/.package-lock.json`;
  if (!existsSync(installed)) return false;
  const versions = (file) =>
    Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages).filter(
      ([path, { optional }]) => path !== '' && !optional,
    );
  const has = new Map(versions(installed).map(([path, { version }]) => [path, version]));
  return versions(`${here}package-lock.json`).every(([path, { version }]) => has.get(path) === version);
};

if (!isInstalled()) run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], here);
if (!existsSync(`${root}dist/main.js`)) run('npm', ['run', 'build', '--silent'], root);
run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${here}tsconfig.build.json`], root);

const [first = 'compare', ...rest] = process.argv.slice(2);
const [command, args] = first.startsWith('--') ? ['compare', [first, ...rest]] : [first, rest];
if (!existsSync(`${here}dist/harness/${command}.js`)) {
  process.stderr.write(`There is no measurement "${command}"; README.md lists them.\n`);
  process.exit(1);
}
run(process.execPath, [`${here}dist/harness/${command}.js`, ...args], root);
