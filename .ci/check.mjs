// `npm run check`: everything that must hold before a change lands, but for installing. Prints how long each step took.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSteps, table } from './steps.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'check-'));
const report = join(scratch, 'tests.json');
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const npm = (...words) => ['npm', ...words];
/** In the order in which they begin. */
const steps = [
  { name: 'codegen', command: npm('run', 'codegen', '--silent') },
  { name: 'build', command: npm('run', 'build', '--silent') },
  // Measures time, and mostly waits: one other step goes on beside it, at a lower priority.
  {
    name: 'limits',
    command: npm('run', 'bench:limits', '--silent', '--', '--short', '--again', '2', '--together', '10'),
    needs: ['build'],
    alone: true,
    beside: 1,
  },
  { name: 'lint', command: npm('run', 'check:lint', '--silent'), needs: ['codegen'] },
  { name: 'types', command: npm('run', 'check:types', '--silent'), needs: ['codegen', 'build'] },
  { name: 'schema', command: npm('run', 'schema:check', '--silent'), needs: ['build'] },
  { name: 'nodes', command: npm('run', 'check:nodes', '--silent'), needs: ['codegen', 'build'] },
  { name: 'format', command: npm('run', 'check:format', '--silent') },
  // Each guard of the list is where the list says; taking them out one by one is a run of its own.
  {
    name: 'guards',
    command: npm('run', 'test:guards', '--silent', '--', '--check'),
    needs: ['codegen'],
  },
  { name: 'packages', command: npm('run', 'check:packages', '--silent') },
  {
    name: 'console',
    command: npm('run', 'bench:console', '--silent', '--', '--within', '1.5', '--again', '2'),
    needs: ['build'],
    alone: true,
  },
  {
    name: 'tests',
    command: npm('test', '--', '--json', `--outputFile=${report}`),
    needs: ['codegen', 'build'],
    alone: true,
  },
];

const began = performance.now();
const results = await runSteps(steps, {
  atOnce: Math.min(4, Math.max(2, availableParallelism())),
  cwd: fileURLToPath(new URL('..', import.meta.url)),
});
console.log(`\n${table(steps, results, performance.now() - began)}`);

// The last line, for programs that read it. Without a report the numbers are unknown, and none are printed.
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
} else console.log('\nThe tests left no report.');
process.exit([...results.values()].every(({ ok }) => ok) ? 0 : 1);
