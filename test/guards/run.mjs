// Takes out every guard of the list, one at a time, and runs the tests that ought to notice. Fails where none does.
//   npm run test:guards -- [--only TEXT] [--jobs N] [--check]
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import makeKeyPairs from '../support/make-key-pairs.mjs';
import { problemsOf } from './check.mjs';
import { guards as list } from './guards.mjs';
import { createTree } from './tree.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    check: { type: 'boolean', default: false },
  },
});

const all = list.map((guard) => ({ only: '', ...guard }));
const problems = problemsOf(root, all);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
if (options.check) {
  console.log(`${all.length} guards, each text found once`);
  process.exit(0);
}

const guards = all.filter(({ name, file }) => `${name} ${file}`.includes(options.only));
if (guards.length === 0) {
  console.error(`no guard has "${options.only}" in its name or file`);
  process.exit(1);
}
await makeKeyPairs();
const jobs = Math.min(Math.max(1, Number(options.jobs) || 1), guards.length);
const trees = Array.from({ length: jobs }, () => createTree(root));
process.once('exit', () => {
  for (const tree of trees) tree.dispose();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const print = (state, guard, text) => console.log(`${state.padEnd(7)} ${guard.name.padEnd(64)} ${text}`);

/** Runs the named tests with all guards in place. Returns the guards whose tests are missing or fail. */
const withGuards = async () => {
  const began = performance.now();
  const files = [...new Set(guards.flatMap(({ tests }) => tests))];
  const only = [...new Set(guards.map((guard) => `(?:${guard.only})`))].join('|');
  const { tests, broken } = await trees[0].test(files, { only, workers: jobs, limitMs: 900_000 });
  if (broken !== undefined) throw new Error(`with all guards in: ${broken}`);
  const wrong = new Set();
  for (const guard of guards) {
    const own = tests.filter(
      ({ file, name }) => guard.tests.includes(file) && new RegExp(guard.only).test(name),
    );
    const red = own.find(({ state }) => state === 'failed');
    if (own.some(({ state }) => state === 'passed') && red === undefined) continue;
    wrong.add(guard);
    print('WRONG', guard, red === undefined ? 'no such test ran' : `red with the guard in: ${red.name}`);
  }
  console.log(`with all guards in: ${files.length} test files, ${seconds(began)}\n`);
  return wrong;
};

/** Where the guard's absence shows as waiting for ever, half of the usual time says so. */
const patience = ['--testTimeout=30000'];

/** One red file is enough. Jest's own `--bail` would end the run without a report. */
const untilRed = async (tree, { tests: files, only }) => {
  const all = [];
  for (const file of files) {
    const { tests, broken } = await tree.test([file], { only, workers: 1, limitMs: 120_000, more: patience });
    if (broken !== undefined) return { tests: all, broken };
    all.push(...tests);
    if (tests.some(({ state }) => state === 'failed')) break;
  }
  return { tests: all };
};

const withoutGuard = async (tree, guard) => {
  const began = performance.now();
  const { tests, broken } = await tree.without(guard, () => untilRed(tree, guard));
  const red = tests.filter(({ state }) => state === 'failed').map(({ name }) => name);
  const isNoticed = red.length > 0 && broken === undefined;
  const more = red.length > 1 ? ` (and ${red.length - 1} more)` : '';
  const text = broken ?? (isNoticed ? `${red[0]}${more}` : `${tests.length} tests stay green`);
  print(isNoticed ? 'red' : 'GREEN', guard, `${seconds(began)}  ${text}`);
  return isNoticed;
};

const began = performance.now();
const failures = await withGuards();
const queue = guards.filter((guard) => !failures.has(guard));
await Promise.all(
  trees.map(async (tree) => {
    for (let guard = queue.shift(); guard !== undefined; guard = queue.shift())
      if (!(await withoutGuard(tree, guard))) failures.add(guard);
  }),
);
console.log(`\n${guards.length - failures.size} of ${guards.length} guards are noticed, ${seconds(began)}`);
process.exit(failures.size === 0 ? 0 : 1);
