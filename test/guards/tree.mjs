import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createJestProcess } from './jest-process.mjs';

/** Not copied: generated files, and files that no test reads. */
const skipped = /^(\.git|\.jest|node_modules|dist|coverage|test\/bench\/(dist|results|node_modules))(\/|$)/;

/**
 * A copy of the project in which a guard can be taken out. The working tree is only read. Packages come through a link.
 * `dispose` ends what runs in the copy, and removes it with all temporary files of its tests.
 */
export const createTree = (root) => {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'guards-'));
  const directory = join(home, 'project');
  const temporary = join(home, 'tmp');
  // PostgreSQL runs as a user of its own.
  chmodSync(home, 0o755);
  mkdirSync(temporary);
  chmodSync(temporary, 0o1777);
  cpSync(root, directory, { recursive: true, filter: (path) => !skipped.test(relative(root, path)) });
  symlinkSync(realpathSync(join(root, 'node_modules')), join(directory, 'node_modules'));
  const jest = createJestProcess(directory, temporary);

  return {
    directory,
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
    /** Runs the tests of a file whose full name matches a pattern: see `createJestProcess`. */
    test: jest.run,
    dispose() {
      jest.end();
      // A process that was just killed may still write.
      rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
};
