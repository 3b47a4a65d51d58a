import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** Decide in every run: the packages, Jest's settings, and what runs it. */
const always = [
  'package-lock.json',
  'jest.config.mjs',
  'test/support/make-key-pairs.mjs',
  ...['jest-loop', 'jest-process', 'keys', 'prove', 'tree', 'until-red'].map(
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
const named = /['"`](\.{1,2}(?:\/[^'"`\n$]*)?)['"`]/g;

/**
 * Returns the key of a guard in the project at `root`: a hash of everything that decides whether its tests notice that it is out.
 * These are its entry, its file, its tests with all they import, and the whole project if one of them reads files or starts
 * processes. The files are read once. `except` is a file that does not count: the proofs themselves.
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
  const everything = hashOfFiles(hashes.keys());
  const inEveryRun = always.map((path) => hashOf(readFileSync(join(root, path))));

  const namedBy = (path, text) =>
    [...text.matchAll(named)].flatMap(([, target]) => {
      const base = normalize(join(dirname(path), target));
      return [base, `${base}.ts`, base.replace(/\.js$/, '.ts'), join(base, 'index.ts')].filter((file) =>
        hashes.has(file),
      );
    });
  /** A file and all it imports; undefined if one of them may use any other file. */
  const importsOf = (start) => {
    const found = new Set([start]);
    for (const path of found) {
      if (path === readsOnlyPairs) continue;
      const text = readFileSync(join(root, path), 'utf8');
      if (reaches.test(text)) return undefined;
      for (const file of namedBy(path, text)) found.add(file);
    }
    return found;
  };
  const keys = new Map();
  const keyOfTest = (test) => {
    if (!keys.has(test)) {
      const files = importsOf(test);
      keys.set(test, files === undefined ? everything : hashOfFiles(files));
    }
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
