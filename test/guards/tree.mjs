import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';

/** Not copied: generated files, and files that no test reads. */
const skipped = /^(\.git|node_modules|dist|coverage|test\/bench\/(dist|results|node_modules))(\/|$)/;

/**
 * A copy of the project in which a guard can be taken out. The working tree is only read. Packages come through a link.
 * `dispose` removes the copy.
 */
export const createTree = (root) => {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'guards-'));
  cpSync(root, directory, { recursive: true, filter: (path) => !skipped.test(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));

  return {
    /** Runs `act` while the guard is out, and puts the guard back. */
    async without({ file, find, replace }, act) {
      const path = join(directory, file);
      const text = readFileSync(path, 'utf8');
      writeFileSync(
        path,
        text.replace(find, () => replace),
      );
      try {
        return await act();
      } finally {
        writeFileSync(path, text);
      }
    },
    /**
     * The tests of these files whose full name matches `only`: their names and states, or why there are none. Tests that
     * have not ended after `limitMs` hang, which proves nothing. `more` are further options of Jest.
     */
    test: (files, options) => runJest(directory, files, options),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
};

const runJest = async (directory, files, { only, workers, limitMs, more = [] }) => {
  const outputFile = join(directory, '.result.json');
  rmSync(outputFile, { force: true });
  const options = [
    '--json',
    `--outputFile=${outputFile}`,
    '--silent',
    '--forceExit',
    '--cacheDirectory=.jest',
  ];
  const parallel = workers === 1 ? ['--runInBand'] : [`--maxWorkers=${workers}`];
  const args = [...options, ...parallel, ...more, '--testNamePattern', only, '--runTestsByPath', ...files];
  const { hung, errors } = await run(directory, ['node_modules/jest/bin/jest.js', ...args], limitMs);
  if (hung) return { tests: [], broken: `not finished after ${limitMs / 1000} s` };
  let report;
  try {
    report = JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    return { tests: [], broken: errors.trim().split('\n')[0] || 'jest wrote no report' };
  }
  const unread = report.testResults.find(({ assertionResults }) => assertionResults.length === 0);
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: relative(directory, name),
      name: fullName,
      state: status,
    })),
  );
  return { tests, broken: unread && `${relative(directory, unread.name)} does not load` };
};

const run = (cwd, args, limitMs) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    let errors = '';
    let hung = false;
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const limit = setTimeout(() => {
      hung = true;
      end();
    }, limitMs);
    child.on('close', () => {
      clearTimeout(limit);
      process.off('exit', end);
      resolve({ hung, errors });
    });
  });
