import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * What was proven: for each guard the test that noticed its absence, and the key of everything that decides that. A file keeps it
 * for later runs; without one nothing is kept.
 */
export const openProofs = (file, keyOf, commit) => {
  const stored = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const proofs = new Map(Object.entries(stored));
  return {
    /** The proof of this guard from an earlier run, if nothing that decides it has changed. */
    find(guard) {
      const proof = proofs.get(guard.name);
      return proof?.key === keyOf(guard) ? { ...proof, state: 'red' } : undefined;
    },
    /** The test that noticed the guard's absence the last time, of whatever sources. */
    lastTest: ({ name, tests }) => {
      const test = proofs.get(name)?.test;
      return tests.includes(test?.file) ? test : undefined;
    },
    keep(guard, { text, test, reason, seconds }) {
      proofs.set(guard.name, { key: keyOf(guard), commit, text, test, reason, seconds });
      if (file === undefined) return;
      // An interrupted run leaves the former file or the new one, never a part.
      writeFileSync(`${file}.new`, `${JSON.stringify(Object.fromEntries(proofs), undefined, 1)}\n`);
      renameSync(`${file}.new`, file);
    },
  };
};
