import { spawnSync } from 'node:child_process';

const isInstalled = spawnSync('promtool', ['--version']).status === 0;
if (!isInstalled)
  process.stderr.write('\n*** NO promtool ON THIS MACHINE: TESTS OF THE ALERTS ARE SKIPPED ***\n\n');

/** `it`; skipped if promtool (Debian: the package prometheus) is not installed. */
export const itWithPromtool = isInstalled ? it : it.skip;

/** Runs promtool. Throws with its output if it finds a fault. */
export const promtool = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
};
