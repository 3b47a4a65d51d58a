// Builds dist/ unless it is up to date: `npm start` compiles once, not every time.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesBelow, hashOf, root, writeWhole } from './files.mjs';

const dist = join(root, 'dist');
/** Written last, so that an interrupted build is not mistaken for a complete one. */
const stamp = join(dist, '.build.json');
/** Holds the process id of the one build that is under way. */
const lock = join(dist, '.build.lock');
/** No build takes longer, ms; after a restart of the machine another process may have the id. */
const maxLockMs = 600_000;
const src = join(root, 'src');
/** The console's sources, which are bundled for browsers. */
const page = join(root, 'console');

/** Everything that decides what is built: the sources, the compiler's options and the versions of all packages. */
const inputs = () =>
  hashOf([
    ...filesBelow(src),
    ...(existsSync(page)
      ? [...filesBelow(join(page, 'src')), ...['index.html', 'tsconfig.json'].map((name) => join(page, name))]
      : []),
    ...[
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'deploy/build.mjs',
      'deploy/files.mjs',
      'deploy/bundle-console.mjs',
    ]
      .map((name) => join(root, name))
      .filter((file) => existsSync(file)),
  ]);

const outputs = () =>
  hashOf(filesBelow(dist).filter((file) => ![stamp, lock].includes(file) && !file.endsWith('.tsbuildinfo')));

/** The hash of the sources of dist/; undefined if dist/ has changed since it was built. */
const builtFrom = () => {
  try {
    const built = JSON.parse(readFileSync(stamp, 'utf8'));
    return built.outputs === outputs() ? built.inputs : undefined;
  } catch {
    return undefined;
  }
};

const run = (...args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    // The end of the build ends the compiler too.
    const pass = (signal) => child.kill(signal);
    process.once('SIGTERM', pass).once('SIGINT', pass);
    child.on('exit', (code) => resolve(code ?? 1));
  });

const compilerPath = () => {
  try {
    return createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  } catch {
    return undefined;
  }
};

const isRunning = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Whether the build that holds the lock has ended without releasing it. */
const isAbandoned = () => {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Just created, and not written yet.
    if (pid === 0) return false;
    return !isRunning(pid) || Date.now() - statSync(lock).mtimeMs > maxLockMs;
  } catch {
    return false;
  }
};

/** Runs one build at a time: a compiler that rewrites a file truncates it for a process that is about to run it. */
const locked = async (action) => {
  mkdirSync(dist, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) rmSync(lock, { force: true });
    else await sleep(50);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
};

const build = async () => {
  // An installation may contain only the built server.
  if (!existsSync(src) && existsSync(join(dist, 'main.js'))) return 0;
  if (builtFrom() === inputs()) return 0;
  const compiler = compilerPath();
  if (compiler === undefined) {
    console.error(
      'dist/ is not what src/ builds, and there is no compiler to build it: run npm ci, then npm run build',
    );
    return 1;
  }
  return locked(() => compile(compiler));
};

const compile = async (compiler) => {
  const hash = inputs();
  const former = builtFrom();
  // Another process has just built it.
  if (former === hash) return 0;
  rmSync(stamp, { force: true });
  // The compiler remembers what it wrote, and does not notice that some of it is gone.
  if (former === undefined) rmSync(join(dist, '.tsbuildinfo'), { force: true });
  const code =
    (await run(compiler, '-p', 'tsconfig.build.json')) ||
    (await run(join(dist, 'server/explorer/assemble.js'))) ||
    (await run(join(dist, 'database/assemble.js'))) ||
    (await run(join(root, 'deploy/bundle-console.mjs')));
  if (code !== 0) return code;
  writeWhole(stamp, JSON.stringify({ inputs: hash, outputs: outputs() }));
  return 0;
};

process.exitCode = await build();
