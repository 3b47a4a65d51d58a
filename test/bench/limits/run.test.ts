import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from '../../support/server-process';

beforeAll(build, 300_000);

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(__dirname, 'run.mjs'), ...args], { encoding: 'utf8', timeout: 60_000 });

describe('a run of the limits that would measure nothing', () => {
  it.each([
    [['--only', 'nonsense'], 'no case has "nonsense" in its name or is of that group\n'],
    [['--short', '--seconds', 'ten'], '--seconds must be a number above 0, not "ten"\n'],
    [['--seconds', '0'], '--seconds must be a number above 0, not "0"\n'],
  ])('ends as refused: %j', (args, stderr) => {
    expect(run(...args)).toMatchObject({ status: 2, stdout: '', stderr });
  });
});
