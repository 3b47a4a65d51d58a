import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, which can be filled. */
export interface SmallDisk {
  readonly directory: string;
  /** Leaves nothing free. */
  fill(): void;
  free(): void;
  remove(): void;
}

const mount = (directory: string, megabytes: number): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'ignore' });
};

/** Whether this process may mount a file system: it must be root, and most containers forbid it. */
const canMount = (): boolean => {
  const directory = mkdtempSync(join(tmpdir(), 'disk-'));
  try {
    mount(directory, 1);
    execFileSync('umount', [directory]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true });
  }
};

/** `describe`; skipped where no file system can be mounted. */
export const describeWithDisk = ((): typeof describe.skip => {
  if (canMount()) return describe;
  process.stderr.write('\nno file system can be mounted here: a full disk is not tested\n');
  return describe.skip;
})();

export const smallDisk = (megabytes: number): SmallDisk => {
  const directory = mkdtempSync(join(tmpdir(), 'disk-'));
  mount(directory, megabytes);
  const filler = join(directory, 'filler');
  return {
    directory,
    fill() {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(64 * 1024), { flag: 'a' });
      } catch {
        // Full.
      }
    },
    free() {
      rmSync(filler, { force: true });
    },
    remove() {
      // A process that has just ended may still hold it for a moment.
      execFileSync('umount', ['--lazy', directory]);
      rmSync(directory, { recursive: true });
    },
  };
};
