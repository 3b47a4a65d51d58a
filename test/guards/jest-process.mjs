import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clearTimeout, setTimeout } from 'node:timers';

const loop = join(dirname(fileURLToPath(import.meta.url)), 'jest-loop.mjs');
/** A run that has not ended by then hangs, ms. Tests that build the project need a minute on a busy machine. */
const limitMs = 300_000;

/**
 * A process in `directory` that has Jest loaded and runs one test file after the other. It is replaced after a run that left
 * something behind, so that no run decides the next. `temporary` is its TMPDIR.
 */
export const createJestProcess = (directory, temporary) => {
  let child;
  let runs = 0;

  /** The group has the servers that a test started and did not end. */
  const end = () => {
    if (child?.pid !== undefined)
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    child = undefined;
    runs = 0;
  };

  const start = () => {
    child = fork(loop, {
      cwd: directory,
      env: { ...process.env, TMPDIR: temporary },
      execArgv: [],
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr.setEncoding('utf8');
    const own = child;
    // What a test left may end it between two runs.
    child.on('exit', () => own === child && end());
    child.on('error', () => undefined);
  };

  const ask = (request) =>
    new Promise((resolve) => {
      const asked = child;
      let errors = '';
      const hear = (chunk) => {
        errors += chunk;
      };
      const done = (reply) => {
        clearTimeout(limit);
        asked.off('message', done).off('exit', crash);
        asked.stderr.off('data', hear);
        if (reply.isClean !== true) end();
        resolve(reply);
      };
      const crash = () => done({ crashed: errors.trim().split('\n')[0] || 'jest ended without a report' });
      const limit = setTimeout(
        () => done({ tests: [], broken: `not finished after ${limitMs / 1000} s` }),
        limitMs,
      );
      asked.on('message', done).on('exit', crash);
      asked.stderr.on('data', hear);
      asked.send(request, () => undefined);
    });

  return {
    /**
     * Runs the tests of `file` whose full name matches `only`, up to the first that fails if `isUntilRed`. Returns those that ran,
     * or in `broken` why none did.
     */
    async run(file, only, { isUntilRed = false } = {}) {
      for (;;) {
        if (child === undefined) start();
        const isNew = runs === 0;
        runs += 1;
        const { tests, broken, crashed } = await ask({ file, only, isUntilRed });
        if (crashed === undefined) return { tests, broken };
        // What ended it may have been left by an earlier run.
        if (isNew) return { tests: [], broken: crashed };
      }
    },
    end,
  };
};
