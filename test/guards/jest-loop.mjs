// Runs Jest for one test file after the other, as `jest-process.mjs` asks. The working directory is the project.
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { runCLI } = createRequire(join(process.cwd(), 'package.json'))('jest');
/** Jest frees little between two files. */
const maxBytes = 1_500_000_000;

const options = {
  $0: 'jest',
  runTestsByPath: true,
  runInBand: true,
  passWithNoTests: true,
  silent: true,
  reporters: [],
  randomize: false,
  watchman: false,
  cacheDirectory: '.jest',
  env: './test/guards/environment.mjs',
  // If the absence of a guard shows as waiting for ever, half of the usual time says so.
  testTimeout: 30_000,
};

const run = async ({ file, only, isUntilRed }) => {
  const testEnvironmentOptions = JSON.stringify({ isUntilRed });
  const { results } = await runCLI({ ...options, testEnvironmentOptions, testNamePattern: only, _: [file] }, [
    process.cwd(),
  ]);
  const [result] = results.testResults;
  if (result === undefined) return { tests: [], broken: `${file} is no test file` };
  const path = relative(process.cwd(), result.testFilePath);
  if (result.testExecError !== undefined && result.testExecError !== null)
    return { tests: [], broken: `${path} does not load` };
  const tests = result.testResults
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .map(({ fullName, status, failureMessages }) => ({
      file,
      name: fullName,
      state: status,
      failure: failureMessages[0],
    }));
  return { tests };
};

/** What keeps the process alive: sockets, servers, timers, processes. Files are closed by the collector at any time. */
const held = () => process.getActiveResourcesInfo().filter((kind) => !kind.startsWith('FS')).length;

/** Nothing that a test started goes on. It has a moment to end by itself. */
const isClean = async (before) => {
  if (isDisturbed || process.memoryUsage().rss > maxBytes) return false;
  for (let waited = 0; held() > before; waited += 1) {
    if (waited === 10) return false;
    await sleep(20);
  }
  return true;
};

let isDisturbed = false;
// What a failed test left may fail after it, which says nothing about the next one. While a test runs, Jest listens itself.
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, () => {
    isDisturbed = true;
  });
process.on('disconnect', () => process.exit(1));
const before = held();
process.on('message', async (request) => {
  const reply = await run(request);
  process.send({ ...reply, isClean: await isClean(before) });
});
