// Takes out every guard of the list, one at a time, and runs the tests that ought to notice. Fails where none does.
//   npm run test:guards -- [--only TEXT]… [--jobs N] [--resume FILE [--table]] [--check]
// --resume keeps each proof in FILE and does not repeat one whose guard, tests and sources are unchanged.
// --table prints what FILE proves, and runs nothing.
import { spawnSync } from 'node:child_process';
import { dirname, join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import makeKeyPairs from '../support/make-key-pairs.mjs';
import { problemsOf } from './check.mjs';
import { guards as list } from './guards.mjs';
import { createKeys } from './keys.mjs';
import { openProofs } from './proofs.mjs';
import { prove } from './prove.mjs';
import { createTree } from './tree.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    jobs: { type: 'string', default: '2' },
    resume: { type: 'string' },
    table: { type: 'boolean', default: false },
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

const guards = all.filter(({ name, file }) => options.only.some((text) => `${name} ${file}`.includes(text)));
if (guards.length === 0) {
  console.error(`no guard has "${options.only.join('" or "')}" in its name or file`);
  process.exit(1);
}

const print = (state, guard, text) => console.log(`${state.padEnd(7)} ${guard.name.padEnd(64)} ${text}`);
const show = (guard, { state, seconds, text, commit }) =>
  print(state, guard, `${commit ?? `${seconds.toFixed(1)} s`}  ${text}`);

await makeKeyPairs();
const first = createTree(root);
const trees = [first];
process.once('exit', () => {
  for (const tree of trees) tree.dispose();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
const commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' changed'}`;
const began = performance.now();
const except = options.resume && relative(root, resolve(options.resume));
const proofs = openProofs(options.resume, createKeys(first.directory, except), commit);
const failures = [];
const open = [];
let noticed = 0;
for (const guard of guards) {
  const proof = proofs.find(guard);
  if (proof === undefined) open.push(guard);
  else show(guard, proof);
  if (proof !== undefined) noticed += 1;
}
const former = noticed;
if (options.table) {
  for (const guard of open) print('unseen', guard, guard.tests.join(', '));
  console.log(`\n${noticed} of ${guards.length} guards are noticed`);
  process.exit(open.length === 0 ? 0 : 1);
}

/** Proofs are kept when those of a group are complete. */
const maxGroup = 6;
/** One process runs the guards of a test file one after the other: it has loaded most of what the next one needs. */
const groupsOf = (some) =>
  [...new Set(some.map(({ tests }) => tests[0]))].flatMap((file) => {
    const own = some.filter(({ tests }) => tests[0] === file);
    const count = Math.ceil(own.length / maxGroup);
    return Array.from({ length: count }, (_, n) => own.slice(n * maxGroup, (n + 1) * maxGroup));
  });
/** Those that no test has ever noticed come first. */
const groups = [true, false].flatMap((isNew) =>
  groupsOf(open.filter((guard) => (proofs.lastTest(guard) === undefined) === isNew)),
);
const jobs = Math.min(Math.max(1, Number(options.jobs) || 1), groups.length);
while (trees.length < jobs) trees.push(createTree(first.directory));
await Promise.all(
  trees.map(async (tree) => {
    for (let group = groups.shift(); group !== undefined; group = groups.shift())
      for (const [guard, result] of await prove(tree, group, proofs.lastTest)) {
        show(guard, result);
        if (result.state === 'red') {
          noticed += 1;
          proofs.keep(guard, result);
        } else failures.push([guard, result]);
      }
  }),
);
if (failures.length > 0) console.log('\nnot noticed:');
for (const [guard, result] of failures) show(guard, result);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
const earlier = former === 0 ? '' : `, ${former} of them by ${options.resume}`;
console.log(`\n${noticed} of ${guards.length} guards are noticed${earlier}, ${seconds} s`);
process.exit(failures.length === 0 ? 0 : 1);
