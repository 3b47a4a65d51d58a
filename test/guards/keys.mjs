import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** Decide in every run: the packages, Jest's settings, and what runs it. */
const always = [
  'package-lock.json',
  'jest.config.mjs',
  'test/support/make-key-pairs.mjs',
  ...['jest-loop', 'jest-process', 'keys', 'prove', 'tree', 'environment'].map(
    (name) => `test/guards/${name}.mjs`,
  ),
];
/** What tests and builds write, and the other files of this program: no guard's test reads them. */
const ignored = /^(\.git|\.jest|node_modules|dist|coverage|test\/guards)(\/|$)/;
/** With these a file can read, start or load what it does not name. */
const reaches =
  /['"](?:node:)?(?:fs|fs\/promises|child_process|worker_threads|module|vm|cluster)['"]|__dirname|__filename|import\.meta|process\.cwd|\b(?:import|require)\(\s*[^'"\s]/;
/** Reads only the pairs that this run has made. */
const readsOnlyPairs = 'test/support/key-pairs.ts';
/** Without these a test reads no other test. The server's sources read none at all. */
const listsFolders = /readdir|opendir|\bglob(?:Sync)?\b/;
const isTest = (path) => path.endsWith('.test.ts');
const named = /['"`](\.{1,2}(?:\/[^'"`\n$]*)?)['"`]/g;

/**
 * Returns the key of a guard in the project at `root`: a hash of everything that decides whether its tests notice that it is out.
 * These are its entry, its file, its tests with all they import, and the whole project without other tests if one of these reads
 * files or starts processes. The files are read once. `except` is a file that does not count: the proofs themselves.
 */
export const createKeys = (root, except) => {
  const hashes = new Map();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = relative(root, join(entry.parentPath, entry.name));
    if (entry.isFile() && path !== except && !ignored.test(path))
      hashes.set(path, hashOf(readFileSync(join(root, path))));
  }
  const hashOfFiles = (paths) =>
    hashOf(JSON.stringify([...paths].sort().map((path) => [path, hashes.get(path)])));
  const inEveryRun = always.map((path) => hashOf(readFileSync(join(root, path))));

  const read = new Map();
  /** A file's text, and the files that it names. */
  const readOf = (path) => {
    if (!read.has(path)) {
      const text = readFileSync(join(root, path), 'utf8');
      const targets = [...text.matchAll(named)].map(([, target]) => normalize(join(dirname(path), target)));
      const files = targets.flatMap((base) => [
        base,
        `${base}.ts`,
        base.replace(/\.js$/, '.ts'),
        join(base, 'index.ts'),
      ]);
      read.set(path, { text, files: files.filter((file) => hashes.has(file)) });
    }
    return read.get(path);
  };
  const importsOf = (start) => {
    const open = new Set([start]);
    for (const path of open) for (const file of readOf(path).files) open.add(file);
    return [...open].map((path) => [path, readOf(path).text]);
  };
  const filesOf = (test) => {
    const imports = importsOf(test);
    if (!imports.some(([path, text]) => path !== readsOnlyPairs && reaches.test(text)))
      return imports.map(([path]) => path);
    const seesTests = imports.some(([path, text]) => path.startsWith('test/') && listsFolders.test(text));
    return [...hashes.keys()].filter((path) => seesTests || path === test || !isTest(path));
  };
  const keys = new Map();
  const keyOfTest = (test) => {
    if (!keys.has(test)) keys.set(test, hashOfFiles(filesOf(test)));
    return keys.get(test);
  };
  return ({ name, file, find, replace, tests, only }) =>
    hashOf(
      JSON.stringify([
        process.version,
        inEveryRun,
        [name, file, find, replace, only],
        hashOfFiles([file]),
        tests.map((test) => [test, keyOfTest(test)]),
      ]),
    );
};

const hashOf = (data) => createHash('sha256').update(data).digest('hex');
