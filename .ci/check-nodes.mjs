// `npm run check:nodes`: the built server and the end-to-end reads on the newer lines of Node. npm's package `node` brings the
// programs; they are kept in node_modules/.cache, and no part of package.json.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const majors = [22, 24];
const startMs = 60_000;

/** Resolves to what a program printed; rejects with it if the program failed. */
const run = (program, words) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${[program, ...words].join(' ')} ended with ${code}:\n${output}`));
    });
  });

/** The version of a program, if it runs and is of the wanted line. */
const versionOf = async (program, major) => {
  if (!existsSync(program)) return undefined;
  const version = await run(program, ['--version']).catch(() => '');
  return version.startsWith(`v${major}.`) ? version.trim() : undefined;
};

const nodeOf = async (major) => {
  const prefix = join(root, `node_modules/.cache/node${major}`);
  const program = join(prefix, 'node_modules/node/bin/node');
  if ((await versionOf(program, major)) === undefined) {
    const words = ['install', `node@${major}`, '--prefix', prefix, '--no-save', '--no-audit', '--no-fund'];
    const output = await run('npm', words).catch((error) => {
      throw new Error(`Node ${major} cannot be fetched from the npm registry.\n${error.message}`);
    });
    if ((await versionOf(program, major)) === undefined)
      throw new Error(
        `npm installed node@${major} without a program that runs here (are install scripts off?):\n${output}`,
      );
  }
  return program;
};

/** Starts the built server and runs the query that it prints for a reader to paste. */
const tryServer = (program) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, [join(root, 'dist/main.js'), '--port', '0'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let failure = new Error('the server ended before it had started');
    const end = (error) => {
      clearTimeout(late);
      failure = error;
      child.kill('SIGTERM');
    };
    const late = setTimeout(() => end(new Error(`the server did not start in ${startMs} ms`)), startMs);
    const read = (chunk) => {
      output += chunk;
      const [command] = /curl .*(?=\n)/.exec(output) ?? [];
      if (command === undefined) return;
      child.stdout.off('data', read).resume();
      run('sh', ['-c', command])
        .then((answer) => {
          const { data } = JSON.parse(answer);
          end(data?.userCard?.level === undefined ? new Error(`${command} answered ${answer}`) : undefined);
        })
        .catch(end);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(late);
      if (failure === undefined && code === 0) resolve();
      else reject(new Error(`${failure?.message ?? `the server ended with ${code}`}\n${output}`));
    });
  });

const check = async (major) => {
  const program = await nodeOf(major);
  await tryServer(program);
  const reads = await run(program, [join(root, 'node_modules/jest/bin/jest.js'), 'test/e2e/reads.test.ts']);
  return `Node ${await versionOf(program, major)}: starts, answers curl; ${/Tests: .*/.exec(reads)?.[0]}`;
};

const results = await Promise.allSettled(majors.map(check));
for (const [index, { reason, value }] of results.entries())
  if (reason === undefined) console.log(value);
  else console.error(`Node ${majors[index]}: ${reason.message}`);
process.exitCode = results.every(({ status }) => status === 'fulfilled') ? 0 : 1;
