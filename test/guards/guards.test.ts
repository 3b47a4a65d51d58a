import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

describe('the list of guards', () => {
  // What takes them out is `npm run test:guards`, which needs minutes.
  it('finds each guard exactly once, and the tests that prove it', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'run.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\d+ guards/);
    expect(status).toBe(0);
  });
});
